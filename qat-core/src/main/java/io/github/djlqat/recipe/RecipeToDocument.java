package io.github.djlqat.recipe;

import io.github.djlqat.convention.Convention;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
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
                null,
                weights(recipe.weights()),
                activations(recipe.activations()),
                activations(recipe.elementwise()),
                recipe.rules().stream().map(RecipeToDocument::rule).toList(),
                new TrainingDocument(
                        training.foldBatchNorm(),
                        training.freezeBatchNormAfter(),
                        training.freezeObserversAfter(),
                        training.quantizeAfter(),
                        training.quantizeGraduallyOver(),
                        training.quantizedShare(),
                        training.seed()));
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

    private static @Nullable WeightsDocument weights(@Nullable TensorQuantization tensor) {
        if (tensor == null) {
            return null;
        }
        if (tensor instanceof EstimatorRecipe recipe) {
            return new WeightsDocument(
                    FormatWord.of(recipe.format()),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    new EstimatorWord.OfMethod(recipe.estimator()));
        }
        if (tensor instanceof FormatRecipe recipe) {
            return weights(word(recipe), null, null, granularity(recipe), null, null, null, null);
        }
        TensorRecipe integer = (TensorRecipe) tensor;
        QuantizationScheme scheme = integer.scheme();
        return weights(
                new FormatWord.OfIntegers(fullRange(scheme.format())),
                narrowRange(scheme.format()),
                scheme.symmetry(),
                scheme.granularity(),
                integer.observer(),
                integer.learning(),
                scheme.convention(),
                rounding(integer));
    }

    private static WeightsDocument weights(
            FormatWord format,
            @Nullable Boolean narrowRange,
            @Nullable Symmetry symmetry,
            @Nullable Granularity given,
            @Nullable ObserverType observer,
            @Nullable ScaleLearning learning,
            @Nullable Convention convention,
            @Nullable EstimatorWord estimator) {
        WeightGranularity granularity = given == null ? null : WeightGranularity.PER_TENSOR;
        Integer axis = null;
        Integer groupSize = null;
        Boolean shortTail = null;
        Integer blockRows = null;
        Integer blockColumns = null;
        if (given instanceof Granularity.PerChannel channel) {
            granularity = WeightGranularity.PER_CHANNEL;
            axis = channel.axis();
        } else if (given instanceof Granularity.PerGroup group) {
            granularity = WeightGranularity.PER_GROUP;
            axis = group.axis();
            groupSize = group.size();
            shortTail = group.shortTail();
        } else if (given instanceof Granularity.PerBlock block) {
            granularity = WeightGranularity.PER_BLOCK;
            blockRows = block.rows();
            blockColumns = block.columns();
        }
        return new WeightsDocument(
                format,
                narrowRange,
                symmetry,
                granularity,
                axis,
                groupSize,
                shortTail,
                blockRows,
                blockColumns,
                observer,
                learning,
                convention,
                estimator);
    }

    private static @Nullable ActivationsDocument activations(@Nullable TensorQuantization tensor) {
        if (tensor == null) {
            return null;
        }
        if (tensor instanceof EstimatorRecipe recipe) {
            return new ActivationsDocument(
                    FormatWord.of(recipe.format()),
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    new EstimatorWord.OfMethod(recipe.estimator()));
        }
        if (tensor instanceof FormatRecipe recipe) {
            return new ActivationsDocument(
                    word(recipe),
                    null,
                    null,
                    activationGranularity(granularity(recipe)),
                    null,
                    null,
                    null,
                    null);
        }
        TensorRecipe integer = (TensorRecipe) tensor;
        return new ActivationsDocument(
                new FormatWord.OfIntegers(fullRange(integer.scheme().format())),
                narrowRange(integer.scheme().format()),
                integer.scheme().symmetry(),
                activationGranularity(integer.scheme().granularity()),
                integer.observer(),
                integer.learning(),
                integer.scheme().convention(),
                rounding(integer));
    }

    private static @Nullable EstimatorWord rounding(TensorRecipe recipe) {
        return recipe.rounding() == RoundingEstimator.STRAIGHT_THROUGH_INPUT
                ? null
                : new EstimatorWord.OfRounding(recipe.rounding());
    }

    private static @Nullable ActivationGranularity activationGranularity(
            @Nullable Granularity granularity) {
        if (granularity == null) {
            return null;
        }
        return granularity instanceof Granularity.PerToken
                ? ActivationGranularity.PER_TOKEN
                : ActivationGranularity.PER_TENSOR;
    }

    private static FormatWord word(FormatRecipe recipe) {
        if (recipe.format() instanceof TensorFormat.Blocked blocked) {
            return new FormatWord.OfBlocks(blocked.format());
        }
        return recipe.format() instanceof TensorFormat.Scaled scaled
                ? FormatWord.of(scaled.format())
                : FormatWord.of(((TensorFormat.Unscaled) recipe.format()).format());
    }

    private static @Nullable Granularity granularity(FormatRecipe recipe) {
        return recipe.format() instanceof TensorFormat.Scaled scaled ? scaled.granularity() : null;
    }

    private static IntegerFormat fullRange(IntegerFormat format) {
        return format.withNarrowRange(false);
    }

    private static @Nullable Boolean narrowRange(IntegerFormat format) {
        return format.signed() ? format.narrowRange() : null;
    }
}
