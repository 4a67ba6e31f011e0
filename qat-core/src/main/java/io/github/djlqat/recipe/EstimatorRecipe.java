package io.github.djlqat.recipe;

import io.github.djlqat.format.CodebookFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.format.NumberFormat;
import java.util.Locale;
import java.util.Objects;

/**
 * A tensor that is quantized by a published method with a scale and a gradient of its own.
 *
 * <p>What a method learns is trained with the model and saved with it. It takes its first value
 * from the first batch.
 *
 * @param estimator the method
 * @param format the format that says in how many values the tensor is rounded to
 */
public record EstimatorRecipe(EstimatorType estimator, NumberFormat format)
        implements TensorQuantization {

    /**
     * Checks that there are both.
     *
     * @param estimator the method
     * @param format the format that says in how many values the tensor is rounded to
     */
    public EstimatorRecipe {
        Objects.requireNonNull(estimator, "estimator");
        Objects.requireNonNull(format, "format");
    }

    /**
     * Returns the number of bits of a code.
     *
     * @return the number of bits
     */
    public int bits() {
        return format.bits();
    }

    /**
     * Checks that a method quantizes weights to the format.
     *
     * @throws IllegalArgumentException naming the legal formats
     */
    void checkWeights() {
        boolean integers = isInteger(true);
        boolean binary = format.equals(CodebookFormat.BINARY);
        switch (estimator) {
            case DOREFA -> require(integers || binary, "int2 to int8, and binary");
            case LSQ_PLUS, LEARNED_BIT_WIDTH -> require(integers, "int2 to int8");
            case APOT -> require(integers && bits() % 2 == 1, "int3, int5 and int7");
            case BITNET -> require(format.equals(CodebookFormat.TERNARY), "ternary");
            case BINARY_CONNECT, XNOR_NET -> require(binary, "binary");
            case PACT -> require(false, "none: pact is for activations");
        }
    }

    /**
     * Checks that a method quantizes activations to the format.
     *
     * @throws IllegalArgumentException naming the legal formats
     */
    void checkActivations() {
        boolean unsigned = isInteger(false);
        boolean signed = isInteger(true);
        switch (estimator) {
            case DOREFA, PACT -> require(unsigned, "uint2 to uint8");
            case APOT -> require(unsigned && bits() % 2 == 0, "uint2, uint4, uint6 and uint8");
            case LSQ_PLUS -> require(unsigned || signed, "int2 to int8 and uint2 to uint8");
            case LEARNED_BIT_WIDTH -> require(signed, "int2 to int8");
            case BITNET -> require(format.equals(IntegerFormat.INT8), "int8");
            case BINARY_CONNECT, XNOR_NET -> require(false, "none: " + word() + " is for weights");
        }
    }

    private boolean isInteger(boolean signed) {
        return format instanceof IntegerFormat integer
                && integer.fitsByte()
                && integer.signed() == signed;
    }

    private String word() {
        return estimator.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void require(boolean legal, String formats) {
        if (!legal) {
            throw new IllegalArgumentException(
                    "The estimator "
                            + word()
                            + " does not round to "
                            + format.formatName()
                            + " here; legal are "
                            + formats
                            + ".");
        }
    }

    @Override
    public String toString() {
        return word() + " " + format.formatName();
    }
}
