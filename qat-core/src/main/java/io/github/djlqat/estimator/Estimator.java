package io.github.djlqat.estimator;

import ai.djl.ndarray.NDList;
import io.github.djlqat.kernel.TensorKernel;
import java.util.List;

/**
 * A quantizer together with the gradient that training uses in place of its own, which is zero
 * almost everywhere.
 *
 * <p>All arrays are dense, of data type float32 and on one device. An operand has one element, or
 * broadcasts against the input: the rank of the input with every dimension 1 or the input's. The
 * result has the input's shape; NaN stays NaN. At an infinite input the gradient is unspecified
 * unless a mask is zero there.
 */
public sealed interface Estimator extends TensorKernel
        permits AdditiveNoise,
                Apot,
                BinaryConnect,
                BitNetWeights,
                DoReFaActivations,
                DoReFaWeights,
                LearnableAffine,
                LearnedBitWidth,
                Lsq,
                LsqPlus,
                MinMaxVars,
                Pact,
                PerTokenInt8,
                QuantNoise,
                StraightThrough,
                XnorNet {

    /**
     * Returns the name under which the method is known.
     *
     * @return the name, in lower case with hyphens
     */
    String estimatorName();

    /**
     * Returns the names of the arrays that follow the input.
     *
     * @return the names in order
     */
    List<String> operands();

    /**
     * Checks the number, the data types, the devices and the shapes of the inputs.
     *
     * @param inputs the input and the operands
     * @throws IllegalArgumentException naming the array and what would be legal
     */
    @Override
    default void check(NDList inputs) {
        Operands.check(estimatorName(), operands(), inputs);
    }
}
