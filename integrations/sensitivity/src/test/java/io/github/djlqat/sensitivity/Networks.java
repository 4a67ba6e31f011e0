package io.github.djlqat.sensitivity;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
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
import ai.djl.training.dataset.ArrayDataset;
import java.util.Arrays;
import java.util.Random;

/** Small networks with fixed parameters, and data for them. */
final class Networks {

    static final Shape IMAGE = new Shape(1, 2, 6, 6);
    static final Shape VECTOR = new Shape(1, 3);
    static final int CLASSES = 4;

    private Networks() {}

    /** Two convolutions with BatchNorm and a linear layer, without biases. */
    static Model convolutional(long seed) {
        SequentialBlock block =
                new SequentialBlock()
                        .add(convolution(5))
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(convolution(6))
                        .add(BatchNorm.builder().build())
                        .add(Activation.reluBlock())
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(CLASSES).optBias(false).build());
        return model(block, IMAGE, seed);
    }

    private static Block convolution(int filters) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .optBias(false)
                .setFilters(filters)
                .build();
    }

    /** Two smooth layers, small enough to differentiate by every weight. */
    static Model smooth(long seed) {
        SequentialBlock block =
                new SequentialBlock()
                        .add(Linear.builder().setUnits(5).build())
                        .add(Activation.tanhBlock())
                        .add(Linear.builder().setUnits(CLASSES).build());
        return model(block, VECTOR, seed);
    }

    /** Two layers on tokens, which are integers below 8. */
    static Model ofTokens(long seed) {
        SequentialBlock block =
                new SequentialBlock()
                        .addSingleton(tokens -> tokens.toType(DataType.INT64, false).oneHot(8))
                        .add(Blocks.batchFlattenBlock())
                        .add(Linear.builder().setUnits(6).build())
                        .add(Linear.builder().setUnits(CLASSES).build());
        return model(block, VECTOR, seed);
    }

    /** One linear layer, whose output is the network's. */
    static Model linear(long seed) {
        return model(
                new SequentialBlock().add(Linear.builder().setUnits(CLASSES).build()),
                VECTOR,
                seed);
    }

    /** One weight that is used twice, transposed and multiplied, and a layer before. */
    static Model sharing(long seed) {
        Block tied = new TiedBlock();
        return model(tied, VECTOR, seed);
    }

    static Model model(Block block, Shape input, long seed) {
        Model model = Model.newInstance("small");
        block.initialize(model.getNDManager(), DataType.FLOAT32, input);
        Random random = new Random(seed);
        block.getParameters()
                .forEach(
                        pair -> {
                            Parameter parameter = pair.getValue();
                            NDArray array = parameter.getArray();
                            float[] values = new float[Math.toIntExact(array.size())];
                            boolean positive =
                                    parameter.getName().equals("runningVar")
                                            || parameter.getName().equals("gamma");
                            for (int i = 0; i < values.length; i++) {
                                values[i] =
                                        positive
                                                ? 0.5f + random.nextFloat()
                                                : 0.5f * (float) random.nextGaussian();
                            }
                            try (NDArray filled =
                                    model.getNDManager().create(values, array.getShape())) {
                                filled.copyTo(array);
                            }
                        });
        model.setBlock(block);
        return model;
    }

    /** Returns batches of normal inputs and labels. */
    static ArrayDataset data(Model model, Shape one, int count, int batch, long seed) {
        long[] shape = one.getShape().clone();
        shape[0] = count;
        Shape all = new Shape(shape);
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(all.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        float[] labels = new float[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(CLASSES);
        }
        return new ArrayDataset.Builder()
                .setData(model.getNDManager().create(values, all))
                .optLabels(model.getNDManager().create(labels))
                .setSampling(batch, false)
                .build();
    }

    /** Returns the same inputs with the classes that the model gives the largest logits. */
    static ArrayDataset predicted(Model model, Shape one, int count, long seed) throws Exception {
        float[] logits = outputs(model, data(model, one, count, count, seed));
        float[] labels = new float[count];
        for (int i = 0; i < logits.length; i++) {
            int row = i / CLASSES;
            if (logits[i] > logits[row * CLASSES + (int) labels[row]]) {
                labels[row] = i % CLASSES;
            }
        }
        long[] shape = one.getShape().clone();
        shape[0] = count;
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(new Shape(shape).size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return new ArrayDataset.Builder()
                .setData(model.getNDManager().create(values, new Shape(shape)))
                .optLabels(model.getNDManager().create(labels))
                .setSampling(count, false)
                .build();
    }

    static float[] outputs(Model model, ArrayDataset data) throws Exception {
        try (var manager = model.getNDManager().newSubManager()) {
            float[] all = new float[0];
            for (var batch : data.getData(manager)) {
                try (batch) {
                    NDList outputs =
                            model.getBlock()
                                    .forward(
                                            new ai.djl.training.ParameterStore(manager, false),
                                            batch.getData(),
                                            false);
                    float[] values = outputs.head().toFloatArray();
                    int before = all.length;
                    all = Arrays.copyOf(all, before + values.length);
                    System.arraycopy(values, 0, all, before, values.length);
                }
            }
            return all;
        }
    }
}
