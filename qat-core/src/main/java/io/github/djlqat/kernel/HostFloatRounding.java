package io.github.djlqat.kernel;

import io.github.djlqat.format.FloatFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.stream.IntStream;

/**
 * Rounds floats to a narrower format, halves to even and saturating, in loops that the compiler
 * turns into vector instructions.
 *
 * <p>A normal number is rounded as an integer: to its bits is added just less than half of the last
 * place that stays, and that place's own bit, before the lower ones are cleared. For a subnormal
 * one the processor rounds: \( (x + M) - M \), where the last place of \( M \) is the format's.
 *
 * <p>Bits and numbers are in separate arrays, copied one to the other through a buffer: a loop that
 * converts between them stays scalar. So does one with {@link Math#min} or a condition.
 */
final class HostFloatRounding {

    private static final int INFINITY = 0x7f800000;
    private static final int MAGNITUDE = 0x7fffffff;
    private static final int SIGN = 0x80000000;

    /** Floats that one thread takes at a time. */
    private static final int SEGMENT = 1 << 17;

    /** Floats that stay in the first-level cache, in all forms that a piece takes. */
    private static final int PIECE = 1 << 11;

    private final int smallestNormal;
    private final int largest;
    private final int dropped;
    private final float shift;

    /** Called through one interface, for the compiler leaves loops scalar that it has inlined. */
    private final Step[] steps;

    private HostFloatRounding(FloatFormat format) {
        smallestNormal = Float.floatToRawIntBits((float) format.smallestNormal());
        largest = Float.floatToRawIntBits((float) format.maxValue());
        dropped = 23 - format.mantissaBits();
        shift = (float) Math.scalb(1.5, format.minExponent() + dropped);
        steps =
                new Step[] {
                    Piece::load,
                    this::roundSubnormal,
                    Piece::exchange,
                    this::roundNormal,
                    Piece::store
                };
    }

    /** Whether the last place that stays is a mantissa bit, and no value is special but NaN. */
    static boolean suits(FloatFormat format) {
        return format.mantissaBits() > 0
                && format.mantissaBits() < 23
                && format.minExponent() + 24 - format.mantissaBits() <= Float.MAX_EXPONENT
                && format.hasNaN()
                && format.hasNegativeZero();
    }

    static void round(FloatFormat format, ByteBuffer from, ByteBuffer to) {
        HostFloatRounding rounding = new HostFloatRounding(format);
        int count = from.remaining() / Float.BYTES;
        int segments = (count + SEGMENT - 1) / SEGMENT;
        IntStream all = IntStream.range(0, segments);
        (segments > 1 ? all.parallel() : all)
                .forEach(
                        i ->
                                rounding.segment(
                                        from,
                                        to,
                                        i * SEGMENT,
                                        Math.min(count - i * SEGMENT, SEGMENT)));
    }

    private void segment(ByteBuffer from, ByteBuffer to, int start, int count) {
        Piece piece = new Piece(from, to);
        for (int at = start; at < start + count; at += PIECE) {
            piece.at = at;
            piece.count = Math.min(PIECE, start + count - at);
            for (Step step : steps) {
                step.run(piece);
            }
        }
    }

    private void roundSubnormal(Piece piece) {
        float[] x = piece.numbers;
        int n = piece.count;
        for (int i = 0; i < n; i++) {
            x[i] = (x[i] + shift) - shift;
        }
    }

    /** Replaces what is not subnormal, and restores signs. */
    private void roundNormal(Piece piece) {
        int[] bits = piece.bits;
        int[] rounded = piece.rounded;
        int half = (1 << (dropped - 1)) - 1;
        int kept = -1 << dropped;
        int n = piece.count;
        for (int i = 0; i < n; i++) {
            int magnitude = bits[i] & MAGNITUDE;
            int normal = (magnitude + half + ((magnitude >>> dropped) & 1)) & kept;
            int small = (magnitude - smallestNormal) >> 31;
            int nan = (INFINITY - magnitude) >> 31;
            int over = (largest - normal) >> 31;
            rounded[i] =
                    (rounded[i] & small)
                            | (normal & ~small & ~over)
                            | ((largest | nan) & over)
                            | (bits[i] & SIGN);
        }
    }

    /** A loop over a piece. */
    private interface Step {
        void run(Piece piece);
    }

    /** Some of the floats, in the forms that the steps need. */
    private static final class Piece {
        private final IntBuffer source;
        private final FloatBuffer sourceNumbers;
        private final IntBuffer target;
        private final IntBuffer exchange;
        private final FloatBuffer exchangeNumbers;
        private final int[] bits = new int[PIECE];
        private final int[] rounded = new int[PIECE];
        private final float[] numbers = new float[PIECE];
        private int at;
        private int count;

        Piece(ByteBuffer from, ByteBuffer to) {
            source = from.duplicate().order(from.order()).asIntBuffer();
            sourceNumbers = from.duplicate().order(from.order()).asFloatBuffer();
            target = to.duplicate().order(to.order()).asIntBuffer();
            ByteBuffer scratch =
                    ByteBuffer.allocateDirect(PIECE * Float.BYTES).order(ByteOrder.nativeOrder());
            exchange = scratch.asIntBuffer();
            exchangeNumbers = scratch.asFloatBuffer();
        }

        void load() {
            source.get(at, bits, 0, count);
            sourceNumbers.get(at, numbers, 0, count);
        }

        void exchange() {
            exchangeNumbers.put(0, numbers, 0, count);
            exchange.get(0, rounded, 0, count);
        }

        void store() {
            target.put(at, rounded, 0, count);
        }
    }
}
