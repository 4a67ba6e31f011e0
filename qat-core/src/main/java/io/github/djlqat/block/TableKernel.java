package io.github.djlqat.block;

import io.github.djlqat.format.CodebookFormat;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/** {@link ScalarKernel}'s results by lookup tables, on all processors. */
record TableKernel(BitsAndBytesFormat format, Tables tables) implements BitsAndBytesKernel {

    private static final Tables NF4 = Tables.of(CodebookFormat.NF4);
    private static final Tables FP4 = Tables.of(CodebookFormat.FP4_BITSANDBYTES);

    /** Values that are copied into the first-level cache at once. */
    private static final int CHUNK = 4096;

    /** Below this many values a second thread costs more than it saves. */
    private static final int VALUES_PER_TASK = 1 << 16;

    /** The values by code and the table that finds the code. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Tables(CodeTable codes, float[] high, float[] low) {

        static Tables of(CodebookFormat codebook) {
            float[] values = codebook.values();
            float[] high = new float[256];
            float[] low = new float[256];
            for (int pair = 0; pair < 256; pair++) {
                high[pair] = values[pair >> 4];
                low[pair] = values[pair & 0xf];
            }
            return new Tables(CodeTable.of(codebook), high, low);
        }
    }

    TableKernel(BitsAndBytesFormat format) {
        this(format, format.codebook().equals(CodebookFormat.NF4) ? NF4 : FP4);
    }

    @Override
    public void encode(FloatBuffer values, ByteBuffer codes, FloatBuffer absmax) {
        KernelSizes.requireWritable(codes.isReadOnly() || absmax.isReadOnly());
        KernelSizes sizes = KernelSizes.of(format, values, codes, absmax);
        int valuesStart = values.position();
        int codesStart = codes.position();
        int absmaxStart = absmax.position();
        eachChunk(
                sizes,
                (work, from, count) -> {
                    values.get(valuesStart + from, work.values, 0, count);
                    int firstBlock = from / sizes.blockSize();
                    int blocks = 0;
                    for (int at = 0; at < count; at += sizes.blockSize()) {
                        int to = Math.min(at + sizes.blockSize(), count);
                        work.absmax[blocks++] = encodeBlock(work, at, to);
                    }
                    codes.put(codesStart + from / 2, work.codes, 0, (count + 1) / 2);
                    absmax.put(absmaxStart + firstBlock, work.absmax, 0, blocks);
                });
    }

    @Override
    public void decode(ByteBuffer codes, FloatBuffer absmax, FloatBuffer values) {
        KernelSizes.requireWritable(values.isReadOnly());
        KernelSizes sizes = KernelSizes.of(format, values, codes, absmax);
        int valuesStart = values.position();
        int codesStart = codes.position();
        int absmaxStart = absmax.position();
        eachChunk(
                sizes,
                (work, from, count) -> {
                    codes.get(codesStart + from / 2, work.codes, 0, (count + 1) / 2);
                    int firstBlock = from / sizes.blockSize();
                    for (int at = 0; at < count; at += sizes.blockSize()) {
                        int to = Math.min(at + sizes.blockSize(), count);
                        int block = firstBlock + at / sizes.blockSize();
                        decodeBlock(work, at, to, absmax.get(absmaxStart + block));
                    }
                    values.put(valuesStart + from, work.values, 0, count);
                });
    }

    private float encodeBlock(Workspace work, int from, int to) {
        float[] values = work.values;
        float magnitude = absmax(values, from, to);
        byte[] codes = work.codes;
        float reciprocal = 1 / magnitude;
        // Subnormal magnitudes are rare: their ratios are made first, so that the loop need not
        // ask.
        if (!(magnitude > 0) || reciprocal > Float.MAX_VALUE) {
            Ratio ratio = Ratio.to(magnitude);
            for (int i = from; i < to; i++) {
                values[i] = ratio.of(values[i]);
            }
            reciprocal = 1;
        }
        CodeTable table = tables.codes;
        int pairs = (to - from) / 2;
        for (int i = 0; i < pairs; i++) {
            int high = code(table, values[from + 2 * i] * reciprocal);
            int low = code(table, values[from + 2 * i + 1] * reciprocal);
            codes[from / 2 + i] = (byte) (high << 4 | low);
        }
        if ((to - from) % 2 != 0) {
            codes[to / 2] = (byte) (code(table, values[to - 1] * reciprocal) << 4);
        }
        return magnitude;
    }

    /** The code at the number of midpoints below a number in [-1, 1], but for rounding errors. */
    private static int code(CodeTable table, float number) {
        int cell = (int) ((number + 1) * table.cellsPerUnit);
        // The sign of midpoint - number is set only where the number is above.
        int above = Float.floatToRawIntBits(table.midpoints[cell] - number) >>> 31;
        return table.codes[table.ranks[cell] + above];
    }

    /** Compares bit patterns, which order magnitudes as integers, those of NaN above infinity. */
    private static float absmax(float[] values, int from, int to) {
        int first = 0;
        int second = 0;
        int third = 0;
        int fourth = 0;
        int i = from;
        for (; i < to - 3; i += 4) {
            first = Math.max(first, magnitude(values[i]));
            second = Math.max(second, magnitude(values[i + 1]));
            third = Math.max(third, magnitude(values[i + 2]));
            fourth = Math.max(fourth, magnitude(values[i + 3]));
        }
        for (; i < to; i++) {
            first = Math.max(first, magnitude(values[i]));
        }
        float absmax =
                Float.intBitsToFloat(Math.max(Math.max(first, second), Math.max(third, fourth)));
        return absmax <= Float.MAX_VALUE ? absmax : Float.NaN;
    }

    private static int magnitude(float value) {
        return Float.floatToRawIntBits(value) & 0x7fffffff;
    }

    private void decodeBlock(Workspace work, int from, int to, float magnitude) {
        float[] high = tables.high;
        float[] low = tables.low;
        byte[] codes = work.codes;
        float[] values = work.values;
        int pairs = (to - from) / 2;
        for (int i = 0; i < pairs; i++) {
            int pair = codes[from / 2 + i] & 0xff;
            values[from + 2 * i] = high[pair] * magnitude;
            values[from + 2 * i + 1] = low[pair] * magnitude;
        }
        if ((to - from) % 2 != 0) {
            values[to - 1] = high[codes[to / 2] & 0xff] * magnitude;
        }
    }

    @FunctionalInterface
    private interface Chunk {
        void process(Workspace work, int from, int count);
    }

    /** A thread's copies of a chunk. */
    private static final class Workspace {
        final float[] values = new float[CHUNK];
        final byte[] codes = new byte[CHUNK / 2];
        final float[] absmax = new float[CHUNK / 32];
    }

    /** CHUNK is a multiple of every block size. */
    private static void eachChunk(KernelSizes sizes, Chunk chunk) {
        int chunks = sizes.values() / CHUNK + (sizes.values() % CHUNK == 0 ? 0 : 1);
        int tasks =
                Math.min(
                        Math.max(sizes.values() / VALUES_PER_TASK, 1),
                        4 * (ForkJoinPool.getCommonPoolParallelism() + 1));
        IntStream range = IntStream.range(0, tasks);
        (tasks == 1 ? range : range.parallel())
                .forEach(
                        task -> {
                            Workspace work = new Workspace();
                            int end = (int) ((task + 1L) * chunks / tasks);
                            for (int i = (int) ((long) task * chunks / tasks); i < end; i++) {
                                int from = i * CHUNK;
                                int count = Math.min(CHUNK, sizes.values() - from);
                                chunk.process(work, from, count);
                            }
                        });
    }
}
