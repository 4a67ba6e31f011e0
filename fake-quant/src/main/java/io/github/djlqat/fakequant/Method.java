package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.estimator.Apot;
import io.github.djlqat.estimator.ApotLevels;
import io.github.djlqat.estimator.BinaryConnect;
import io.github.djlqat.estimator.BitNetWeights;
import io.github.djlqat.estimator.DoReFaActivations;
import io.github.djlqat.estimator.DoReFaWeights;
import io.github.djlqat.estimator.Estimator;
import io.github.djlqat.estimator.LearnedBitWidth;
import io.github.djlqat.estimator.LsqPlus;
import io.github.djlqat.estimator.Pact;
import io.github.djlqat.estimator.PerTokenInt8;
import io.github.djlqat.estimator.XnorNet;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.EstimatorRecipe;
import java.util.List;

/**
 * A published method as one tensor needs it: its estimator, what it learns, and where that begins.
 *
 * <p>A clipping level begins at the largest magnitude of the first batch. LSQ+ begins with the
 * batch's range for activations, and with \( \max(|\mu - 3 \sigma|, |\mu + 3 \sigma|) / 2^{b - 1}
 * \) and an offset that stays 0 for weights, as its paper says.
 */
final class Method {

    private static final int BITS_PER_TERM = 2;

    private final EstimatorRecipe recipe;
    private final boolean weight;

    private Method(EstimatorRecipe recipe, boolean weight) {
        this.recipe = recipe;
        this.weight = weight;
    }

    static Method of(EstimatorPlan plan) {
        return new Method(plan.recipe(), plan.weight());
    }

    /**
     * A number that is learned.
     *
     * @param name the parameter's name
     * @param trained whether it is trained
     * @param positive whether it has to stay above zero
     */
    record Learned(String name, boolean trained, boolean positive) {}

    List<Learned> learned() {
        return switch (recipe.estimator()) {
            case PACT, APOT -> List.of(new Learned("alpha", true, true));
            case LSQ_PLUS ->
                    List.of(
                            new Learned("scale", true, true),
                            new Learned("offset", !weight, false));
            case LEARNED_BIT_WIDTH ->
                    List.of(new Learned("step", true, true), new Learned("limit", true, true));
            case DOREFA, BITNET, BINARY_CONNECT, XNOR_NET -> List.of();
        };
    }

    Estimator estimator(Shape shape) {
        int bits = recipe.bits();
        return switch (recipe.estimator()) {
            case DOREFA -> weight ? new DoReFaWeights(bits) : new DoReFaActivations(bits);
            case PACT -> new Pact(bits);
            case LSQ_PLUS -> {
                IntegerFormat format = (IntegerFormat) recipe.format();
                yield new LsqPlus(format.qmin(), format.qmax(), gradientScale(shape, format));
            }
            case APOT -> new Apot(ApotLevels.of(weight ? bits - 1 : bits, BITS_PER_TERM), weight);
            case BITNET -> weight ? new BitNetWeights() : new PerTokenInt8();
            case BINARY_CONNECT -> new BinaryConnect();
            case XNOR_NET -> new XnorNet();
            case LEARNED_BIT_WIDTH -> new LearnedBitWidth();
        };
    }

    /** That of learned step size quantization. */
    private float gradientScale(Shape shape, IntegerFormat format) {
        long features =
                weight || shape.dimension() < 2 ? shape.size() : shape.size() / shape.get(0);
        return (float) (1 / Math.sqrt((double) features * format.qmax()));
    }

    /**
     * Returns where what is learned begins.
     *
     * @throws IllegalArgumentException if the tensor holds NaN or infinity
     */
    float[] firstValues(String name, NDArray x) {
        float least;
        float largest;
        double mean;
        double deviation;
        try (NDManager scope = x.getManager().newSubManager()) {
            NDArray values = x.stopGradient();
            values.attach(scope);
            NDArray minimum = values.min();
            NDArray maximum = values.max();
            NDArray average = values.mean();
            NDArray square = values.sub(average).square().mean();
            least = minimum.getFloat();
            largest = maximum.getFloat();
            mean = average.getFloat();
            deviation = Math.sqrt(square.getFloat());
        }
        if (!Float.isFinite(least) || !Float.isFinite(largest)) {
            throw new IllegalArgumentException(
                    "The tensor "
                            + name
                            + " cannot be quantized: it reaches from "
                            + least
                            + " to "
                            + largest
                            + "; only finite values have a range.");
        }
        float magnitude = positive(Math.max(-least, largest));
        return switch (recipe.estimator()) {
            case PACT, APOT -> new float[] {magnitude};
            case LSQ_PLUS -> lsqPlus(least, largest, mean, deviation);
            case LEARNED_BIT_WIDTH ->
                    new float[] {magnitude / ((1 << (recipe.bits() - 1)) - 1), magnitude};
            case DOREFA, BITNET, BINARY_CONNECT, XNOR_NET -> new float[0];
        };
    }

    private float[] lsqPlus(float least, float largest, double mean, double deviation) {
        IntegerFormat format = (IntegerFormat) recipe.format();
        if (weight) {
            double reach = Math.max(Math.abs(mean - 3 * deviation), Math.abs(mean + 3 * deviation));
            return new float[] {positive((float) (reach / (1 << (format.bits() - 1)))), 0};
        }
        float scale = positive((largest - least) / (format.qmax() - format.qmin()));
        return new float[] {scale, least - scale * format.qmin()};
    }

    private static float positive(float value) {
        return value > 0 ? value : 1;
    }
}
