package io.github.djlqat.block;

import java.nio.ByteBuffer;

/** Encodes and decodes one block of ggml. */
interface GgmlCodec {

    /**
     * Encodes a block.
     *
     * @param values the finite values of the block
     * @param block the bytes, all zero before, little-endian
     */
    void encode(float[] values, ByteBuffer block);

    /**
     * Decodes a block.
     *
     * @param block the bytes, little-endian
     * @param values where the values of the block go
     */
    void decode(ByteBuffer block, float[] values);
}
