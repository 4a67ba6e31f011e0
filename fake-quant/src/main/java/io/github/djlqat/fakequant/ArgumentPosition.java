package io.github.djlqat.fakequant;

/**
 * Which argument of an operation.
 *
 * @param index the index among the arguments, with the receiver array first
 * @param element the index within an argument that is a list of arrays, or -1
 */
record ArgumentPosition(int index, int element) {}
