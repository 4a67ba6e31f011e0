package io.github.djlqat.samples.common.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.jspecify.annotations.Nullable;

/**
 * A block of one input and one output that computes with named children.
 *
 * <p>A parameter's name is the names of its blocks and its own, joined by underscores, as in {@code
 * layer1_0_conv1_weight}: PyTorch's names with the dots replaced.
 */
abstract class CompositeBlock extends AbstractBlock {

    private static final byte VERSION = 1;

    CompositeBlock() {
        super(VERSION);
    }

    /**
     * Adds a child under exactly the given name.
     *
     * @param name the name
     * @param block the child
     * @param <B> the child's type
     * @return the child
     */
    final <B extends Block> B child(String name, B block) {
        children.add(name, block);
        return block;
    }

    /**
     * Computes the output.
     *
     * @param run runs a child
     * @param input the input
     * @return the output
     */
    abstract NDArray compute(Runner run, NDArray input);

    /**
     * Initializes the children.
     *
     * @param initializer initializes a child and tells its output's shape
     * @param input the input's shape
     * @return the output's shape
     */
    abstract Shape shapes(ShapeRunner initializer, Shape input);

    @Override
    protected final NDList forwardInternal(
            ParameterStore parameterStore,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        Runner run =
                (child, array) ->
                        child.forward(parameterStore, new NDList(array), training, params)
                                .singletonOrThrow();
        return new NDList(compute(run, inputs.singletonOrThrow()));
    }

    @Override
    protected final void initializeChildBlocks(
            NDManager manager, DataType dataType, Shape... inputShapes) {
        shapes(
                (child, shape) -> {
                    child.initialize(manager, dataType, shape);
                    return child.getOutputShapes(new Shape[] {shape})[0];
                },
                inputShapes[0]);
    }

    @Override
    public final Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {
            shapes((child, shape) -> child.getOutputShapes(new Shape[] {shape})[0], inputShapes[0])
        };
    }

    /** Runs a child on an array. */
    @FunctionalInterface
    interface Runner {

        /**
         * Runs a child.
         *
         * @param child the child
         * @param input its input
         * @return its output
         */
        NDArray run(Block child, NDArray input);
    }

    /** Follows a shape through a child. */
    @FunctionalInterface
    interface ShapeRunner {

        /**
         * Follows a shape through a child.
         *
         * @param child the child
         * @param input its input's shape
         * @return its output's shape
         */
        Shape run(Block child, Shape input);
    }
}
