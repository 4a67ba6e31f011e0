package io.github.djlqat.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/**
 * A block as a user writes it: a convolution used twice, a shortcut that pads with zeros, and plain
 * array operations.
 */
final class UserBlock extends AbstractBlock {

    private final Block stem = addChildBlock("stem", convolution(8, 1));
    private final Block norm = addChildBlock("norm", BatchNorm.builder().build());
    private final Block shared = addChildBlock("shared", convolution(8, 1));
    private final Block down = addChildBlock("down", convolution(16, 2));
    private final Block downNorm = addChildBlock("downNorm", BatchNorm.builder().build());
    private final Block head = addChildBlock("head", Linear.builder().setUnits(10).build());

    private static Block convolution(int filters, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optPadding(new Shape(1, 1))
                .optStride(new Shape(stride, stride))
                .setFilters(filters)
                .build();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray x =
                run(norm, store, run(stem, store, inputs.singletonOrThrow(), training), training);
        x = Activation.relu(x);
        x = Activation.relu(run(shared, store, x, training));
        x = Activation.relu(run(shared, store, x, training).add(x));
        NDArray sampled = x.get(new NDIndex(":, :, ::2, ::2"));
        Shape shape = sampled.getShape();
        NDArray zeros =
                x.getManager().zeros(new Shape(shape.get(0), 4, shape.get(2), shape.get(3)));
        NDArray shortcut = NDArrays.concat(new NDList(zeros, sampled, zeros), 1);
        x = run(downNorm, store, run(down, store, x, training), training);
        x = Activation.relu(x.add(shortcut));
        return new NDList(run(head, store, Pool.globalAvgPool2d(x), training));
    }

    private static NDArray run(Block block, ParameterStore store, NDArray x, boolean training) {
        return block.forward(store, new NDList(x), training).singletonOrThrow();
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... shapes) {
        Shape in = shapes[0];
        long n = in.get(0);
        Shape wide = new Shape(n, 8, in.get(2), in.get(3));
        Shape small = new Shape(n, 16, in.get(2) / 2, in.get(3) / 2);
        stem.initialize(manager, dataType, in);
        norm.initialize(manager, dataType, wide);
        shared.initialize(manager, dataType, wide);
        down.initialize(manager, dataType, wide);
        downNorm.initialize(manager, dataType, small);
        head.initialize(manager, dataType, new Shape(n, 16));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), 10)};
    }
}
