package io.github.djlqat.samples.common.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.BatchNorm;
import java.util.function.UnaryOperator;

/**
 * The basic residual block: \( \mathrm{relu}(s(x) + bn_2(conv_2(\mathrm{relu}(bn_1(conv_1(x))))))
 * \) with convolutions of 3 by 3 without bias (He et al. 2015, figure 2).
 *
 * <p>Children: {@code conv1}, {@code bn1}, {@code conv2}, {@code bn2}.
 */
final class BasicBlock extends CompositeBlock {

    private final Block conv1;
    private final Block bn1;
    private final Block conv2;
    private final Block bn2;
    private final UnaryOperator<NDArray> shortcut;

    /**
     * Creates a block.
     *
     * @param filters the number of output channels
     * @param stride the stride of the first convolution
     * @param shortcut what is added: the input, brought to the output's shape
     */
    BasicBlock(int filters, int stride, UnaryOperator<NDArray> shortcut) {
        conv1 = child("conv1", convolution(filters, stride));
        bn1 = child("bn1", BatchNorm.builder().build());
        conv2 = child("conv2", convolution(filters, 1));
        bn2 = child("bn2", BatchNorm.builder().build());
        this.shortcut = shortcut;
    }

    @Override
    NDArray compute(Runner run, NDArray input) {
        NDArray hidden = Activation.relu(run.run(bn1, run.run(conv1, input)));
        NDArray residual = run.run(bn2, run.run(conv2, hidden));
        return Activation.relu(residual.add(shortcut.apply(input)));
    }

    @Override
    Shape shapes(ShapeRunner run, Shape input) {
        return run.run(bn2, run.run(conv2, run.run(bn1, run.run(conv1, input))));
    }

    /**
     * Creates a convolution of 3 by 3 without bias that keeps the size but for its stride.
     *
     * @param filters the number of output channels
     * @param stride the stride
     * @return the convolution
     */
    static Conv2d convolution(int filters, int stride) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(1, 1))
                .setFilters(filters)
                .optBias(false)
                .build();
    }
}
