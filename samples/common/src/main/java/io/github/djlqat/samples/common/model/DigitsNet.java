package io.github.djlqat.samples.common.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.function.UnaryOperator;

/**
 * A small convolutional network with batch normalization and a residual addition, for digits of 8
 * by 8 pixels.
 *
 * <p>Input: (batch, 1, 8, 8). Output: logits of shape (batch, 10). A convolution of 16 filters, a
 * residual block, a convolution of 32 filters with stride 2, global average pooling and a linear
 * layer.
 *
 * <p>Children: {@code conv1}, {@code bn1}, {@code block}, {@code conv2}, {@code bn2}, {@code
 * linear}.
 */
public final class DigitsNet extends CompositeBlock {

    private static final int NARROW = 16;
    private static final int WIDE = 32;
    private static final int CLASSES = 10;

    private final Block conv1 = child("conv1", BasicBlock.convolution(NARROW, 1));
    private final Block bn1 = child("bn1", BatchNorm.builder().build());
    private final Block block = child("block", new BasicBlock(NARROW, 1, UnaryOperator.identity()));
    private final Block conv2 = child("conv2", BasicBlock.convolution(WIDE, 2));
    private final Block bn2 = child("bn2", BatchNorm.builder().build());
    private final Block linear = child("linear", Linear.builder().setUnits(CLASSES).build());

    /** Creates a network. */
    public DigitsNet() {}

    @Override
    NDArray compute(Runner run, NDArray input) {
        NDArray array = Activation.relu(run.run(bn1, run.run(conv1, input)));
        array = run.run(block, array);
        array = Activation.relu(run.run(bn2, run.run(conv2, array)));
        return run.run(linear, Pool.globalAvgPool2d(array));
    }

    @Override
    Shape shapes(ShapeRunner run, Shape input) {
        Shape shape = run.run(bn1, run.run(conv1, input));
        shape = run.run(bn2, run.run(conv2, run.run(block, shape)));
        return run.run(linear, new Shape(shape.get(0), shape.get(1)));
    }
}
