package io.github.djlqat.recipe;

import com.fasterxml.jackson.core.JsonPointer;
import io.github.djlqat.convention.Convention;
import io.github.djlqat.convention.Conventions;
import io.github.djlqat.format.FloatFormat;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns what was written into a recipe, filling in what was left out. */
final class DocumentToRecipe {

    private static final JsonPointer ROOT = JsonPointer.empty();

    private DocumentToRecipe() {}

    /**
     * Makes a recipe.
     *
     * @param document what was written
     * @return the recipe
     * @throws Refusal if something in it is not legal
     */
    static Recipe recipe(RecipeDocument document) {
        String name = required(document.name(), ROOT, "name", "a recipe");
        if (name.isBlank() || !Names.isPrintable(name)) {
            throw new Refusal(
                    ROOT.appendProperty("name"),
                    Names.quote(name)
                            + " is not a name; legal are printable characters, not all"
                            + " blank.");
        }
        Convention convention = or(document.convention(), Conventions.DEFAULT);
        JsonPointer atWeights = ROOT.appendProperty("weights");
        TensorQuantization weights = weights(document.weights(), atWeights, convention);
        TensorQuantization activations =
                activations(document.activations(), ROOT.appendProperty("activations"), convention);
        TensorRecipe elementwise =
                elementwise(document.elementwise(), ROOT.appendProperty("elementwise"), convention);
        checkPair(weights, activations, atWeights.appendProperty("symmetry"));
        JsonPointer atRules = ROOT.appendProperty("rules");
        List<Rule> rules = new ArrayList<>();
        if (document.rules() != null) {
            for (RuleDocument rule : document.rules()) {
                JsonPointer at = atRules.appendIndex(rules.size());
                rules.add(rule(rule, at, weights, activations, convention));
            }
        }
        TrainingOptions training = training(document.training(), ROOT.appendProperty("training"));
        return Refusal.at(
                ROOT,
                () ->
                        new Recipe(
                                name,
                                weights,
                                activations,
                                elementwise,
                                List.copyOf(rules),
                                training));
    }

    private static @Nullable TensorQuantization weights(
            @Nullable WeightsDocument document, JsonPointer at, Convention fallback) {
        if (document == null) {
            return null;
        }
        FormatWord word = required(document.format(), at, "format", "a tensor");
        if (document.estimator() instanceof EstimatorWord.OfMethod method) {
            Map<String, @Nullable Object> others = new LinkedHashMap<>();
            others.put("narrowRange", document.narrowRange());
            others.put("symmetry", document.symmetry());
            others.put("observer", document.observer());
            others.put("learning", document.learning());
            others.put("convention", document.convention());
            others.put("granularity", document.granularity());
            others.put("axis", document.axis());
            others.put("groupSize", document.groupSize());
            others.put("shortTail", document.shortTail());
            others.put("blockRows", document.blockRows());
            others.put("blockColumns", document.blockColumns());
            EstimatorRecipe recipe = estimator(method.type(), word, at, others);
            return Refusal.at(
                    at.appendProperty("estimator"),
                    () -> {
                        recipe.checkWeights();
                        return recipe;
                    });
        }
        if (!(word instanceof FormatWord.OfIntegers)) {
            refuseIntegerKeys(
                    word,
                    at,
                    document.estimator(),
                    document.narrowRange(),
                    document.symmetry(),
                    document.observer(),
                    document.learning(),
                    document.convention());
            boolean scale =
                    document.granularity() != null
                            || document.groupSize() != null
                            || document.shortTail() != null
                            || document.blockRows() != null
                            || document.blockColumns() != null
                            || document.axis() != null;
            if (scale && word instanceof FormatWord.OfBlocks) {
                throw scaled(word, at);
            }
            return formats(word, scale, WeightGranularities.granularity(document, at));
        }
        IntegerFormat format = format(document.format(), document.narrowRange(), at);
        Symmetry symmetry = or(document.symmetry(), Symmetry.SYMMETRIC);
        TensorRecipe recipe =
                tensor(
                        scheme(
                                new QuantizationScheme(
                                        format,
                                        symmetry,
                                        WeightGranularities.granularity(document, at)),
                                or(document.convention(), fallback),
                                at),
                        or(document.observer(), ObserverType.MIN_MAX),
                        or(document.learning(), ScaleLearning.OBSERVED),
                        document.estimator(),
                        at);
        return Refusal.at(
                at.appendProperty(document.symmetry() == null ? "format" : "symmetry"),
                () -> {
                    TensorRecipes.checkWeights(recipe);
                    return recipe;
                });
    }

    private static @Nullable TensorRecipe elementwise(
            @Nullable ActivationsDocument document, JsonPointer at, Convention fallback) {
        FormatWord word = document == null ? null : document.format();
        if (document != null && document.estimator() instanceof EstimatorWord.OfMethod) {
            throw new Refusal(
                    at.appendProperty("estimator"),
                    "elementwise operations are quantized with observed or learned scales; legal are the estimators of rounding, such as straight-through-input, or to leave it out.");
        }
        if (word != null && !(word instanceof FormatWord.OfIntegers)) {
            throw new Refusal(
                    at.appendProperty("format"),
                    "elementwise operations are quantized to integers or not at all, not to "
                            + word.formatName()
                            + "; legal are int2 to int8, int16, uint2 to uint8 and uint16.");
        }
        return (TensorRecipe) activations(document, at, fallback);
    }

    private static @Nullable TensorQuantization activations(
            @Nullable ActivationsDocument document, JsonPointer at, Convention fallback) {
        if (document == null) {
            return null;
        }
        Granularity granularity =
                document.granularity() == ActivationGranularity.PER_TOKEN
                        ? new Granularity.PerToken()
                        : Granularity.PER_TENSOR;
        FormatWord word = document.format();
        if (document.estimator() instanceof EstimatorWord.OfMethod method) {
            Map<String, @Nullable Object> others = new LinkedHashMap<>();
            others.put("narrowRange", document.narrowRange());
            others.put("symmetry", document.symmetry());
            others.put("observer", document.observer());
            others.put("learning", document.learning());
            others.put("convention", document.convention());
            others.put("granularity", document.granularity());
            EstimatorRecipe recipe =
                    estimator(method.type(), required(word, at, "format", "a tensor"), at, others);
            return Refusal.at(
                    at.appendProperty("estimator"),
                    () -> {
                        recipe.checkActivations();
                        return recipe;
                    });
        }
        if (word != null && !(word instanceof FormatWord.OfIntegers)) {
            refuseIntegerKeys(
                    word,
                    at,
                    document.estimator(),
                    document.narrowRange(),
                    document.symmetry(),
                    document.observer(),
                    document.learning(),
                    document.convention());
            if (document.granularity() != null && word instanceof FormatWord.OfBlocks) {
                throw scaled(word, at);
            }
            return formats(word, document.granularity() != null, granularity);
        }
        IntegerFormat format = format(document.format(), document.narrowRange(), at);
        Symmetry symmetry =
                or(document.symmetry(), format.signed() ? Symmetry.SYMMETRIC : Symmetry.AFFINE);
        return tensor(
                scheme(
                        new QuantizationScheme(format, symmetry, granularity),
                        or(document.convention(), fallback),
                        at),
                or(document.observer(), ObserverType.MOVING_AVERAGE),
                or(document.learning(), ScaleLearning.OBSERVED),
                document.estimator(),
                at);
    }

    private static QuantizationScheme scheme(
            QuantizationScheme scheme, Convention convention, JsonPointer at) {
        return Refusal.at(at.appendProperty("convention"), () -> scheme.withConvention(convention));
    }

    private static TensorRecipe tensor(
            QuantizationScheme scheme,
            ObserverType observer,
            ScaleLearning learning,
            @Nullable EstimatorWord estimator,
            JsonPointer at) {
        TensorRecipe recipe =
                Refusal.at(
                        at.appendProperty("narrowRange"),
                        () -> new TensorRecipe(scheme, observer, learning));
        return estimator instanceof EstimatorWord.OfRounding word
                ? Refusal.at(
                        at.appendProperty("estimator"), () -> recipe.withRounding(word.rounding()))
                : recipe;
    }

    /** A wide format goes without a scale unless one is asked for. */
    private static FormatRecipe formats(FormatWord word, boolean scale, Granularity granularity) {
        if (word instanceof FormatWord.OfBlocks blocks) {
            return new FormatRecipe(new TensorFormat.Blocked(blocks.format()));
        }
        FormatWord.OfValues values = (FormatWord.OfValues) word;
        return new FormatRecipe(
                !scale && values.isUnscaled()
                        ? new TensorFormat.Unscaled((FloatFormat) values.format())
                        : new TensorFormat.Scaled(values.format(), granularity));
    }

    /** A published method says itself where its scale comes from. */
    private static EstimatorRecipe estimator(
            EstimatorType type,
            FormatWord word,
            JsonPointer at,
            Map<String, @Nullable Object> others) {
        others.forEach(
                (key, value) -> {
                    if (value != null) {
                        throw new Refusal(
                                at.appendProperty(key),
                                Names.quote(key)
                                        + " does not go with an estimator, which has a rule of its own. Legal is to leave it out.");
                    }
                });
        if (word instanceof FormatWord.OfBlocks) {
            throw new Refusal(
                    at.appendProperty("format"),
                    "an estimator does not round to the blocks of "
                            + word.formatName()
                            + "; legal are integers, binary and ternary.");
        }
        return new EstimatorRecipe(
                type,
                word instanceof FormatWord.OfIntegers integers
                        ? integers.format()
                        : ((FormatWord.OfValues) word).format());
    }

    private static Refusal scaled(FormatWord word, JsonPointer at) {
        return new Refusal(
                at.appendProperty("granularity"),
                word.formatName()
                        + " has a scale for each of its blocks; legal is to leave granularity out.");
    }

    /** The scales of such a format come from the tensor: there is nothing to observe or learn. */
    private static void refuseIntegerKeys(
            FormatWord word,
            JsonPointer at,
            @Nullable EstimatorWord estimator,
            @Nullable Boolean narrowRange,
            @Nullable Symmetry symmetry,
            @Nullable ObserverType observer,
            @Nullable ScaleLearning learning,
            @Nullable Convention convention) {
        Map<String, @Nullable Object> given = new LinkedHashMap<>();
        given.put("estimator", estimator);
        given.put("narrowRange", narrowRange);
        given.put("symmetry", symmetry);
        given.put("observer", observer);
        given.put("learning", learning);
        given.put("convention", convention);
        given.forEach(
                (key, value) -> {
                    if (value != null) {
                        throw new Refusal(
                                at.appendProperty(key),
                                Names.quote(key)
                                        + " is for integer formats; "
                                        + word.formatName()
                                        + " takes its scale from the largest value. Legal is to leave it out.");
                    }
                });
    }

    private static IntegerFormat format(
            @Nullable FormatWord format, @Nullable Boolean narrow, JsonPointer at) {
        IntegerFormat given =
                ((FormatWord.OfIntegers) required(format, at, "format", "a tensor")).format();
        return Refusal.at(
                at.appendProperty("narrowRange"), () -> given.withNarrowRange(or(narrow, false)));
    }

    private static Rule rule(
            @Nullable RuleDocument document,
            JsonPointer at,
            @Nullable TensorQuantization recipeWeights,
            @Nullable TensorQuantization recipeActivations,
            Convention convention) {
        if (document == null) {
            throw new Refusal(
                    at, "null is not a rule; legal is an object with a name, op or position.");
        }
        String pattern = document.name();
        if (pattern != null) {
            Refusal.at(at.appendProperty("name"), () -> new Glob(pattern));
        }
        String op = document.op();
        if (op != null && !ElementwiseOps.AND_LAYER_OPS.contains(op)) {
            throw new Refusal(
                    at.appendProperty("op"),
                    Names.quote(op)
                            + " is not an op that rules can name; "
                            + Names.legal(op, ElementwiseOps.AND_LAYER_OPS));
        }
        TensorQuantization weights =
                weights(document.weights(), at.appendProperty("weights"), convention);
        TensorQuantization activations =
                activations(document.activations(), at.appendProperty("activations"), convention);
        boolean exclude = or(document.exclude(), false);
        Rule rule =
                Refusal.at(
                        exclude ? at.appendProperty("exclude") : at,
                        () ->
                                new Rule(
                                        pattern,
                                        op,
                                        document.position(),
                                        exclude,
                                        weights,
                                        activations));
        if (!exclude && !rule.isElementwise()) {
            checkPair(
                    weights != null ? weights : recipeWeights,
                    activations != null ? activations : recipeActivations,
                    at);
        }
        return rule;
    }

    private static void checkPair(
            @Nullable TensorQuantization weights,
            @Nullable TensorQuantization activations,
            JsonPointer blamed) {
        Refusal.at(
                blamed,
                () -> {
                    TensorRecipes.checkPair(weights, activations);
                    return true;
                });
    }

    private static TrainingOptions training(@Nullable TrainingDocument document, JsonPointer at) {
        if (document == null) {
            return TrainingOptions.DEFAULT;
        }
        TrainingOptions preset = TrainingOptions.DEFAULT;
        boolean fold = or(document.foldBatchNorm(), preset.foldBatchNorm());
        long batchNorm = or(document.freezeBatchNormAfter(), preset.freezeBatchNormAfter());
        long observers = or(document.freezeObserversAfter(), preset.freezeObserversAfter());
        String blamed = batchNorm < -1 ? "freezeBatchNormAfter" : "freezeObserversAfter";
        TrainingOptions frozen =
                Refusal.at(
                        at.appendProperty(blamed),
                        () -> new TrainingOptions(fold, batchNorm, observers));
        long delay = or(document.quantizeAfter(), preset.quantizeAfter());
        long ramp = or(document.quantizeGraduallyOver(), preset.quantizeGraduallyOver());
        String steps = delay < 0 ? "quantizeAfter" : "quantizeGraduallyOver";
        TrainingOptions scheduled =
                Refusal.at(
                        at.appendProperty(steps),
                        () -> frozen.withQuantizeAfter(delay).withQuantizeGraduallyOver(ramp));
        double share = or(document.quantizedShare(), preset.quantizedShare());
        long seed = or(document.seed(), preset.seed());
        return Refusal.at(
                at.appendProperty("quantizedShare"),
                () -> scheduled.withQuantizedShare(share, seed));
    }

    private static <T> T or(@Nullable T value, T fallback) {
        return value == null ? fallback : value;
    }

    static <T> T required(@Nullable T value, JsonPointer at, String field, String owner) {
        if (value == null) {
            throw new Refusal(
                    at, "the key " + Names.quote(field) + " is missing; " + owner + " needs it.");
        }
        return value;
    }
}
