package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A block that holds weights and computes nothing. */
final class Weights extends AbstractBlock {

    private Weights(NDArray... weights) {
        for (int i = 0; i < weights.length; i++) {
            addParameter(
                    Parameter.builder()
                            .setName("weight" + i)
                            .setType(Parameter.Type.WEIGHT)
                            .optArray(weights[i])
                            .build());
        }
    }

    static Block block(NDArray... weights) {
        return new Weights(weights);
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        return inputs;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return inputShapes;
    }
}
