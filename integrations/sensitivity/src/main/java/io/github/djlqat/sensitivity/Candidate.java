package io.github.djlqat.sensitivity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.EstimatorRecipe;
import io.github.djlqat.recipe.FormatRecipe;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorFormat;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TensorRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a layer may be quantized to.
 *
 * <p>In JSON a candidate of formats is a recipe of the same name, and a floating-point one its
 * name.
 *
 * @param name a name that tells it from other candidates, such as {@code w4a8}
 * @param weights how the layer's weight is quantized, or null to leave it in floating point
 * @param activations how the layer's input is quantized, or null to leave it in floating point
 */
public record Candidate(
        String name,
        @Nullable TensorQuantization weights,
        @Nullable TensorQuantization activations) {

    /** The bits of a value that is not quantized. */
    public static final int FLOAT_BITS = 32;

    private static final Pattern NAME = Pattern.compile("w(\\d{1,2})a(\\d{1,2})");
    private static final int FEWEST_BITS = 2;
    private static final int MOST_BITS = 8;

    /**
     * Checks the formats.
     *
     * @param name a name that tells it from other candidates, such as {@code w4a8}
     * @param weights how the layer's weight is quantized, or null to leave it in floating point
     * @param activations how the layer's input is quantized, or null to leave it in floating point
     * @throws IllegalArgumentException if the name is blank, or a published method quantizes the
     *     weights or activations, which is trained and has no error to measure before
     */
    public Candidate {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A candidate needs a name that is not blank.");
        }
        if (weights instanceof EstimatorRecipe || activations instanceof EstimatorRecipe) {
            throw new IllegalArgumentException(
                    "The candidate "
                            + name
                            + " has an estimator, which needs training; legal are formats with scales that are observed or taken from the tensor.");
        }
    }

    /**
     * Returns the candidate of integer weights, signed with a scale for each output channel, and
     * integer activations, unsigned with a zero point, as the presets of those numbers of bits have
     * them.
     *
     * @param weightBits the bits of weights, 2 to 8
     * @param activationBits the bits of activations, 2 to 8
     * @return the candidate, named as {@code w4a8}
     * @throws IllegalArgumentException if a number of bits is not within 2 and 8
     */
    public static Candidate integers(int weightBits, int activationBits) {
        return new Candidate(
                "w" + weightBits + "a" + activationBits,
                weights(weightBits),
                activations(activationBits));
    }

    /**
     * Returns every pair of numbers of bits.
     *
     * @param weightBits the bits of weights, each 2 to 8
     * @param activationBits the bits of activations, each 2 to 8
     * @return the candidates
     * @throws IllegalArgumentException if a number of bits is not within 2 and 8
     */
    public static List<Candidate> grid(List<Integer> weightBits, List<Integer> activationBits) {
        List<Candidate> candidates = new ArrayList<>();
        for (int weight : weightBits) {
            for (int activation : activationBits) {
                candidates.add(integers(weight, activation));
            }
        }
        return List.copyOf(candidates);
    }

    /**
     * Returns the candidate of a name.
     *
     * @param name {@code w4a8} and the like, {@code float}, or a preset of the same formats for
     *     every layer
     * @return the candidate
     * @throws IllegalArgumentException if the name is none of these
     */
    public static Candidate parse(String name) {
        Matcher bits = NAME.matcher(name);
        if (bits.matches()) {
            return integers(Integer.parseInt(bits.group(1)), Integer.parseInt(bits.group(2)));
        }
        if (name.equals("float")) {
            return floatingPoint();
        }
        if (Presets.names().contains(name)) {
            Recipe preset = Presets.named(name);
            return new Candidate(name, preset.weights(), preset.activations());
        }
        throw new IllegalArgumentException(
                "\""
                        + name
                        + "\" is not a candidate; legal are w and a with 2 to 8 bits, such as w4a8, float, and "
                        + Presets.names()
                        + ".");
    }

    /**
     * Returns the candidate that leaves a layer as it is.
     *
     * @return the candidate {@code float}
     */
    public static Candidate floatingPoint() {
        return new Candidate("float", null, null);
    }

    private static TensorRecipe weights(int bits) {
        requireBits(bits);
        if (bits == MOST_BITS) {
            return (TensorRecipe) Objects.requireNonNull(Presets.named("int8").weights());
        }
        return TensorRecipe.weights(
                new IntegerFormat(bits, true, bits >= 4), ObserverType.MSE, ScaleLearning.LSQ);
    }

    private static TensorRecipe activations(int bits) {
        requireBits(bits);
        if (bits == MOST_BITS) {
            return (TensorRecipe) Objects.requireNonNull(Presets.named("int8").activations());
        }
        return TensorRecipe.activations(
                new IntegerFormat(bits, false, false), ObserverType.MSE, ScaleLearning.LSQ);
    }

    private static void requireBits(int bits) {
        if (bits < FEWEST_BITS || bits > MOST_BITS) {
            throw new IllegalArgumentException("A candidate has 2 to 8 bits, not " + bits + ".");
        }
    }

    /**
     * Returns whether the layer stays in floating point altogether.
     *
     * @return whether neither weights nor activations are quantized
     */
    public boolean isFloatingPoint() {
        return weights == null && activations == null;
    }

    /**
     * Returns the bits that a weight's value is kept in, scales not counted.
     *
     * @return the bits, {@value #FLOAT_BITS} where weights are not quantized
     */
    public double weightBits() {
        return bits(weights);
    }

    /**
     * Returns the bits that an activation's value is kept in, scales not counted.
     *
     * @return the bits, {@value #FLOAT_BITS} where activations are not quantized
     */
    public double activationBits() {
        return bits(activations);
    }

    private static double bits(@Nullable TensorQuantization quantization) {
        if (quantization instanceof TensorRecipe integers) {
            return integers.scheme().format().bits();
        }
        if (quantization instanceof FormatRecipe recipe) {
            TensorFormat format = recipe.format();
            if (format instanceof TensorFormat.Scaled scaled) {
                return Math.ceil(Math.log(scaled.format().valueCount()) / Math.log(2));
            }
            if (format instanceof TensorFormat.Unscaled unscaled) {
                return unscaled.format().bits();
            }
            if (format instanceof TensorFormat.Blocked blocked) {
                int size = blocked.format().blockSize();
                long bytes =
                        blocked.format().encode(new float[size]).stream()
                                .mapToLong(plane -> plane.length)
                                .sum();
                return (double) Byte.SIZE * bytes / size;
            }
        }
        return FLOAT_BITS;
    }

    @JsonValue
    JsonNode toJson() {
        return CandidateJson.write(this);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Candidate fromJson(JsonNode json) {
        return CandidateJson.read(json);
    }
}
