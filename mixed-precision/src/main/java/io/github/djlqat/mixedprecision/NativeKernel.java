package io.github.djlqat.mixedprecision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.TensorKernel;
import java.util.List;
import java.util.function.Consumer;

/** An operation that computes in half precision by a TorchScript method. */
final class NativeKernel implements TensorKernel {

    private final String method;
    private final List<Integer> operands;
    private final double[] constants;
    private final Consumer<NDList> check;

    /**
     * Makes a kernel.
     *
     * @param method the name of the method
     * @param operands the positions of the operands among the operation's arguments
     * @param constants the constants of the method
     * @param check refuses operands, of which there are as many as there are to be
     */
    NativeKernel(
            String method, List<Integer> operands, double[] constants, Consumer<NDList> check) {
        this.method = method;
        this.operands = operands;
        this.constants = constants;
        this.check = check;
    }

    /** Makes a kernel that takes operands of any shape. */
    static NativeKernel of(String method, List<Integer> operands, double... constants) {
        return new NativeKernel(method, operands, constants, inputs -> {});
    }

    /** The positions of the operands among the operation's arguments. */
    List<Integer> operands() {
        return operands;
    }

    @Override
    public ScriptMethod script() {
        return Scripts.method(method);
    }

    @Override
    public double[] constants() {
        return constants.clone();
    }

    @Override
    public boolean repeatsConstants() {
        return true;
    }

    @Override
    public void check(NDList inputs) {
        if (inputs.size() != operands.size()) {
            throw new IllegalArgumentException(
                    method + " takes " + operands.size() + " arrays, not " + inputs.size() + ".");
        }
        check.accept(inputs);
    }

    @Override
    public NDArray compute(NDList inputs) {
        throw new UnsupportedOperationException(
                "Native half precision needs an engine that runs TorchScript; simulate it instead.");
    }
}
