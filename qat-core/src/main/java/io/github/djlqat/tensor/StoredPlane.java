package io.github.djlqat.tensor;

/**
 * One of the byte arrays that a tensor of one shape is kept in.
 *
 * @param name what the bytes are, unique within the tensor
 * @param size the number of bytes
 */
public record StoredPlane(String name, long size) {}
