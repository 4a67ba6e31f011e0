/**
 * Quantization by options of DJL's {@link ai.djl.repository.zoo.Criteria}.
 *
 * <ul>
 *   <li>{@code quantization}: the name of a preset such as {@code int8}, or the path of a recipe
 *       (.yaml, .yml, .json).
 *   <li>{@code calibration}: where the ranges of activations come from: the parameters that {@code
 *       Model.save} wrote of a prepared model (.params), or sample inputs: an array (.npy) for each
 *       run, or arrays (.npz) for each, or a folder of such files, which are taken in the order of
 *       their names. Samples have a batch dimension.
 *   <li>{@code inputShape}: the shapes of the inputs of a model of DJL blocks, batch dimension
 *       first, such as {@code 1,3,224,224}, several separated by semicolons; needed where its
 *       parameter file does not tell.
 * </ul>
 *
 * <p>A relative path is taken from the model's folder where it is there, and from the working
 * directory elsewhere. An option that is not legal is an {@link IllegalArgumentException}, a file
 * that cannot be read an {@link java.io.IOException} or an {@link java.io.UncheckedIOException}.
 *
 * <p>Models in folders and files are found by their options. Others, such as those of a model zoo,
 * have to name the engine {@link io.github.djlqat.extension.criteria.QuantizedEngine#NAME}.
 */
@NullMarked
package io.github.djlqat.extension.criteria;

import org.jspecify.annotations.NullMarked;
