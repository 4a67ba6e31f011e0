package io.github.djlqat.exportcases;

import ai.djl.ndarray.NDArray;
import java.util.function.UnaryOperator;

/**
 * An operation to export.
 *
 * @param name what it is
 * @param function what it computes
 */
public record ArrayOperation(String name, UnaryOperator<NDArray> function) {}
