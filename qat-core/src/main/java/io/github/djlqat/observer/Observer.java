package io.github.djlqat.observer;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;

/**
 * What was learned of a tensor's values, from which its quantization parameters are chosen.
 *
 * <p>An observer is an immutable value: observing and merging return new observers.
 */
public interface Observer {

    /**
     * Returns the scheme that parameters are chosen for.
     *
     * @return the scheme
     */
    QuantizationScheme scheme();

    /**
     * Tells whether this observer has seen no value.
     *
     * @return whether nothing was observed
     */
    boolean isEmpty();

    /**
     * Observes one batch of a tensor. A batch without elements changes nothing.
     *
     * @param values the values in row-major order, all finite
     * @param shape the shape of the values; along the scheme's channels or groups it is the same in
     *     every batch
     * @return an observer that has seen this batch too
     * @throws IllegalArgumentException if a value is NaN or infinite, the number of values does not
     *     fit the shape, or the shape does not fit the scheme's granularity or what was observed
     *     before
     */
    Observer observe(float[] values, Shape shape);

    /**
     * Joins what two observers have seen: this observer's batches, then the other's. Merging is
     * associative.
     *
     * @param other an observer of the same kind, scheme and settings
     * @return an observer that has seen the batches of both
     * @throws IllegalArgumentException if the other observer is of another kind, scheme or setting
     */
    Observer merge(Observer other);

    /**
     * Chooses quantization parameters.
     *
     * @return the parameters
     * @throws IllegalStateException if nothing was observed
     */
    QuantizationParameters parameters();

    /**
     * Returns what was seen, without scheme and settings, for storing.
     *
     * @return the state
     */
    ObserverState state();

    /**
     * Returns an observer of this kind, scheme and settings that has seen what a stored state
     * tells.
     *
     * @param state a state from an observer of this kind
     * @return the restored observer
     * @throws IllegalArgumentException if the state is of another kind or contradicts itself
     */
    Observer withState(ObserverState state);
}
