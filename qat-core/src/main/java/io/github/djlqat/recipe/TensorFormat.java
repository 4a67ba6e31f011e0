package io.github.djlqat.recipe;

import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.NumberFormat;
import io.github.djlqat.scheme.Granularity;

/** A format in which a tensor is kept, with the scales that it takes from the tensor's values. */
public sealed interface TensorFormat {

    /**
     * Blocks of consecutive values along the axis that is summed over, each with a scale in a
     * format of its own, such as MX, NVFP4, and NF4 as bitsandbytes keeps it. A last block that is
     * short is filled with zeros.
     *
     * @param format the format
     */
    record Blocked(BlockFormat format) implements TensorFormat {}

    /**
     * Values of an elementary format times single precision scales: the largest magnitude among the
     * values that share a scale becomes the largest of the format, \( s = \max|x| / v_{max} \).
     *
     * @param format the format
     * @param granularity which values share a scale
     */
    record Scaled(NumberFormat format, Granularity granularity) implements TensorFormat {}

    /**
     * Values of a floating-point format as they are, saturating.
     *
     * @param format the format
     */
    record Unscaled(FloatFormat format) implements TensorFormat {

        /**
         * Checks the format.
         *
         * @param format the format
         * @throws IllegalArgumentException if it is so narrow that values need a scale to fit it
         */
        public Unscaled {
            if (format.bits() <= 8) {
                throw new IllegalArgumentException(
                        format.formatName()
                                + " is too narrow to go without a scale; legal are floats of more than 8 bits.");
            }
        }
    }
}
