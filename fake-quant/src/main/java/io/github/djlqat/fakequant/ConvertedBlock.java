package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDList;
import ai.djl.nn.BlockList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.github.djlqat.intercept.DelegatingBlock;
import org.jspecify.annotations.Nullable;

/** A converted model: computes with rounded weights and activations, and cannot be trained. */
public final class ConvertedBlock extends DelegatingBlock {

    private final QuantizedBlock prepared;

    ConvertedBlock(QuantizedBlock prepared) {
        super(prepared);
        this.prepared = prepared;
    }

    /**
     * Returns the prepared block, to train on.
     *
     * @return the prepared block
     */
    public QuantizedBlock getPrepared() {
        return prepared;
    }

    @Override
    public BlockList getChildren() {
        return prepared.getChildren();
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store,
            NDList inputs,
            boolean training,
            @Nullable PairList<String, Object> params) {
        if (training) {
            throw new IllegalStateException(
                    "The model is converted and cannot be trained; set the block to getPrepared() to go on training.");
        }
        return prepared.forward(store, inputs, false, params);
    }
}
