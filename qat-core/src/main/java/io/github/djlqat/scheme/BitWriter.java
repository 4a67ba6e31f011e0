package io.github.djlqat.scheme;

/** Appends codes to a bit stream. */
final class BitWriter {

    private final byte[] bytes;
    private final int bits;
    private final long mask;
    private final boolean lowFirst;
    private long pending;
    private int pendingBits;
    private int next;

    BitWriter(byte[] bytes, int bits, BitOrder order) {
        this.bytes = bytes;
        this.bits = bits;
        mask = (1L << bits) - 1;
        lowFirst = order == BitOrder.LOW_BITS_FIRST;
    }

    void write(int code) {
        pending = lowFirst ? pending | (code & mask) << pendingBits : pending << bits | code & mask;
        pendingBits += bits;
        while (pendingBits >= 8) {
            pendingBits -= 8;
            if (lowFirst) {
                bytes[next++] = (byte) pending;
                pending >>>= 8;
            } else {
                bytes[next++] = (byte) (pending >>> pendingBits);
            }
        }
    }

    /** Fills the last byte with zeros. */
    void flush() {
        if (pendingBits > 0) {
            bytes[next] = (byte) (lowFirst ? pending : pending << (8 - pendingBits));
        }
    }
}
