package io.github.djlqat.fakequant;

import ai.djl.nn.Parameter;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A tensor that an operation of a prepared model takes quantized. */
public final class QuantizedArgument {

    private final String name;
    private final TensorQuantization recipe;
    private final @Nullable QuantizationParameters parameters;
    private final @Nullable Parameter weight;
    private final @Nullable Supplier<WeightValues> values;

    /**
     * A weight before and after it is rounded.
     *
     * @param exact the values in row-major order as the quantizer is given them, with a BatchNorm
     *     folded in where one is
     * @param rounded the values that stand for them
     */
    public record WeightValues(float[] exact, float[] rounded) {}

    QuantizedArgument(
            String name, TensorQuantization recipe, @Nullable QuantizationParameters parameters) {
        this(name, recipe, parameters, null, null);
    }

    QuantizedArgument(
            String name,
            TensorQuantization recipe,
            @Nullable QuantizationParameters parameters,
            @Nullable Parameter weight,
            @Nullable Supplier<WeightValues> values) {
        this.name = name;
        this.recipe = recipe;
        this.parameters = parameters;
        this.weight = weight;
        this.values = values;
    }

    /**
     * Returns the name: that of the weight's parameter, or the operation whose result it is.
     *
     * @return the name
     */
    public String getName() {
        return name;
    }

    /**
     * Returns how the tensor is quantized.
     *
     * @return the recipe
     */
    public TensorQuantization getRecipe() {
        return recipe;
    }

    /**
     * Returns the scales and zero points.
     *
     * @return the parameters, or empty where the tensor has none that are kept
     */
    public Optional<QuantizationParameters> getQuantizationParameters() {
        return Optional.ofNullable(parameters);
    }

    /**
     * Returns the model's parameter.
     *
     * @return the weight, or empty for an activation
     */
    public Optional<Parameter> getWeight() {
        return Optional.ofNullable(weight);
    }

    /**
     * Computes the values of a weight. The model stays as it is.
     *
     * @return the values
     * @throws IllegalStateException if the tensor is an activation
     */
    public WeightValues weightValues() {
        if (values == null) {
            throw new IllegalStateException(
                    "The tensor " + name + " is an activation, whose values the model computes.");
        }
        return values.get();
    }

    @Override
    public String toString() {
        return name;
    }
}
