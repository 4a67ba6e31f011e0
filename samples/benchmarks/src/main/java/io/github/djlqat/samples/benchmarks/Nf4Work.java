package io.github.djlqat.samples.benchmarks;

import ai.djl.ndarray.NDArray;
import io.github.djlqat.block.BitsAndBytesKernel;
import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** NF4 in blocks of 64, between the memory of arrays and packed codes. */
final class Nf4Work {

    private static final int BLOCK = 64;

    private final BitsAndBytesKernel kernel = BitsAndBytesKernel.fast(CodebookFormat.NF4, BLOCK);
    private final FloatBuffer values;
    private final FloatBuffer decoded;
    private final ByteBuffer codes;
    private final FloatBuffer absmax;

    /**
     * Encodes once, so that there is something to decode.
     *
     * @param values what is encoded
     * @param decoded what is decoded to
     */
    Nf4Work(NDArray values, NDArray decoded) {
        this.values = values.toByteBuffer(true).asFloatBuffer();
        this.decoded = decoded.toByteBuffer(true).asFloatBuffer();
        int count = this.values.remaining();
        codes = direct(count / 2);
        absmax = direct((count + BLOCK - 1) / BLOCK * Float.BYTES).asFloatBuffer();
        encode();
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    void encode() {
        kernel.encode(values, codes, absmax);
    }

    void decode() {
        kernel.decode(codes, absmax, decoded);
    }
}
