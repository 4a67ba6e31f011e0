package io.github.djlqat.scheme;

/** Which elements of a tensor share a scale and a zero point. */
public sealed interface Granularity {

    /** The one granularity of a whole tensor. */
    Granularity PER_TENSOR = new PerTensor();

    /** One scale for the whole tensor. */
    record PerTensor() implements Granularity {}

    /**
     * One scale for each index along an axis.
     *
     * @param axis the channel axis; 0 for the weights of a linear layer or a convolution
     */
    record PerChannel(int axis) implements Granularity {
        /**
         * Checks the axis.
         *
         * @param axis the channel axis; 0 for the weights of a linear layer or a convolution
         */
        public PerChannel {
            if (axis < 0) {
                throw new IllegalArgumentException(
                        "A channel axis is at least 0, not " + axis + ".");
            }
        }
    }

    /**
     * One scale for each run of consecutive elements along an axis, at every index of the other
     * axes.
     *
     * @param axis the axis that is cut into groups; 1 for the inputs of a linear layer's weight
     * @param size the number of elements of a group
     * @param shortTail whether the last group along the axis may be shorter; if not, the size must
     *     divide the axis
     */
    record PerGroup(int axis, int size, boolean shortTail) implements Granularity {
        /**
         * Checks the axis and the size.
         *
         * @param axis the axis that is cut into groups; 1 for the inputs of a linear layer's weight
         * @param size the number of elements of a group
         * @param shortTail whether the last group along the axis may be shorter; if not, the size
         *     must divide the axis
         */
        public PerGroup {
            if (axis < 0 || size < 1) {
                throw new IllegalArgumentException(
                        "A group needs an axis of at least 0 and a size of at least 1, not axis "
                                + axis
                                + " and size "
                                + size
                                + ".");
            }
        }

        /**
         * Creates a granularity of groups of one size.
         *
         * @param axis the axis that is cut into groups
         * @param size the number of elements of a group; must divide the axis
         */
        public PerGroup(int axis, int size) {
            this(axis, size, false);
        }
    }

    /**
     * One scale for each row of the last axis, chosen from the row itself whenever the tensor is
     * quantized: a token of a sequence has a scale of its own. The number of scales is the product
     * of the other dimensions.
     */
    record PerToken() implements Granularity {}

    /**
     * One scale for each rectangle of the last two axes, at every index of the axes before them.
     * The last rectangles along an axis are smaller where the size does not divide it.
     *
     * @param rows the number of elements of a rectangle along the last axis but one
     * @param columns the number of elements of a rectangle along the last axis
     */
    record PerBlock(int rows, int columns) implements Granularity {
        /**
         * Checks the size.
         *
         * @param rows the number of elements of a rectangle along the last axis but one
         * @param columns the number of elements of a rectangle along the last axis
         */
        public PerBlock {
            if (rows < 1 || columns < 1) {
                throw new IllegalArgumentException(
                        "A block has at least one row and one column, not "
                                + rows
                                + " by "
                                + columns
                                + ".");
            }
        }
    }
}
