package io.github.djlqat.mixedprecision.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.kernel.ScriptMethod;
import io.github.djlqat.kernel.ScriptModule;
import io.github.djlqat.kernel.TensorKernel;
import java.util.function.Consumer;

/**
 * A step of an optimizer. Its inputs are the weight, the gradient and the arrays of the state; it
 * changes the weight and the state in place and returns another handle of the weight.
 */
final class UpdateKernel implements TensorKernel {

    private static final ScriptModule MODULE =
            new ScriptModule(UpdateKernel.class, "optimizers.py");

    private final String method;
    private final double[] constants;
    private final Consumer<NDList> portable;

    /**
     * Creates a step.
     *
     * @param method the name of its TorchScript method
     * @param constants the numbers that the method needs beside the inputs
     * @param portable the same step in plain array operations
     */
    UpdateKernel(String method, double[] constants, Consumer<NDList> portable) {
        this.method = method;
        this.constants = constants.clone();
        this.portable = portable;
    }

    @Override
    public ScriptMethod script() {
        return new ScriptMethod(MODULE, method);
    }

    @Override
    public double[] constants() {
        return constants.clone();
    }

    @Override
    public void check(NDList inputs) {
        NDArray weight = inputs.get(0);
        checkDenseFloat("weight", weight);
        if (inputs.size() < 2) {
            return;
        }
        NDArray gradient = inputs.get(1);
        checkDenseFloat("gradient", gradient);
        if (!gradient.getShape().equals(weight.getShape())) {
            throw new IllegalArgumentException(
                    "The gradient has shape "
                            + gradient.getShape()
                            + "; it must have the weight's shape "
                            + weight.getShape()
                            + ".");
        }
        for (NDArray input : inputs.subList(1, inputs.size())) {
            if (!input.getDevice().equals(weight.getDevice())) {
                throw new IllegalArgumentException(
                        "The weight is on "
                                + weight.getDevice()
                                + " but its gradient or state is on "
                                + input.getDevice()
                                + ".");
            }
        }
    }

    private static void checkDenseFloat(String what, NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "The "
                            + what
                            + " has data type "
                            + array.getDataType()
                            + "; parameters are trained in float32.");
        }
        if (array.isSparse()) {
            throw new IllegalArgumentException(
                    "The " + what + " is sparse; only dense arrays can be updated.");
        }
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray weight = inputs.get(0).stopGradient();
        NDList aliased = new NDList(inputs);
        aliased.set(0, weight);
        portable.accept(aliased);
        return weight;
    }
}
