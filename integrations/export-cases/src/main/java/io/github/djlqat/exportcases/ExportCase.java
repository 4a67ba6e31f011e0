package io.github.djlqat.exportcases;

import ai.djl.nn.Block;
import java.util.function.Supplier;

/**
 * A model to export.
 *
 * @param name what it is
 * @param inputs makes its inputs
 * @param block makes it, uninitialized
 */
public record ExportCase(String name, Inputs inputs, Supplier<Block> block) {}
