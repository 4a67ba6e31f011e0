package io.github.djlqat.scheme;

/** Takes codes from a bit stream. */
final class BitReader {

    private final byte[] bytes;
    private final int bits;
    private final long mask;
    private final boolean lowFirst;
    private long pending;
    private int pendingBits;
    private int next;

    BitReader(byte[] bytes, int bits, BitOrder order) {
        this.bytes = bytes;
        this.bits = bits;
        mask = (1L << bits) - 1;
        lowFirst = order == BitOrder.LOW_BITS_FIRST;
    }

    int read() {
        while (pendingBits < bits) {
            long more = bytes[next++] & 0xff;
            pending = lowFirst ? pending | more << pendingBits : pending << 8 | more;
            pendingBits += 8;
        }
        pendingBits -= bits;
        if (lowFirst) {
            int code = (int) (pending & mask);
            pending >>>= bits;
            return code;
        }
        return (int) (pending >>> pendingBits & mask);
    }
}
