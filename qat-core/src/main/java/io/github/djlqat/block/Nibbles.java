package io.github.djlqat.block;

import java.nio.ByteBuffer;

/**
 * 4-bit codes with the first half of a run in the low nibbles and the second half in the high ones.
 */
final class Nibbles {

    private Nibbles() {}

    static void writeHalves(int[] codes, int from, int count, ByteBuffer target, int at) {
        int half = count / 2;
        for (int i = 0; i < half; i++) {
            int low = codes[from + i] & 0xf;
            int high = codes[from + half + i] & 0xf;
            target.put(at + i, (byte) (high << 4 | low));
        }
    }

    static void readHalves(ByteBuffer source, int at, int[] codes, int from, int count) {
        int half = count / 2;
        for (int i = 0; i < half; i++) {
            int pair = source.get(at + i);
            codes[from + i] = pair & 0xf;
            codes[from + half + i] = pair >> 4 & 0xf;
        }
    }
}
