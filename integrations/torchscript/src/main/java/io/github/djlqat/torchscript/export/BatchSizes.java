package io.github.djlqat.torchscript.export;

import io.github.djlqat.torchscript.TorchScriptException;

/**
 * The batch sizes of two traces of one model.
 *
 * @param first that of the first
 * @param second that of the second
 * @param input the name of the input whose first dimension is the batch
 */
record BatchSizes(long first, long second, String input) {

    /** The expression of a size that was seen in both traces. */
    String expression(long size, long other) {
        if (size == other) {
            return Long.toString(size);
        }
        if (size % first != 0 || size / first * second != other) {
            throw new TorchScriptException(
                    "A dimension is "
                            + size
                            + " at the batch size "
                            + first
                            + " and "
                            + other
                            + " at "
                            + second
                            + ", which is not proportional.");
        }
        String batch = "torch.size(" + input + ", 0)";
        return size == first ? batch : "torch.mul(" + batch + ", " + size / first + ")";
    }
}
