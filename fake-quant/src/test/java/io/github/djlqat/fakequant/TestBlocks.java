package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import java.util.Random;
import java.util.function.Function;

/** Small networks, and what tests do with them. */
final class TestBlocks {

    private TestBlocks() {}

    static Conv2d conv(int filters, boolean bias) {
        return Conv2d.builder()
                .setFilters(filters)
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .optBias(bias)
                .build();
    }

    static Linear linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    static Block lambda(Function<NDArray, NDArray> function) {
        return LambdaBlock.singleton(function);
    }

    /** A convolution with BatchNorm, and a linear layer: input (N, 2, 6, 6), output (N, 3). */
    static SequentialBlock convolutional() {
        return new SequentialBlock()
                .add(conv(8, true))
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(conv(8, false))
                .add(BatchNorm.builder().build())
                .add(Activation.reluBlock())
                .add(lambda(x -> x.getNDArrayInternal().globalAvgPool()))
                .add(Blocks.batchFlattenBlock())
                .add(linear(3));
    }

    /** Gives every parameter random values; running variances positive ones. */
    static void randomize(Block block, NDManager manager, long seed) {
        Random random = new Random(seed);
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (pair.getKey().startsWith("quantization")) {
                continue;
            }
            Parameter parameter = pair.getValue();
            boolean variance = parameter.getName().equals("runningVar");
            float[] values = new float[(int) parameter.getShape().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] =
                        variance ? 0.2f + random.nextFloat() : (float) random.nextGaussian() * 0.5f;
            }
            parameter.getArray().set(values);
        }
    }

    static NDArray random(NDManager manager, long seed, Shape shape) {
        Random random = new Random(seed);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, shape);
    }

    static NDArray eval(Block block, NDManager manager, NDArray input) {
        return block.forward(new ParameterStore(manager, false), new NDList(input), false)
                .singletonOrThrow();
    }

    /** One step of plain gradient descent on the mean square of the outputs. */
    static void trainingStep(Block block, NDManager manager, NDArray input, float rate) {
        block.getParameters()
                .forEach(
                        pair -> {
                            if (pair.getValue().requiresGradient()) {
                                pair.getValue().getArray().setRequiresGradient(true);
                            }
                        });
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray output =
                    block.forward(new ParameterStore(manager, false), new NDList(input), true)
                            .singletonOrThrow();
            collector.backward(output.square().mean());
        }
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (pair.getValue().requiresGradient()) {
                NDArray array = pair.getValue().getArray();
                NDArray gradient = array.getGradient();
                array.subi(gradient.mul(rate));
                gradient.subi(gradient);
            }
        }
    }

    static float greatestDifference(NDArray one, NDArray other) {
        return one.sub(other).abs().max().getFloat();
    }
}
