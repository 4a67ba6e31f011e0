package io.github.djlqat.torchscript;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Files of unusual content; {@code make_unusual.py} beside them says what their inputs are. */
final class UnusualModels {

    private UnusualModels() {}

    /** The committed files, and those of a folder that {@code -Dtorchscript.models} names. */
    static Stream<Path> files() {
        String more = System.getProperty("torchscript.models");
        return Stream.concat(
                files(TestModels.resource("/unusual")),
                more == null ? Stream.empty() : files(Path.of(more)));
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".pt")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path file(String name) {
        return TestModels.resource("/unusual").resolve(name + ".pt");
    }

    static NDList inputs(NDManager manager, TorchScriptArchive archive) {
        NDList inputs = new NDList();
        for (String line : archive.text("extra/inputs").lines().toList()) {
            String[] words = line.split(" ");
            int number = inputs.size();
            Shape shape =
                    new Shape(
                            Arrays.stream(words, 1, words.length)
                                    .mapToLong(Long::parseLong)
                                    .toArray());
            float[] values = new float[(int) shape.size()];
            boolean whole = words[0].equals("long");
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        whole
                                ? (7 * i + number) % 5
                                : (float) (((37 * i + 11 * number) % 101 - 50) / 25.0);
            }
            NDArray array = manager.create(values, shape);
            inputs.add(whole ? array.toType(DataType.INT64, false) : array);
        }
        return inputs;
    }

    /** Runs a model on the inputs of the archive that it comes from. */
    static List<float[]> run(Model model, TorchScriptArchive archive) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            IValue[] inputs =
                    inputs(manager, archive).stream()
                            .map(array -> IValue.from((PtNDArray) array))
                            .toArray(IValue[]::new);
            PtSymbolBlock block = (PtSymbolBlock) model.getBlock();
            List<float[]> results = new ArrayList<>();
            try (IValue output = IValueUtils.runMethod(block, "forward", inputs)) {
                for (NDArray array : output.toNDList((PtNDManager) manager)) {
                    results.add(array.toType(DataType.FLOAT32, false).toFloatArray());
                }
            } finally {
                Arrays.stream(inputs).forEach(IValue::close);
            }
            return results;
        }
    }

    /** Takes a step of gradient descent on the sum of the squared outputs. */
    static void train(Model model, TorchScriptArchive archive) {
        train(model, archive, 1, () -> {});
    }

    /** Takes steps, and does something after each. */
    static void train(Model model, TorchScriptArchive archive, int steps, Runnable after) {
        DefaultTrainingConfig config =
                new DefaultTrainingConfig(Loss.l2Loss())
                        .optOptimizer(
                                Optimizer.sgd()
                                        .setLearningRateTracker(Tracker.fixed(1e-3f))
                                        .build())
                        .optDevices(new Device[] {Device.cpu()});
        try (NDManager manager = model.getNDManager().newSubManager();
                Trainer trainer = model.newTrainer(config)) {
            NDList inputs = inputs(manager, archive);
            trainer.initialize(inputs.stream().map(NDArray::getShape).toArray(Shape[]::new));
            for (int step = 0; step < steps; step++) {
                try (NDManager scope = manager.newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDList outputs = trainer.forward(inputs);
                    outputs.attach(scope);
                    NDArray loss = scope.create(0f);
                    for (NDArray output : outputs) {
                        if (output.getDataType() == DataType.FLOAT32) {
                            loss = loss.add(output.square().sum());
                        }
                    }
                    collector.backward(loss);
                }
                trainer.step();
                after.run();
            }
        }
    }

    /** The ratio of signal to noise in decibels, infinite for equal values. */
    static double signalToNoise(List<float[]> expected, List<float[]> actual) {
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < expected.size(); i++) {
            for (int j = 0; j < expected.get(i).length; j++) {
                signal += Math.pow(expected.get(i)[j], 2);
                noise += Math.pow(expected.get(i)[j] - actual.get(i)[j], 2);
            }
        }
        return 10 * Math.log10(signal / noise);
    }
}
