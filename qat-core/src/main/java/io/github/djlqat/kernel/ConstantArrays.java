package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The constants of kernels as arrays, of which those that repeat are kept. */
final class ConstantArrays {

    /** Shapes are among the constants, so there can be any number of them. */
    private static final int MOST = 1024;

    private final NDManager manager;
    private final Map<Numbers, NDArray> kept = new ConcurrentHashMap<>();

    /**
     * Makes constants.
     *
     * @param manager a manager that lives as long as this
     */
    ConstantArrays(NDManager manager) {
        this.manager = manager;
    }

    /** Calls a function with an array of a kernel's constants. */
    <T> T with(TensorKernel kernel, Function<NDArray, T> function) {
        Numbers numbers = new Numbers(kernel.constants());
        if (kernel.repeatsConstants()) {
            NDArray known = kept.get(numbers);
            if (known == null && kept.size() < MOST) {
                known = kept.computeIfAbsent(numbers, n -> TorchScriptModule.kept(create(n)));
            }
            if (known != null) {
                return function.apply(known);
            }
        }
        try (NDArray array = create(numbers)) {
            return function.apply(array);
        }
    }

    private NDArray create(Numbers numbers) {
        return manager.create(numbers.values);
    }

    /** Numbers that equal others of the same bits. */
    private static final class Numbers {

        private final double[] values;

        Numbers(double[] values) {
            this.values = values;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Numbers numbers && Arrays.equals(values, numbers.values);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(values);
        }
    }
}
