package io.github.djlqat.intercept;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterServer;
import ai.djl.training.ParameterStore;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the values of another store wrapped, remembering which parameter each is the value of.
 */
final class InterceptedParameterStore extends ParameterStore {

    private final ParameterStore store;
    private final ForwardPass pass;

    InterceptedParameterStore(ParameterStore store, ForwardPass pass) {
        super(store.getManager(), false);
        this.store = store;
        this.pass = pass;
    }

    @Override
    @SuppressWarnings("NullAway") // DJL answers null for an absent parameter without saying so.
    public NDArray getValue(@Nullable Parameter parameter, Device device, boolean training) {
        NDArray value = store.getValue(parameter, device, training);
        if (value == null || parameter == null) {
            return null;
        }
        pass.bind(value, parameter);
        return pass.wrapper().wrap(value);
    }

    @Override
    public void setParameterServer(ParameterServer parameterServer, Device[] devices) {
        store.setParameterServer(parameterServer, devices);
    }

    @Override
    public void updateAllParameters() {
        store.updateAllParameters();
    }

    @Override
    public void sync() {
        store.sync();
    }
}
