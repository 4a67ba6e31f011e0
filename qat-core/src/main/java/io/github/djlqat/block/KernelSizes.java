package io.github.djlqat.block;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;

/** The sizes of the buffers of a {@link BitsAndBytesKernel}, checked. */
record KernelSizes(int values, int blocks, int blockSize) {

    static KernelSizes of(
            BitsAndBytesFormat format, FloatBuffer values, ByteBuffer codes, FloatBuffer absmax) {
        int count = values.remaining();
        int blocks = count / format.blockSize() + (count % format.blockSize() == 0 ? 0 : 1);
        int bytes = count / 2 + count % 2;
        if (codes.remaining() != bytes || absmax.remaining() != blocks) {
            throw new IllegalArgumentException(
                    count
                            + " values in blocks of "
                            + format.blockSize()
                            + " have "
                            + bytes
                            + " bytes of codes and "
                            + blocks
                            + " magnitudes; the buffers have "
                            + codes.remaining()
                            + " and "
                            + absmax.remaining()
                            + ".");
        }
        return new KernelSizes(count, blocks, format.blockSize());
    }

    /** Fails before any work is handed to other threads. */
    static void requireWritable(boolean readOnly) {
        if (readOnly) {
            throw new ReadOnlyBufferException();
        }
    }

    int from(int block) {
        return block * blockSize;
    }

    /** Not from(block + 1), which may overflow after the last block. */
    int to(int block) {
        return from(block) + Math.min(blockSize, values - from(block));
    }
}
