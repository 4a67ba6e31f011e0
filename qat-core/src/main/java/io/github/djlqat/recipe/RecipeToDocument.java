package io.github.djlqat.recipe;

import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import org.jspecify.annotations.Nullable;

/** Turns a recipe into what is written, with everything said that could be left out. */
final class RecipeToDocument {

    private RecipeToDocument() {}

    /**
     * Makes a document.
     *
     * @param recipe the recipe
     * @return what is written
     */
    static RecipeDocument document(Recipe recipe) {
        TrainingOptions training = recipe.training();
        return new RecipeDocument(
                recipe.name(),
                weights(recipe.weights()),
                activations(recipe.activations()),
                activations(recipe.elementwise()),
                recipe.rules().stream().map(RecipeToDocument::rule).toList(),
                new TrainingDocument(
                        training.foldBatchNorm(),
                        training.freezeBatchNormAfter(),
                        training.freezeObserversAfter()));
    }

    private static RuleDocument rule(Rule rule) {
        return new RuleDocument(
                rule.name(),
                rule.op(),
                rule.position(),
                rule.exclude() ? true : null,
                weights(rule.weights()),
                activations(rule.activations()));
    }

    private static @Nullable WeightsDocument weights(@Nullable TensorRecipe tensor) {
        if (tensor == null) {
            return null;
        }
        QuantizationScheme scheme = tensor.scheme();
        WeightGranularity granularity = WeightGranularity.PER_TENSOR;
        Integer axis = null;
        Integer groupSize = null;
        if (scheme.granularity() instanceof Granularity.PerChannel channel) {
            granularity = WeightGranularity.PER_CHANNEL;
            axis = channel.axis();
        } else if (scheme.granularity() instanceof Granularity.PerGroup group) {
            granularity = WeightGranularity.PER_GROUP;
            axis = group.axis();
            groupSize = group.size();
        }
        return new WeightsDocument(
                fullRange(scheme.format()),
                narrowRange(scheme.format()),
                scheme.symmetry(),
                granularity,
                axis,
                groupSize,
                tensor.observer(),
                tensor.learning());
    }

    private static @Nullable ActivationsDocument activations(@Nullable TensorRecipe tensor) {
        return tensor == null
                ? null
                : new ActivationsDocument(
                        fullRange(tensor.scheme().format()),
                        narrowRange(tensor.scheme().format()),
                        tensor.scheme().symmetry(),
                        ActivationGranularity.PER_TENSOR,
                        tensor.observer(),
                        tensor.learning());
    }

    private static IntegerFormat fullRange(IntegerFormat format) {
        return format.withNarrowRange(false);
    }

    private static @Nullable Boolean narrowRange(IntegerFormat format) {
        return format.signed() ? format.narrowRange() : null;
    }
}
