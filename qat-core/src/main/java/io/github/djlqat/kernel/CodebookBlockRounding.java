package io.github.djlqat.kernel;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.CodebookFormat;

/**
 * Rounds an array to a codebook in blocks scaled by their absolute maximum, with the
 * straight-through gradient.
 *
 * <p>Blocks are runs of elements in row-major order, the last one possibly shorter. With \( A =
 * \max |x| \) of the block, \( \hat x = A \cdot \mathrm{nearest}(x \cdot (1/A)) \), in single
 * precision, ties as the codebook has them; a block of zeros stays zero. The gradient passes
 * unchanged. A block that holds NaN or an infinity becomes NaN.
 *
 * @param format the codebook, its values within \( [-1, 1] \) for \( \hat x \) to span the block
 * @param blockSize the number of elements of a block, at least 1
 * @see <a href="https://arxiv.org/abs/2305.14314">Dettmers et al., QLoRA: Efficient Finetuning of
 *     Quantized LLMs</a>
 */
public record CodebookBlockRounding(CodebookFormat format, int blockSize) implements TensorKernel {

    /**
     * Checks the size of a block.
     *
     * @param format the codebook, its values within \( [-1, 1] \) for \( \hat x \) to span the
     *     block
     * @param blockSize the number of elements of a block, at least 1
     */
    public CodebookBlockRounding {
        if (blockSize < 1) {
            throw new IllegalArgumentException(
                    "A block has at least 1 element, not " + blockSize + ".");
        }
    }

    @Override
    public ScriptMethod script() {
        return CodebookTable.script("round_blocks");
    }

    @Override
    public double[] constants() {
        return CodebookTable.of(format).constants(false, blockSize);
    }

    @Override
    public void check(NDList inputs) {
        CodebookTable.check(inputs);
    }

    @Override
    public NDArray compute(NDList inputs) {
        NDArray x = inputs.head();
        NDArray fixed = x.stopGradient();
        long n = x.size();
        if (n == 0) {
            return x.mul(1);
        }
        long blocks = (n + blockSize - 1) / blockSize;
        NDArray tail = x.getManager().zeros(new Shape(blocks * blockSize - n));
        NDArray rows = fixed.reshape(-1).concat(tail).reshape(blocks, blockSize);
        NDArray absmax = rows.abs().max(new int[] {1}, true);
        NDArray inverse =
                NDArrays.where(absmax.eq(0), absmax.zerosLike(), absmax.onesLike().div(absmax));
        NDArray values = CodebookTable.of(format).nearest(rows.mul(inverse)).mul(absmax);
        NDArray rounded = values.reshape(-1).get("0:" + n).reshape(x.getShape());
        NDArray wild = fixed.isInfinite().logicalOr(fixed.isNaN());
        NDArray finite = NDArrays.where(wild, x.zerosLike(), x);
        return rounded.sub(finite.stopGradient().sub(finite));
    }
}
