package io.github.djlqat.extension;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.util.Pair;
import io.github.djlqat.graph.GraphTracer;
import io.github.djlqat.torchscript.export.TorchScriptExporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A small network, its files and its data. */
public final class Networks {

    /** One image of one channel. */
    public static final Shape IMAGE = new Shape(1, 1, 8, 8);

    /** The number of outputs. */
    public static final int CLASSES = 3;

    private static final String NAME = "net";

    private Networks() {}

    /** A convolution, its norm, and a linear layer. */
    public static SequentialBlock block() {
        return new SequentialBlock()
                .add(
                        Conv2d.builder()
                                .setKernelShape(new Shape(3, 3))
                                .setFilters(4)
                                .optPadding(new Shape(1, 1))
                                .build())
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(CLASSES).build());
    }

    /** The network with weights from a seed. */
    public static Model model(long seed) {
        Model model = Model.newInstance(NAME, "PyTorch");
        Block block = block();
        block.initialize(model.getNDManager(), DataType.FLOAT32, IMAGE);
        Random random = new Random(seed);
        for (Pair<String, Parameter> pair : block.getParameters()) {
            NDArray array = pair.getValue().getArray();
            boolean variance = pair.getValue().getName().equals("runningVar");
            float[] values = new float[(int) array.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        variance ? 0.5f + random.nextFloat() : (float) random.nextGaussian() * 0.5f;
            }
            try (NDArray source = model.getNDManager().create(values, array.getShape())) {
                source.copyTo(array);
            }
        }
        model.setBlock(block);
        return model;
    }

    /** Saves the network as DJL does, {@code net-0000.params} in a folder. */
    public static Path save(Path folder, long seed) throws IOException {
        try (Model model = model(seed)) {
            model.save(folder, NAME);
        }
        return folder;
    }

    /** Saves the network as a TorchScript file. */
    public static Path saveTorchScript(Path file, long seed) throws IOException {
        Files.createDirectories(file.getParent());
        try (Model model = model(seed);
                NDManager scope = model.getNDManager().newSubManager()) {
            TorchScriptExporter.export(
                            GraphTracer.trace(model.getBlock(), scope, images(scope, 2, 7)),
                            GraphTracer.trace(model.getBlock(), scope, images(scope, 3, 7)))
                    .write(file);
        }
        return file;
    }

    /** Normally distributed images. */
    public static NDList images(NDManager manager, int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[(int) (count * IMAGE.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        try (NDArray view = manager.create(values, new Shape(count, 1, 8, 8))) {
            NDArray images = view.duplicate();
            images.attach(manager);
            return new NDList(images);
        }
    }

    /** Images labelled by a rule that the network can learn: where the brightest third is. */
    public static ArrayDataset data(NDManager manager, int count, int batchSize, long seed) {
        NDArray images = images(manager, count, seed).singletonOrThrow();
        NDArray labels =
                images.reshape(count, 1, 64)
                        .get(":, :, :63")
                        .reshape(count, CLASSES, 21)
                        .mean(new int[] {2})
                        .argMax(1)
                        .toType(DataType.FLOAT32, false);
        return new ArrayDataset.Builder()
                .setData(images)
                .optLabels(labels)
                .setSampling(batchSize, false)
                .build();
    }

    /** The outputs of a block in inference. */
    public static float[] outputs(Block block, NDManager manager, NDList inputs) {
        try (NDManager scope = manager.newSubManager()) {
            NDList copies = new NDList();
            for (NDArray input : inputs) {
                NDArray copy = input.duplicate();
                copy.attach(scope);
                copies.add(copy);
            }
            return block.forward(new ParameterStore(scope, false), copies, false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    /** Images in batches. */
    public static List<NDList> batches(NDManager manager) {
        return List.of(images(manager, 4, 11), images(manager, 3, 12));
    }
}
