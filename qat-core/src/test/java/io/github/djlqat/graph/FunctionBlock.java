package io.github.djlqat.graph;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.function.UnaryOperator;

/** A block that runs its function in a forward only, where a LambdaBlock asks it for shapes too. */
final class FunctionBlock extends AbstractBlock {

    private final UnaryOperator<NDArray> function;

    FunctionBlock(UnaryOperator<NDArray> function) {
        this.function = function;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        return new NDList(function.apply(inputs.head()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        return shapes;
    }
}
