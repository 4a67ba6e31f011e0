package io.github.djlqat.torchscript;

/** The type that products are computed in. */
public enum AutocastType {
    /** The type of the model: it computes the same bits as before it was prepared. */
    FLOAT32(6),
    /** IEEE half precision, with 11 significant bits, which is simulated on processors. */
    FLOAT16(5),
    /** Bfloat16, with the range of FLOAT32 and 8 significant bits. */
    BFLOAT16(15);

    private final int number;

    AutocastType(int number) {
        this.number = number;
    }

    /** The number that the script knows it by. */
    int number() {
        return number;
    }
}
