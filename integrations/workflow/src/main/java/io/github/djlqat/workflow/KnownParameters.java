package io.github.djlqat.workflow;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.ObserverState;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;

/** Gives a quantizer the scales that another one has, whatever it observes. */
record KnownParameters(QuantizationParameters parameters) implements Observer {

    @Override
    public QuantizationScheme scheme() {
        return parameters.scheme();
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public Observer observe(float[] values, Shape shape) {
        return this;
    }

    @Override
    public Observer merge(Observer other) {
        return this;
    }

    @Override
    public ObserverState state() {
        throw new UnsupportedOperationException("Known parameters have nothing to store.");
    }

    @Override
    public Observer withState(ObserverState state) {
        throw new UnsupportedOperationException("Known parameters have nothing to restore.");
    }
}
