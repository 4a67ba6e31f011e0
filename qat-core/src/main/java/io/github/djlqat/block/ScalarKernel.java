package io.github.djlqat.block;

import io.github.djlqat.format.CodebookCodec;
import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** The definition of {@link BitsAndBytesFormat}. */
record ScalarKernel(BitsAndBytesFormat format) implements BitsAndBytesKernel {

    @Override
    public void encode(FloatBuffer values, ByteBuffer codes, FloatBuffer absmax) {
        KernelSizes sizes = KernelSizes.of(format, values, codes, absmax);
        for (int block = 0; block < sizes.blocks(); block++) {
            float[] numbers = new float[sizes.to(block) - sizes.from(block)];
            values.duplicate().position(values.position() + sizes.from(block)).get(numbers);
            float magnitude = Blocks.absmax(numbers, 0, numbers.length);
            absmax.put(absmax.position() + block, magnitude);
            Ratio ratio = Ratio.to(magnitude);
            int next = codes.position() + sizes.from(block) / 2;
            for (int i = 0; i < numbers.length; i += 2) {
                int high = code(ratio, numbers[i]);
                int low = i + 1 < numbers.length ? code(ratio, numbers[i + 1]) : 0;
                codes.put(next++, (byte) (high << 4 | low));
            }
        }
    }

    private int code(Ratio ratio, float value) {
        return CodebookCodec.encode(format.codebook(), ratio.of(value));
    }

    @Override
    public void decode(ByteBuffer codes, FloatBuffer absmax, FloatBuffer values) {
        KernelSizes sizes = KernelSizes.of(format, values, codes, absmax);
        CodebookFormat codebook = format.codebook();
        for (int i = 0; i < sizes.values(); i++) {
            int pair = codes.get(codes.position() + i / 2);
            int code = i % 2 == 0 ? pair >> 4 & 0xf : pair & 0xf;
            float magnitude = absmax.get(absmax.position() + i / sizes.blockSize());
            values.put(values.position() + i, CodebookCodec.decode(codebook, code) * magnitude);
        }
    }
}
