package io.github.djlqat.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** The inputs that format_goldens.py encodes, made again. */
public final class FloatSamples {

    private static final int RANDOM_COUNT = 1 << 20;

    private static final double[] BEYOND = {0.5, 1, 1.5, 2};

    private FloatSamples() {}

    /** SplitMix64's upper halves; every second one with its exponent folded into 2^-28..2^19. */
    public static float[] random() {
        float[] values = new float[RANDOM_COUNT];
        for (int i = 0; i < RANDOM_COUNT; i++) {
            long z = (i + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            int bits = (int) ((z ^ (z >>> 31)) >>> 32);
            if (i % 2 == 1) {
                int exponent = ((bits >>> 23) & 0xff) % 48 + 99;
                bits = (bits & 0x807fffff) | exponent << 23;
            }
            values[i] = Float.intBitsToFloat(bits);
        }
        return values;
    }

    /**
     * Every value, every midpoint and the top, each between its float neighbours; then specials.
     */
    static float[] neighbours(FloatFormat format) {
        double[] values = values(format);
        int count = values.length;
        double[] points = Arrays.copyOf(values, 2 * count - 1 + 2 * BEYOND.length);
        for (int i = 0; i + 1 < count; i++) {
            points[count + i] = (values[i] + values[i + 1]) / 2;
        }
        double step = values[count - 1] - values[count - 2];
        for (int i = 0; i < BEYOND.length; i++) {
            points[2 * count - 1 + i] = values[count - 1] + step * BEYOND[i];
            points[2 * count - 1 + BEYOND.length + i] = -points[2 * count - 1 + i];
        }
        float[] specials = {0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};
        float[] samples = new float[3 * points.length + specials.length];
        for (int i = 0; i < points.length; i++) {
            float point = (float) points[i];
            samples[3 * i] = Math.nextDown(point);
            samples[3 * i + 1] = point;
            samples[3 * i + 2] = Math.nextUp(point);
        }
        System.arraycopy(specials, 0, samples, 3 * points.length, specials.length);
        return samples;
    }

    /** The finite values in ascending order, zero once and positive. */
    static double[] values(FloatFormat format) {
        return IntStream.range(0, 1 << format.bits())
                .mapToDouble(code -> FloatCodec.decode(format, code))
                .filter(Double::isFinite)
                .map(value -> value + 0.0)
                .distinct()
                .sorted()
                .toArray();
    }

    public static long crcOfFloats(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putInt(Float.floatToRawIntBits(value));
        }
        return crc(bytes);
    }

    /** The CRC-32 of codes in one byte each, or two where the format takes more than 8 bits. */
    public static long crcOfCodes(int[] codes, int bits) {
        ByteBuffer bytes =
                ByteBuffer.allocate((bits > 8 ? 2 : 1) * codes.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int code : codes) {
            if (bits > 8) {
                bytes.putShort((short) code);
            } else {
                bytes.put((byte) code);
            }
        }
        return crc(bytes);
    }

    private static long crc(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes.flip());
        return crc.getValue();
    }
}
