package io.github.djlqat.fakequant;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.Granularity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Recipes that several tests use. */
final class Recipes {

    static final IntegerFormat NARROW = IntegerFormat.INT8.withNarrowRange(true);
    static final TensorRecipe PER_CHANNEL = weights(NARROW, ScaleLearning.OBSERVED);
    static final TensorRecipe FULL_RANGE = weights(IntegerFormat.INT8, ScaleLearning.OBSERVED);
    static final TensorRecipe PER_TENSOR = PER_CHANNEL.withGranularity(Granularity.PER_TENSOR);
    static final TensorRecipe PER_GROUP =
            PER_CHANNEL.withGranularity(new Granularity.PerGroup(1, 4));
    static final TensorRecipe LSQ_WEIGHTS = weights(NARROW, ScaleLearning.LSQ);
    static final TensorRecipe UINT8 =
            TensorRecipe.activations(
                    IntegerFormat.UINT8, ObserverType.MOVING_AVERAGE, ScaleLearning.OBSERVED);
    static final TensorRecipe LSQ_UINT4 =
            TensorRecipe.activations(
                    new IntegerFormat(4, false, false), ObserverType.MIN_MAX, ScaleLearning.LSQ);

    private Recipes() {}

    static TensorRecipe weights(IntegerFormat format, ScaleLearning learning) {
        return TensorRecipe.weights(format, ObserverType.MIN_MAX, learning);
    }

    static Recipe of(
            TensorRecipe weights,
            @Nullable TensorRecipe activations,
            @Nullable TensorRecipe elementwise) {
        return new Recipe(
                "test", weights, activations, elementwise, List.of(), TrainingOptions.DEFAULT);
    }
}
