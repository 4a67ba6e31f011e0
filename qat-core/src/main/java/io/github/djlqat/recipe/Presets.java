package io.github.djlqat.recipe;

import io.github.djlqat.block.BlockFormat;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The usual recipes, by name.
 *
 * <ul>
 *   <li>{@code int8}, also {@code w8a8}: narrow int8 weights per channel, uint8 activations with a
 *       zero point.
 *   <li>{@code int8-symmetric}: the same weights, int8 activations without a zero point.
 *   <li>{@code w8a16}: the same weights, uint16 activations with a zero point.
 *   <li>{@code w4a4}, {@code w3a3}, {@code w2a2}: low-bit weights and activations with learned step
 *       sizes (LSQ, arXiv:1902.08153), the first and last layer at 8 bits as in the literature.
 *       4-bit weights are narrow; at 3 and 2 bits every code counts (narrow 2-bit weights would be
 *       ternary), so these use the full range.
 *   <li>{@code int8-weight-only}, {@code int4-weight-only}: weights per channel, activations in
 *       floating point.
 *   <li>{@code int4-weight-only-g32}: weights in groups of 32 along the inputs, activations in
 *       floating point.
 *   <li>{@code bf16}, {@code fp16}: weights and activations rounded to 16 bits.
 *   <li>{@code fp8-e4m3}, {@code fp8-e5m2}: weights per channel and activations per tensor rounded
 *       to 8-bit floats, their scales taken from the largest value of each tensor.
 *   <li>{@code nf4-weight-only}: weights in NF4 blocks of 64 with doubly quantized scales, as QLoRA
 *       keeps them, activations in floating point.
 *   <li>{@code mxfp8}, {@code mxfp4}, {@code nvfp4}: weights and activations in blocks of 32 or 16.
 * </ul>
 */
public final class Presets {

    private static final Map<String, Recipe> BY_NAME = byName();

    private Presets() {}

    /**
     * Returns the names of the presets.
     *
     * @return the names that {@link #named(String)} takes
     */
    public static List<String> names() {
        return List.copyOf(BY_NAME.keySet());
    }

    /**
     * Returns a preset.
     *
     * @param name one of {@link #names()}
     * @return the recipe, whose name is the one asked for
     * @throws IllegalArgumentException if there is no preset of that name
     */
    public static Recipe named(String name) {
        Recipe recipe = BY_NAME.get(name);
        if (recipe == null) {
            throw new IllegalArgumentException(
                    Names.quote(name) + " is not a preset; " + Names.legal(name, BY_NAME.keySet()));
        }
        return recipe;
    }

    private static Map<String, Recipe> byName() {
        Map<String, Recipe> presets = new LinkedHashMap<>();
        for (Recipe recipe :
                List.of(
                        int8("int8"),
                        int8("w8a8"),
                        int8Symmetric(),
                        w8a16(),
                        lowBit(4),
                        lowBit(3),
                        lowBit(2),
                        weightOnly("int8-weight-only", int8Weights()),
                        weightOnly("int4-weight-only", int4Weights()),
                        weightOnly(
                                "int4-weight-only-g32",
                                int4Weights().withGranularity(new Granularity.PerGroup(1, 32))),
                        unscaled("bf16", FloatFormat.BFLOAT16),
                        unscaled("fp16", FloatFormat.FLOAT16),
                        scaled("fp8-e4m3", FloatFormat.FLOAT8_E4M3FN),
                        scaled("fp8-e5m2", FloatFormat.FLOAT8_E5M2),
                        blocked("nf4-weight-only", "nf4-64-dq", null),
                        blocked("mxfp8", "mxfp8-e4m3-floor", "mxfp8-e4m3-floor"),
                        blocked("mxfp4", "mxfp4-floor", "mxfp4-floor"),
                        blocked("nvfp4", "nvfp4-torchao-tensor", "nvfp4-torchao-tensor"))) {
            presets.put(recipe.name(), recipe);
        }
        return presets;
    }

    private static Recipe int8(String name) {
        return recipe(name, int8Weights(), uint8Activations(), uint8Activations(), List.of());
    }

    private static Recipe int8Symmetric() {
        TensorRecipe activations =
                TensorRecipe.activations(
                        IntegerFormat.INT8, ObserverType.MOVING_AVERAGE, ScaleLearning.OBSERVED);
        return recipe("int8-symmetric", int8Weights(), activations, activations, List.of());
    }

    private static Recipe w8a16() {
        TensorRecipe activations =
                TensorRecipe.activations(
                        IntegerFormat.UINT16, ObserverType.MOVING_AVERAGE, ScaleLearning.OBSERVED);
        return recipe("w8a16", int8Weights(), activations, activations, List.of());
    }

    private static Recipe lowBit(int bits) {
        TensorRecipe weights =
                TensorRecipe.weights(
                        new IntegerFormat(bits, true, bits >= 4),
                        ObserverType.MSE,
                        ScaleLearning.LSQ);
        TensorRecipe activations =
                TensorRecipe.activations(
                        new IntegerFormat(bits, false, false), ObserverType.MSE, ScaleLearning.LSQ);
        List<Rule> rules =
                List.of(
                        Rule.at(Position.FIRST, int8Weights(), uint8Activations()),
                        Rule.at(Position.LAST, int8Weights(), uint8Activations()));
        return recipe("w" + bits + "a" + bits, weights, activations, uint8Activations(), rules);
    }

    private static Recipe weightOnly(String name, TensorRecipe weights) {
        return recipe(name, weights, null, null, List.of());
    }

    private static Recipe unscaled(String name, FloatFormat format) {
        FormatRecipe both = new FormatRecipe(new TensorFormat.Unscaled(format));
        return recipe(name, both, both, null, List.of());
    }

    private static Recipe scaled(String name, FloatFormat format) {
        return recipe(
                name,
                new FormatRecipe(new TensorFormat.Scaled(format, new Granularity.PerChannel(0))),
                new FormatRecipe(new TensorFormat.Scaled(format, Granularity.PER_TENSOR)),
                null,
                List.of());
    }

    private static Recipe blocked(String name, String weights, @Nullable String activations) {
        return recipe(
                name,
                new FormatRecipe(new TensorFormat.Blocked(BlockFormat.parse(weights))),
                activations == null
                        ? null
                        : new FormatRecipe(
                                new TensorFormat.Blocked(BlockFormat.parse(activations))),
                null,
                List.of());
    }

    private static TensorRecipe int8Weights() {
        return TensorRecipe.weights(
                IntegerFormat.INT8.withNarrowRange(true),
                ObserverType.MIN_MAX,
                ScaleLearning.OBSERVED);
    }

    private static TensorRecipe int4Weights() {
        return TensorRecipe.weights(
                IntegerFormat.INT4.withNarrowRange(true), ObserverType.MSE, ScaleLearning.OBSERVED);
    }

    private static TensorRecipe uint8Activations() {
        return TensorRecipe.activations(
                IntegerFormat.UINT8, ObserverType.MOVING_AVERAGE, ScaleLearning.OBSERVED);
    }

    private static Recipe recipe(
            String name,
            TensorQuantization weights,
            @Nullable TensorQuantization activations,
            @Nullable TensorRecipe elementwise,
            List<Rule> rules) {
        return new Recipe(name, weights, activations, elementwise, rules, TrainingOptions.DEFAULT);
    }
}
