package io.github.djlqat.intercept;

import ai.djl.ndarray.NDList;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import ai.djl.util.PairList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A block whose every operation goes through a chain of interceptors.
 *
 * <p>Parameters, their names, and the format of saved files are those of the inner block. Without
 * interceptors the inner block runs as if it had never been wrapped.
 */
public final class InterceptedBlock extends DelegatingBlock {

    private final List<Interceptor> interceptors;
    private final boolean recording;
    private @Nullable Map<Parameter, String> names;

    /**
     * Wraps a block.
     *
     * @param block the model
     * @param interceptors the chain, outermost first
     * @throws IllegalArgumentException if the block holds a symbolic block, whose operations are
     *     not visible
     */
    public InterceptedBlock(Block block, Interceptor... interceptors) {
        this(block, List.of(interceptors), false);
    }

    private InterceptedBlock(Block block, List<Interceptor> interceptors, boolean recording) {
        super(block);
        this.interceptors = List.copyOf(interceptors);
        this.recording = recording;
        requireVisible(block);
    }

    /**
     * Checks that a block's operations can be seen.
     *
     * @param block a block
     * @throws IllegalArgumentException if the block holds a symbolic block, whose operations run
     *     inside the engine
     */
    public static void requireVisible(Block block) {
        refuseSymbolBlocks("", block);
    }

    /**
     * Wraps a block for interceptors that record what they see, so that what they cannot see is
     * refused also outside of training.
     *
     * @param block the model
     * @param interceptors the chain, outermost first
     * @return the wrapped block
     * @throws IllegalArgumentException if the block holds a symbolic block, whose operations are
     *     not visible
     */
    public static InterceptedBlock recording(Block block, Interceptor... interceptors) {
        return new InterceptedBlock(block, List.of(interceptors), true);
    }

    /**
     * Returns the same block under other interceptors.
     *
     * @param chain the chain, outermost first
     * @return a wrapped block that shares this one's inner block
     */
    public InterceptedBlock withInterceptors(List<Interceptor> chain) {
        return new InterceptedBlock(getBlock(), chain, recording);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        if (interceptors.isEmpty()) {
            return getBlock().forward(store, inputs, training, params);
        }
        return ForwardPass.run(
                getBlock(),
                names(),
                interceptors,
                store,
                inputs,
                null,
                training,
                params,
                recording);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList data,
            NDList labels,
            @Nullable PairList<String, Object> params) {
        if (interceptors.isEmpty()) {
            return getBlock().forward(store, data, labels, params);
        }
        return ForwardPass.run(
                getBlock(), names(), interceptors, store, data, labels, true, params, recording);
    }

    private Map<Parameter, String> names() {
        Map<Parameter, String> known = names;
        if (known == null) {
            known = ForwardPass.parameterNames(getBlock());
            names = known;
        }
        return known;
    }

    private static void refuseSymbolBlocks(String path, Block block) {
        if (block instanceof SymbolBlock) {
            throw new IllegalArgumentException(
                    (path.isEmpty() ? "The model" : "The child " + path)
                            + " is a "
                            + block.getClass().getSimpleName()
                            + ", whose operations run inside the engine where they cannot be intercepted."
                            + " Only blocks that compute with NDArray operations can be wrapped.");
        }
        for (Pair<String, Block> child : block.getChildren()) {
            refuseSymbolBlocks(
                    path.isEmpty() ? child.getKey() : path + "/" + child.getKey(),
                    child.getValue());
        }
    }
}
