package io.github.djlqat.block;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.StreamSupport;
import java.util.zip.CRC32;

/** The inputs of block_goldens.py, bit for bit, and what it wrote. */
final class BlockSamples {

    static final JsonNode GOLDENS = goldens();

    private static final int ROW = 256;

    private BlockSamples() {}

    static List<JsonNode> cases(String name) {
        return StreamSupport.stream(GOLDENS.get(name).spliterator(), false).toList();
    }

    private static JsonNode goldens() {
        try (InputStream stream = BlockSamples.class.getResourceAsStream("goldens.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(stream));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Blocks of 256 values: ordinary, scaled, on grids full of ties, and degenerate. */
    static float[] inputs() {
        float[] x = stream(7, ROW * 40);
        float[] values = new float[ROW * 56];
        for (int i = 0; i < x.length; i++) {
            int row = i / ROW;
            if (row < 16) {
                values[i] = x[i];
            } else if (row < 32) {
                values[i] = Math.scalb(x[i], 2 * (row - 16) - 16 + i % ROW / 32);
            } else {
                float steps = (float) Math.rint(x[i] * (row < 36 ? 8 : 64));
                values[i] = steps / (row < 36 ? 2 : 16);
            }
        }
        List<IntToDoubleFunction> degenerate =
                List.of(
                        i -> 0,
                        i -> -0.0,
                        i -> 1,
                        i -> -1,
                        i -> i,
                        i -> -(double) i,
                        i -> i - 128,
                        i -> Math.abs(i - 128),
                        i -> i % 32 == 5 ? -3 : 0,
                        i -> i % 16 == 0 ? 3 : 0.25,
                        i -> i / 32.0 - 4,
                        i -> i / 256.0 + 1,
                        i -> i % 13 - 6,
                        i -> 6 - i % 13,
                        i -> (i % 29 - 14) / 2.0,
                        i -> i % 64 / 4.0 - 8);
        for (int i = 0; i < ROW * degenerate.size(); i++) {
            values[x.length + i] = (float) degenerate.get(i / ROW).applyAsDouble(i % ROW);
        }
        return values;
    }

    /** Blocks of 32 with one extreme value around the places where the scale rules part. */
    static float[] boundaryBlocks() {
        int[] powers = {-149, -140, -127, -126, -125, -20, 0, 3, 100, 127};
        double[] extremes = {
            1.0,
            1.5,
            1.75,
            1.751,
            1.76,
            1.875,
            1.9375,
            1.96875,
            1.984375,
            1.9921875,
            1.99609375,
            1.999
        };
        float[] values = new float[powers.length * extremes.length * 32];
        int next = 0;
        for (int power : powers) {
            for (double extreme : extremes) {
                float value = (float) Math.scalb(extreme, power);
                for (int i = 0; i < 32; i++) {
                    float part = value * (1 / 32f) * (i + 1);
                    values[next++] = i % 2 == 0 ? part : -part;
                }
                values[next - 1] = value;
            }
        }
        return values;
    }

    static float[] stream(long seed, int count) {
        long state = seed;
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            double total = 0;
            for (int k = 0; k < 4; k++) {
                state = state * 6364136223846793005L + 1442695040888963407L;
                total += (state >>> 40) / 0x1p24;
            }
            double centred = total - 2.0;
            values[i] = (float) (centred * centred * centred);
        }
        return values;
    }

    static byte[] bits(long seed, int count) {
        long state = seed;
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            bytes[i] = (byte) (state >>> 56);
        }
        return bytes;
    }

    static long crc(byte[] bytes) {
        return crc(bytes, 0, bytes.length);
    }

    static long crc(byte[] bytes, int from, int to) {
        CRC32 crc = new CRC32();
        crc.update(bytes, from, to - from);
        return crc.getValue();
    }

    /** Of the bit patterns, all NaNs alike. */
    static long crc(float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putInt(Float.floatToIntBits(value));
        }
        return crc(bytes.array());
    }

    /** Compares the checksums of a plane's equal parts, as numpy's array_split cuts rows. */
    static long[] partCrcs(byte[] bytes, int rows, int parts) {
        long[] crcs = new long[parts];
        int row = bytes.length / rows;
        int from = 0;
        for (int part = 0; part < parts; part++) {
            int to = from + (rows / parts + (part < rows % parts ? 1 : 0)) * row;
            crcs[part] = crc(bytes, from, to);
            from = to;
        }
        return crcs;
    }

    static long[] longs(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
    }
}
