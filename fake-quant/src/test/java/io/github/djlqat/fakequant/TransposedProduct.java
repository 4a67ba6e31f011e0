package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A matrix product with the transposed of a weight: input (N, in), output (N, out). */
final class TransposedProduct extends AbstractBlock {

    private final Parameter weight;
    private final int out;

    TransposedProduct(int in, int out) {
        this.out = out;
        weight =
                addParameter(
                        Parameter.builder()
                                .setName("weight")
                                .setType(Parameter.Type.WEIGHT)
                                .optShape(new Shape(out, in))
                                .build());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        return new NDList(
                inputs.singletonOrThrow()
                        .matMul(
                                store.getValue(weight, inputs.head().getDevice(), training)
                                        .transpose()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {new Shape(inputShapes[0].get(0), out)};
    }
}
