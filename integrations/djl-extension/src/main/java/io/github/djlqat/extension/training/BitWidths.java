package io.github.djlqat.extension.training;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.QuantizationScheme;
import org.jspecify.annotations.Nullable;

/** Recipes of other numbers of bits. */
public final class BitWidths {

    private static final int LEAST = 2;
    private static final int MOST = 8;
    private static final int LEAST_NARROW = 4;

    private BitWidths() {}

    /**
     * Returns a recipe whose weights and activations have another number of bits. Its rules, such
     * as those for the first and the last layer, and its elementwise operations stay as they are,
     * and so do observers, scales and estimators. Narrow ranges become full ones below 4 bits,
     * where every code counts, as in the presets.
     *
     * @param recipe a recipe of integers
     * @param bits the number of bits, from 2 to 8
     * @return the recipe, named as before
     * @throws IllegalArgumentException if the number is out of range, or weights or activations are
     *     not integers with observed or learned scales
     */
    public static Recipe withBits(Recipe recipe, int bits) {
        requireBits(bits);
        return new Recipe(
                recipe.name(),
                withBits(recipe, recipe.weights(), bits),
                withBits(recipe, recipe.activations(), bits),
                recipe.elementwise(),
                recipe.rules(),
                recipe.training());
    }

    static void requireBits(int bits) {
        if (bits < LEAST || bits > MOST) {
            throw new IllegalArgumentException(
                    "The number of bits is from " + LEAST + " to " + MOST + ", not " + bits + ".");
        }
    }

    private static @Nullable TensorQuantization withBits(
            Recipe recipe, @Nullable TensorQuantization tensor, int bits) {
        if (tensor == null) {
            return null;
        }
        if (!(tensor instanceof TensorRecipe integers)) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + recipe.name()
                            + "\" has "
                            + tensor
                            + ", which is no integer format of a number of bits; name the recipe to"
                            + " go on with.");
        }
        QuantizationScheme scheme = integers.scheme();
        boolean narrow = scheme.format().narrowRange() && bits >= LEAST_NARROW;
        return new TensorRecipe(
                new QuantizationScheme(
                        new IntegerFormat(bits, scheme.format().signed(), narrow),
                        scheme.symmetry(),
                        scheme.granularity(),
                        scheme.convention()),
                integers.observer(),
                integers.learning(),
                integers.rounding());
    }
}
