package io.github.djlqat.block;

import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Encodes and decodes the blocks of {@link BitsAndBytesFormat} between buffers, on the heap or
 * direct, so that the memory of a tensor need not be copied first.
 *
 * <p>Each method reads and writes from its buffers' positions to their limits and leaves both as
 * they are. There are half as many codes as values, rounded up, and one magnitude for each block, a
 * short last one included. Any bits are legal in codes and magnitudes.
 */
public interface BitsAndBytesKernel {

    /**
     * Encodes values.
     *
     * @param values the values
     * @param codes where the codes go, two a byte, the first in the high nibble
     * @param absmax where the largest magnitude of each block goes
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    void encode(FloatBuffer values, ByteBuffer codes, FloatBuffer absmax);

    /**
     * Decodes values.
     *
     * @param codes the codes, two a byte, the first in the high nibble
     * @param absmax the largest magnitude of each block
     * @param values where the values go
     * @throws IllegalArgumentException if the sizes do not fit each other
     */
    void decode(ByteBuffer codes, FloatBuffer absmax, FloatBuffer values);

    /**
     * Returns the definition: one value after the other by the scalar codec of the table.
     *
     * @param codebook the 16 values, {@link CodebookFormat#NF4} or {@link
     *     CodebookFormat#FP4_BITSANDBYTES}
     * @param blockSize the number of values in a block, a power of two from 32 to 4096
     * @return the kernel
     * @throws IllegalArgumentException if the table or the size is none of these
     */
    static BitsAndBytesKernel scalar(CodebookFormat codebook, int blockSize) {
        return new ScalarKernel(new BitsAndBytesFormat(codebook, blockSize, false));
    }

    /**
     * Returns the fast path, which gives the bits of {@link #scalar} by lookup tables on all
     * processors.
     *
     * @param codebook the 16 values, {@link CodebookFormat#NF4} or {@link
     *     CodebookFormat#FP4_BITSANDBYTES}
     * @param blockSize the number of values in a block, a power of two from 32 to 4096
     * @return the kernel
     * @throws IllegalArgumentException if the table or the size is none of these
     */
    static BitsAndBytesKernel fast(CodebookFormat codebook, int blockSize) {
        return new TableKernel(new BitsAndBytesFormat(codebook, blockSize, false));
    }
}
