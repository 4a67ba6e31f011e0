package io.github.djlqat.scheme;

/** Which end of a byte the first of several codes takes. */
public enum BitOrder {
    /**
     * Bit \( k \) of the stream is bit \( k \bmod 8 \) of its byte, and a code's lowest bit comes
     * first: of two 4-bit codes the first is in the low nibble, as in ONNX, torchao and GPTQ.
     */
    LOW_BITS_FIRST,

    /**
     * Bit \( k \) of the stream is bit \( 7 - k \bmod 8 \) of its byte, and a code's highest bit
     * comes first: of two 4-bit codes the first is in the high nibble, as in bitsandbytes.
     */
    HIGH_BITS_FIRST
}
