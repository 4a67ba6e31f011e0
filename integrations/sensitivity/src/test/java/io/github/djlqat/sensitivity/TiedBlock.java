package io.github.djlqat.sensitivity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;

/** A layer, a weight that is multiplied twice, and one that is multiplied transposed. */
final class TiedBlock extends AbstractBlock {

    private final Block first;
    private final Parameter tied;
    private final Parameter last;

    TiedBlock() {
        first = addChildBlock("first", Linear.builder().setUnits(Networks.CLASSES).build());
        tied =
                addParameter(
                        Parameter.builder()
                                .setName("tied")
                                .setType(Parameter.Type.WEIGHT)
                                .optShape(new Shape(Networks.CLASSES, Networks.CLASSES))
                                .build());
        last =
                addParameter(
                        Parameter.builder()
                                .setName("last")
                                .setType(Parameter.Type.WEIGHT)
                                .optShape(new Shape(7, Networks.CLASSES))
                                .build());
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            PairList<String, Object> params) {
        NDArray x = first.forward(store, inputs, training).head();
        NDArray weight = store.getValue(tied, x.getDevice(), training);
        NDArray twice = x.matMul(weight).tanh().matMul(weight);
        NDArray end = store.getValue(last, x.getDevice(), training);
        return new NDList(twice.matMul(end.transpose()));
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... shapes) {
        first.initialize(manager, type, shapes);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        return new Shape[] {new Shape(shapes[0].get(0), 7)};
    }
}
