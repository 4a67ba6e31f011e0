package io.github.djlqat.workflow;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.workflow.data.Column;
import io.github.djlqat.workflow.data.Samples;
import io.github.djlqat.workflow.model.OpenedModel;
import java.io.IOException;
import java.util.stream.IntStream;

/** Labels that name the class of a sample, of as many classes as a model has outputs. */
final class ClassLabels {

    private static final int BLOCK = 1 << 12;

    private ClassLabels() {}

    /**
     * Checks, before training, that labels are classes of a model: an engine's message would name
     * neither sample nor label.
     *
     * @param model a model that can be run
     * @param samples labelled samples that fit it
     * @throws WorkflowException naming the first sample whose label is no class
     */
    static void require(OpenedModel model, Samples samples) throws IOException {
        Column labels = samples.requireLabels();
        if (!labels.isInteger()) {
            throw new WorkflowException(
                    "The labels of "
                            + samples.source()
                            + " are no integers, as classes are; those that are trained on are classes.");
        }
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            long classes = classes(model, samples, manager);
            for (int from = 0; from < labels.size(); from += BLOCK) {
                int[] block =
                        IntStream.range(from, Math.min(labels.size(), from + BLOCK)).toArray();
                long[] values = labels.batch(manager, block).toLongArray();
                for (int i = 0; i < values.length; i++) {
                    if (values[i] < 0 || values[i] >= classes) {
                        throw new WorkflowException(
                                "Sample "
                                        + (from + i * block.length / values.length)
                                        + " of "
                                        + samples.source()
                                        + ", counted from 0, has the label "
                                        + values[i]
                                        + "; the model "
                                        + model.path()
                                        + " has "
                                        + classes
                                        + " classes, so that labels are 0 to "
                                        + (classes - 1)
                                        + ".");
                    }
                }
            }
        }
    }

    /** The loss takes the last dimension of the first output for the classes. */
    private static long classes(OpenedModel model, Samples samples, NDManager manager)
            throws IOException {
        try (NDManager scope = manager.newSubManager()) {
            NDList inputs = new NDList();
            for (Column input : samples.inputs()) {
                inputs.add(input.batch(scope, new int[] {0}));
            }
            Shape outputs = model.predict(inputs).head().getShape();
            return outputs.dimension() < 2 ? 1 : outputs.get(outputs.dimension() - 1);
        }
    }
}
