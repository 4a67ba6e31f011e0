package io.github.djlqat.torchscript.lift;

import org.jspecify.annotations.Nullable;

/**
 * A member of an enum class of the program.
 *
 * @param className the class's qualified name
 * @param value the member's value
 */
record EnumMember(String className, @Nullable Object value) {}
