package io.github.djlqat.block;

import io.github.djlqat.format.FloatCodec;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.Overflow;
import io.github.djlqat.format.Rounding;
import java.util.List;

/** What the codecs of several block formats share. */
final class Blocks {

    private Blocks() {}

    /** The largest magnitude, or NaN if a value is not finite. */
    static float absmax(float[] values, int from, int to) {
        float absmax = 0;
        for (int i = from; i < to; i++) {
            if (!Float.isFinite(values[i])) {
                return Float.NaN;
            }
            absmax = Math.max(absmax, Math.abs(values[i]));
        }
        return absmax;
    }

    static byte[] halfBytes(float value) {
        int code =
                FloatCodec.encode(
                        FloatFormat.FLOAT16, value, Rounding.HALF_EVEN, Overflow.NON_FINITE);
        return new byte[] {(byte) code, (byte) (code >> 8)};
    }

    static float half(int low, int high) {
        return FloatCodec.decode(FloatFormat.FLOAT16, (low & 0xff) | (high & 0xff) << 8);
    }

    static void requireWholeBlocks(BlockFormat format, int count) {
        if (count % format.blockSize() != 0) {
            throw new IllegalArgumentException(
                    count
                            + " values are not a whole number of blocks of "
                            + format.formatName()
                            + ", which have "
                            + format.blockSize()
                            + " values.");
        }
    }

    static void requireSizes(BlockFormat format, List<byte[]> bytes, int count) {
        List<Plane> planes = format.planes();
        if (bytes.size() != planes.size() || count < 0) {
            throw new IllegalArgumentException(
                    format.formatName()
                            + " keeps at least 0 values in "
                            + planes.size()
                            + " planes; given were "
                            + count
                            + " and "
                            + bytes.size()
                            + ".");
        }
        for (int i = 0; i < planes.size(); i++) {
            Plane plane = planes.get(i);
            if (bytes.get(i).length != plane.size(count)) {
                throw new IllegalArgumentException(
                        "The "
                                + plane.name()
                                + " of "
                                + count
                                + " values in "
                                + format.formatName()
                                + " take "
                                + plane.size(count)
                                + " bytes, not "
                                + bytes.get(i).length
                                + ".");
            }
        }
    }
}
