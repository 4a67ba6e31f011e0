package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.TensorKernel;
import java.util.Objects;
import java.util.Optional;

/**
 * Dropout in training (Srivastava et al., 2014): each element is zero with a probability, the rate,
 * and otherwise divided by what is left of one.
 *
 * <p>The rate is rounded to a multiple of \( 2^{-31} \), and the divisor with it, so that the
 * expected value is the element itself. Numbers come from the engine's generator.
 */
final class DropoutKernel implements TensorKernel {

    private static final int INPUT = 1;
    private static final int RATE = 2;
    private static final int TRAINING = 3;
    private static final double INTEGERS = 0x1p31;

    private final CastKernel type;
    private final long kept;

    /**
     * Drops elements.
     *
     * @param type the type of the result
     * @param rate the probability of an element to become zero, from 0 to 1
     */
    DropoutKernel(CastKernel type, float rate) {
        this.type = type;
        this.kept = Math.round((1.0 - rate) * INTEGERS);
    }

    /** Returns the kernel of an operation, or empty if nothing is dropped or the rate is none. */
    static Optional<DropoutKernel> of(OpCall call, CastKernel type) {
        if (!call.op().equals("dropout") || !Boolean.TRUE.equals(call.arguments().get(TRAINING))) {
            return Optional.empty();
        }
        return call.arguments().get(RATE) instanceof Float rate && rate > 0 && rate <= 1
                ? Optional.of(new DropoutKernel(type, rate))
                : Optional.empty();
    }

    /** What the operation drops elements of. */
    static NDArray input(OpCall call) {
        return (NDArray) Objects.requireNonNull(call.arguments().get(INPUT));
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method("dropout");
    }

    @Override
    public double[] constants() {
        return new double[] {type.type(), kept - 1, kept == 0 ? 0 : INTEGERS / kept};
    }

    @Override
    public boolean repeatsConstants() {
        return true;
    }

    @Override
    public void check(NDList inputs) {
        inputs.singletonOrThrow();
    }

    @Override
    public NDArray compute(NDList inputs) {
        throw new UnsupportedOperationException(
                "Native half precision needs an engine that runs TorchScript; simulate it instead.");
    }
}
