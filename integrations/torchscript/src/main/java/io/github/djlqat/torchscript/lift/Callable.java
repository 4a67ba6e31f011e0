package io.github.djlqat.torchscript.lift;

import io.github.djlqat.torchscript.code.FunctionDefinition;
import io.github.djlqat.torchscript.code.SourceFile;
import org.jspecify.annotations.Nullable;

/**
 * A function of the program, or a method of a module.
 *
 * @param file where it is defined
 * @param function its definition
 * @param host the module, or null for a function
 */
record Callable(SourceFile file, FunctionDefinition function, @Nullable Module host) {}
