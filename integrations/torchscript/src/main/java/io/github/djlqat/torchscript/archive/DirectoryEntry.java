package io.github.djlqat.torchscript.archive;

/**
 * What an archive's central directory says of an entry.
 *
 * @param name the full name
 * @param deflated whether it is compressed
 * @param crc the CRC-32 of its contents
 * @param packedSize its size in the archive, in bytes
 * @param size the size of its contents, in bytes
 * @param offset where its local header begins
 */
record DirectoryEntry(
        String name, boolean deflated, int crc, long packedSize, long size, long offset) {}
