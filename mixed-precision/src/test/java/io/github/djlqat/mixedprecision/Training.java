package io.github.djlqat.mixedprecision;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.util.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small models and their training, for tests. */
final class Training {

    private Training() {}

    static Block mlp(int hidden, int outputs) {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(hidden).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(outputs).build());
    }

    static Model model(Block block) {
        Model model = Model.newInstance("model");
        model.setBlock(block);
        return model;
    }

    static DefaultTrainingConfig config(Loss loss, Optimizer optimizer) {
        return new DefaultTrainingConfig(loss).optOptimizer(optimizer);
    }

    /** Initializes the model and gives every parameter values of a seed. */
    static void initialize(Trainer trainer, long seed, Shape... inputs) {
        trainer.initialize(inputs);
        Random random = new Random(seed);
        for (Pair<String, Parameter> pair : trainer.getModel().getBlock().getParameters()) {
            if (pair.getValue().requiresGradient()) {
                NDArray array = pair.getValue().getArray();
                double deviation =
                        array.getShape().dimension() > 1 ? 1 / Math.sqrt(array.size(1)) : 0.1;
                if (pair.getValue().getName().equals("gamma")) {
                    continue;
                }
                array.set(normal(random, (int) array.size(), (float) deviation));
            }
        }
    }

    static float[] normal(Random random, int size, float deviation) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian() * deviation;
        }
        return values;
    }

    static NDArray random(NDManager manager, long seed, Shape shape) {
        return manager.create(normal(new Random(seed), (int) shape.size(), 1), shape);
    }

    /** One batch, and a step. Returns the loss. */
    static float step(Trainer trainer, float[] data, Shape dataShape, float[] labels, Shape shape) {
        float loss = batch(trainer, data, dataShape, labels, shape);
        trainer.step();
        return loss;
    }

    static float batch(
            Trainer trainer, float[] data, Shape dataShape, float[] labels, Shape labelShape) {
        try (NDManager manager = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDList inputs = new NDList(manager.create(data, dataShape));
            NDList targets = new NDList(manager.create(labels, labelShape));
            NDList outputs = trainer.forward(inputs, targets);
            NDArray loss = trainer.getLoss().evaluate(targets, outputs);
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    static List<float[]> parameters(Trainer trainer) {
        return parameters(trainer.getModel().getBlock());
    }

    static List<float[]> parameters(Block block) {
        List<float[]> values = new ArrayList<>();
        block.getParameters()
                .forEach(pair -> values.add(pair.getValue().getArray().toFloatArray()));
        return values;
    }

    static List<float[]> gradients(Trainer trainer) {
        List<float[]> values = new ArrayList<>();
        for (Pair<String, Parameter> pair : trainer.getModel().getBlock().getParameters()) {
            if (pair.getValue().requiresGradient()) {
                try (NDArray gradient = pair.getValue().getArray().getGradient()) {
                    values.add(gradient.toFloatArray());
                }
            }
        }
        return values;
    }

    /** Counts the arrays that a manager and the managers below it hold. */
    static int arrays(NDManager manager) {
        return manager.getManagedArrays().size();
    }
}
