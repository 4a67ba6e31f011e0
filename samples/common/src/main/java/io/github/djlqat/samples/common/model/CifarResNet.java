package io.github.djlqat.samples.common.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The residual networks for CIFAR-10 of 6n + 2 layers (He et al. 2015, section 4.2), with shortcuts
 * of type A: every second pixel, and zeros for the channels that the input lacks.
 *
 * <p>Input: (batch, 3, 32, 32). Output: logits of shape (batch, 10). Laid out and named as the
 * PyTorch model of <a
 * href="https://github.com/akamaster/pytorch_resnet_cifar10">akamaster/pytorch_resnet_cifar10</a>.
 */
public final class CifarResNet extends CompositeBlock {

    private static final int[] FILTERS = {16, 32, 64};
    private static final Pattern BATCH_NORM =
            Pattern.compile("(.*\\bbn\\d+)\\.(weight|bias|running_mean|running_var)");

    private final Block conv1;
    private final Block bn1;
    private final List<Block> blocks = new ArrayList<>();
    private final Block linear;

    /**
     * Creates a network.
     *
     * @param blocksPerStage the residual blocks of each of the three stages, n; at least 1
     * @param classes the number of classes, at least 1
     * @throws IllegalArgumentException if a number is below 1
     */
    public CifarResNet(int blocksPerStage, int classes) {
        if (blocksPerStage < 1 || classes < 1) {
            throw new IllegalArgumentException(
                    "A network has at least one block a stage and one class, not "
                            + blocksPerStage
                            + " and "
                            + classes
                            + ".");
        }
        conv1 = child("conv1", BasicBlock.convolution(FILTERS[0], 1));
        bn1 = child("bn1", BatchNorm.builder().build());
        for (int stage = 0; stage < FILTERS.length; stage++) {
            Stage layer =
                    child(
                            "layer" + (stage + 1),
                            new Stage(FILTERS[stage], stage > 0, blocksPerStage));
            blocks.add(layer);
        }
        linear = child("linear", Linear.builder().setUnits(classes).build());
    }

    /**
     * Creates ResNet-20 for 10 classes.
     *
     * @return the network
     */
    public static CifarResNet resNet20() {
        return new CifarResNet(3, 10);
    }

    /**
     * Returns the name that a parameter of the PyTorch model has here.
     *
     * @param torchName a name such as {@code layer1.0.bn1.running_mean}
     * @return the name such as {@code layer1_0_bn1_runningMean}
     */
    public static String parameterName(String torchName) {
        Matcher matcher = BATCH_NORM.matcher(torchName);
        if (matcher.matches()) {
            String parameter =
                    switch (matcher.group(2)) {
                        case "weight" -> "gamma";
                        case "bias" -> "beta";
                        case "running_mean" -> "runningMean";
                        default -> "runningVar";
                    };
            return matcher.group(1).replace('.', '_') + '_' + parameter;
        }
        return torchName.replace('.', '_');
    }

    @Override
    NDArray compute(Runner run, NDArray input) {
        NDArray array = Activation.relu(run.run(bn1, run.run(conv1, input)));
        for (Block block : blocks) {
            array = run.run(block, array);
        }
        return run.run(linear, Pool.globalAvgPool2d(array));
    }

    @Override
    Shape shapes(ShapeRunner run, Shape input) {
        Shape shape = run.run(bn1, run.run(conv1, input));
        for (Block block : blocks) {
            shape = run.run(block, shape);
        }
        return run.run(linear, new Shape(shape.get(0), shape.get(1)));
    }

    /**
     * Takes every second pixel of the input and puts zeros before and after its channels, half of
     * the missing ones each.
     *
     * @param input the input of shape (batch, filters / 2, height, width)
     * @param filters the number of output channels
     * @return the output of shape (batch, filters, height / 2, width / 2), rounded up
     */
    static NDArray subsampleAndPad(NDArray input, int filters) {
        NDArray sampled = input.get(new NDIndex(":, :, ::2, ::2"));
        Shape shape = sampled.getShape();
        Shape padding =
                new Shape(shape.get(0), (filters - shape.get(1)) / 2, shape.get(2), shape.get(3));
        NDArray zeros = input.getManager().zeros(padding, input.getDataType(), input.getDevice());
        return NDArrays.concat(new NDList(zeros, sampled, zeros), 1);
    }

    /** The residual blocks of one resolution, named by their number. */
    private static final class Stage extends CompositeBlock {

        private final List<Block> blocks = new ArrayList<>();

        Stage(int filters, boolean halves, int size) {
            for (int i = 0; i < size; i++) {
                boolean halving = halves && i == 0;
                UnaryOperator<NDArray> shortcut =
                        halving
                                ? input -> subsampleAndPad(input, filters)
                                : UnaryOperator.identity();
                blocks.add(
                        child(
                                Integer.toString(i),
                                new BasicBlock(filters, halving ? 2 : 1, shortcut)));
            }
        }

        @Override
        NDArray compute(Runner run, NDArray input) {
            NDArray array = input;
            for (Block block : blocks) {
                array = run.run(block, array);
            }
            return array;
        }

        @Override
        Shape shapes(ShapeRunner run, Shape input) {
            Shape shape = input;
            for (Block block : blocks) {
                shape = run.run(block, shape);
            }
            return shape;
        }
    }
}
