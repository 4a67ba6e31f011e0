package io.github.djlqat.samples.quickstart;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.dataset.ArrayDataset;
import io.github.djlqat.samples.common.training.Seeds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** The network and the data that the pages' snippets leave to their reader to have. */
public class ReadmeNetwork extends SequentialBlock {

    static final Shape INPUT = new Shape(1, 3, 32, 32);
    static final String NAME = "classifier";
    private static final int CLASSES = 3;

    /** Two convolutions with an addition between them, and a linear layer. */
    public ReadmeNetwork() {
        add(convolution(2));
        add(BatchNorm.builder().build());
        add(Activation.reluBlock());
        add(
                new ParallelBlock(
                        lists -> new NDList(lists.get(0).head().add(lists.get(1).head())),
                        List.of(convolution(1), Pool.maxPool2dBlock(new Shape(1, 1)))));
        add(Pool.globalAvgPool2dBlock());
        add(Linear.builder().setUnits(CLASSES).build());
    }

    private static Block convolution(int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .optStride(new Shape(stride, stride))
                .setFilters(8)
                .build();
    }

    static ReadmeNetwork initialized(NDManager manager) {
        Seeds.set(1);
        ReadmeNetwork network = new ReadmeNetwork();
        network.initialize(manager, DataType.FLOAT32, INPUT);
        return network;
    }

    /** Writes what {@code Model.save} writes of a network with random weights. */
    static void save(Path folder) throws IOException {
        try (Model model = Model.newInstance(NAME)) {
            model.setBlock(initialized(model.getNDManager()));
            model.save(folder, NAME);
        }
    }

    static ArrayDataset data(NDManager manager) {
        Random random = new Random(2);
        int samples = 32;
        NDArray labels = manager.create(random.ints(samples, 0, CLASSES).asLongStream().toArray());
        return new ArrayDataset.Builder()
                .setData(images(manager, samples, random))
                .optLabels(labels)
                .setSampling(8, false)
                .build();
    }

    static List<NDList> batches(NDManager manager) {
        Random random = new Random(3);
        return IntStream.range(0, 3).mapToObj(i -> new NDList(images(manager, 4, random))).toList();
    }

    private static NDArray images(NDManager manager, int samples, Random random) {
        Shape shape = new Shape(samples, 3, 32, 32);
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return manager.create(values, shape);
    }
}
