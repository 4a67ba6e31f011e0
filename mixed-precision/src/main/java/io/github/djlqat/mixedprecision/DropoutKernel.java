package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import io.github.djlqat.intercept.OpCall;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Dropout in training (Srivastava et al., 2014): each element is zero with a probability, the rate,
 * and otherwise divided by what is left of one.
 *
 * <p>The rate is rounded to a multiple of \( 2^{-31} \), and the divisor with it, so that the
 * expected value is the element itself. Numbers come from the engine's generator.
 */
final class DropoutKernel {

    private static final int INPUT = 1;
    private static final int RATE = 2;
    private static final int TRAINING = 3;
    private static final double INTEGERS = 0x1p31;

    private DropoutKernel() {}

    /** Returns the kernel of an operation, or empty if nothing is dropped or the rate is none. */
    static Optional<NativeKernel> of(OpCall call, CastKernel type) {
        if (!call.op().equals("dropout") || !Boolean.TRUE.equals(call.arguments().get(TRAINING))) {
            return Optional.empty();
        }
        return call.arguments().get(RATE) instanceof Float rate && rate > 0 && rate <= 1
                ? Optional.of(dropping(type, rate))
                : Optional.empty();
    }

    /** What the operation drops elements of. */
    static NDArray input(OpCall call) {
        return (NDArray) Objects.requireNonNull(call.arguments().get(INPUT));
    }

    private static NativeKernel dropping(CastKernel type, float rate) {
        long kept = Math.round((1.0 - rate) * INTEGERS);
        double factor = kept == 0 ? 0 : INTEGERS / kept;
        return NativeKernel.of("dropout", List.of(INPUT), type.type(), kept - 1, factor);
    }
}
