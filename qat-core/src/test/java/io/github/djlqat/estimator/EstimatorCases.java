package io.github.djlqat.estimator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Random;

/** One of every estimator, and inputs for it. */
final class EstimatorCases {

    private EstimatorCases() {}

    static List<Estimator> all() {
        return List.of(
                new StraightThrough(-8, 7, ClipMask.NONE),
                new StraightThrough(-8, 7, ClipMask.INPUT),
                new StraightThrough(-8, 7, ClipMask.CODE),
                new StraightThrough(0, 255, ClipMask.CODE),
                new Lsq(-8, 7, 0.5f, LsqRule.PAPER),
                new Lsq(0, 15, 1f, LsqRule.METHOD_2),
                new LearnableAffine(-8, 7, 0.25f),
                new LsqPlus(-8, 7, 0.5f),
                new Pact(1),
                new Pact(4),
                new DoReFaWeights(1),
                new DoReFaWeights(3),
                new DoReFaActivations(2),
                new Apot(ApotLevels.of(4, 2), true),
                new Apot(ApotLevels.of(4, 2), false),
                new BitNetWeights(),
                new PerTokenInt8(),
                new BinaryConnect(),
                new XnorNet(),
                new MinMaxVars(4, false),
                new MinMaxVars(8, true),
                new LearnedBitWidth(),
                new AdditiveNoise(),
                new QuantNoise(-8, 7, 0.5f));
    }

    /** An input of this shape with operands of another, drawn for the estimator. */
    static NDList inputs(
            NDManager manager,
            Random random,
            Estimator estimator,
            float[] x,
            Shape shape,
            Shape operand) {
        NDList inputs = new NDList(manager.create(x, shape));
        for (String name : estimator.operands()) {
            Shape of = name.equals("noise") ? shape : operand;
            float[] values = new float[(int) of.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = operand(random, name);
            }
            inputs.add(manager.create(values, of));
        }
        return inputs;
    }

    private static float operand(Random random, String name) {
        return switch (name) {
            case "scale", "step" -> 0.05f + random.nextFloat() / 2;
            case "zero point" -> random.nextInt(9) - 4;
            case "offset" -> random.nextFloat() - 0.5f;
            case "alpha", "limit" -> 0.3f + 2 * random.nextFloat();
            case "minimum" -> -2 * random.nextFloat();
            case "maximum" -> 2 * random.nextFloat() + 0.1f;
            case "noise" -> random.nextFloat();
            default -> throw new AssertionError(name);
        };
    }

    static float[] gaussian(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian() * 2;
        }
        return values;
    }

    static NDArray[] array(NDList inputs) {
        return inputs.toArray(new NDArray[0]);
    }
}
