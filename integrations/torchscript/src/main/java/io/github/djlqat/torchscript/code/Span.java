package io.github.djlqat.torchscript.code;

/**
 * A part of a source text.
 *
 * @param from the offset of its first character
 * @param to the offset behind its last character
 */
public record Span(int from, int to) {}
