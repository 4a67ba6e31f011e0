package io.github.djlqat.tensor;

/**
 * The description of a packed tensor in its file.
 *
 * @param format what the bytes mean
 * @param shape the length of each axis
 * @param crc32 the checksum of the planes
 */
@SuppressWarnings("ArrayRecordComponent")
record TensorHeader(StorageFormat format, long[] shape, long crc32) {}
