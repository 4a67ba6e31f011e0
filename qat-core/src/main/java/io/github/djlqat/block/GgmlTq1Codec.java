package io.github.djlqat.block;

import java.nio.ByteBuffer;

/**
 * {@link GgmlFormat#TQ1_0}: five codes a byte as the digits \( 0.c_1 c_2 c_3 c_4 c_5 \) of a
 * fraction in base 3, in units of 1/256 rounded up, so that a digit is the carry of the byte times
 * 3. The codes of a byte are 32 apart in the first 160, 16 apart in the next 80, and 4 apart in the
 * last 16, where a byte holds only four.
 */
final class GgmlTq1Codec implements GgmlCodec {

    private static final int SCALE_AT = 52;
    private static final int DIGITS = 5;
    private static final int POWER_OF_DIGITS = 243;

    /** A run of bytes whose digits are that many codes apart. */
    private record Run(int firstCode, int firstByte, int bytes, int digits) {}

    private static final Run[] RUNS = {
        new Run(0, 0, 32, DIGITS), new Run(160, 32, 16, DIGITS), new Run(240, 48, 4, DIGITS - 1)
    };

    @Override
    public void encode(float[] values, ByteBuffer block) {
        int[] codes = Ternary.encode(values, block, SCALE_AT);
        for (Run run : RUNS) {
            for (int i = 0; i < run.bytes; i++) {
                int number = 0;
                for (int digit = 0; digit < DIGITS; digit++) {
                    int code = run.firstCode + digit * run.bytes + i;
                    number = number * 3 + (digit < run.digits ? codes[code] : 0);
                }
                int fraction = (number * 256 + POWER_OF_DIGITS - 1) / POWER_OF_DIGITS;
                block.put(run.firstByte + i, (byte) fraction);
            }
        }
    }

    @Override
    public void decode(ByteBuffer block, float[] values) {
        int[] codes = new int[values.length];
        for (Run run : RUNS) {
            for (int i = 0; i < run.bytes; i++) {
                int fraction = block.get(run.firstByte + i) & 0xff;
                for (int digit = 0; digit < run.digits; digit++) {
                    codes[run.firstCode + digit * run.bytes + i] = fraction * 3 >> 8;
                    fraction = fraction * 3 & 0xff;
                }
            }
        }
        Ternary.decode(codes, block, SCALE_AT, values);
    }
}
