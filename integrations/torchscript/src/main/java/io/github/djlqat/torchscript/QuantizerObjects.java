package io.github.djlqat.torchscript;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.Symmetry;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.BooleanValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import io.github.djlqat.torchscript.pickle.FloatValue;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ListKind;
import io.github.djlqat.torchscript.pickle.ListValue;
import io.github.djlqat.torchscript.pickle.NoneValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes the objects of quantizers, with the scales of weights already chosen. */
final class QuantizerObjects {

    static final String CLASS = SourceRewriter.NAMESPACE + ".FakeQuantize";

    private static final String KERNELS = SourceRewriter.NAMESPACE + ".Kernels";

    private final StoredTensors stored;
    private final NewTensors created;
    private final QuantizerMode weights;
    private final Map<List<Integer>, TensorValue> codes = new HashMap<>();
    private final PickleValue kernels =
            new ObjectValue(
                    KERNELS,
                    new DictionaryValue(List.of(entry("training", new BooleanValue(true)))));
    private final TensorValue infinities;
    private final TensorValue nothing;

    QuantizerObjects(StoredTensors stored, NewTensors created, QuantizerMode weights) {
        this.stored = stored;
        this.created = created;
        this.weights = weights;
        infinities =
                created.create(
                        new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY},
                        List.of(2L),
                        false);
        nothing = created.create(new float[0], List.of(0L), false);
    }

    ObjectValue create(int index, @Nullable QuantizerSpec spec) {
        if (spec == null) {
            return passing(index, "", QuantizerMode.FLOAT);
        }
        List<Entry> state = new ArrayList<>();
        TensorRecipe recipe = spec.recipe();
        QuantizerShape shape = QuantizerShape.SINGLE;
        float[] scales = {1};
        float[] zeros = {0};
        int channelAxis = 0;
        if (spec.origin() != null) {
            TensorValue tensor = stored.require(spec.origin(), spec.name());
            tensor = spec.swapped() ? StoredTensors.swapped(tensor) : tensor;
            int rank = tensor.shape().size();
            channelAxis = Math.max(0, spec.channelAxisOf(rank));
            Granularity granularity = QuantizerSpec.granularity(recipe, channelAxis, rank);
            shape = QuantizerShape.of(granularity, tensor.shape(), spec.name());
            QuantizationParameters chosen = parameters(spec, granularity, tensor, channelAxis);
            scales = chosen.scales();
            zeros = new float[scales.length];
            for (int i = 0; i < zeros.length; i++) {
                zeros[i] = chosen.zeroPoints()[i];
            }
        }
        boolean learned = recipe.learning() == ScaleLearning.LSQ;
        TensorValue scale = created.create(scales, shape.scale(), false);
        TensorValue zero = created.create(zeros, shape.scale(), false);
        PickleValue step = learned ? created.create(scales, shape.scale(), true) : new NoneValue();
        add(
                state,
                scale,
                zero,
                step,
                codes(recipe.scheme().format().qmin(), recipe.scheme().format().qmax()),
                shape);
        addFlags(
                state,
                index,
                spec.name(),
                spec.origin() == null ? "" : spec.origin().name(),
                RecipeWriter.toJson(wrapped(spec)),
                spec.swapped(),
                spec.alone(),
                spec.origin() == null ? QuantizerMode.FLOAT : weights,
                spec.weight(),
                channelAxis);
        boolean range =
                recipe.observer() == ObserverType.MIN_MAX
                        || recipe.observer() == ObserverType.MOVING_AVERAGE;
        addKinds(state, shape.count() == 1, recipe.scheme().symmetry() == Symmetry.AFFINE, range);
        addFold(state, spec.fold(), spec.name());
        return new ObjectValue(CLASS, new DictionaryValue(state));
    }

    /** A quantizer that only its mode is asked of, which is that of weights at first. */
    ObjectValue createSwitch(int index) {
        return passing(index, FusedPaths.SWITCH, weights);
    }

    private ObjectValue passing(int index, String name, QuantizerMode mode) {
        List<Entry> state = new ArrayList<>();
        TensorValue one = created.create(new float[] {1}, List.of(1L), false);
        add(state, one, nothing, new NoneValue(), codes(0, 1), QuantizerShape.SINGLE);
        addFlags(state, index, name, "", "", false, false, mode, false, 0);
        addKinds(state, true, false, false);
        addFold(state, null, name);
        return new ObjectValue(CLASS, new DictionaryValue(state));
    }

    private QuantizationParameters parameters(
            QuantizerSpec spec, Granularity granularity, TensorValue tensor, int channelAxis) {
        TensorRecipe recipe = spec.recipe().withGranularity(granularity);
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        try {
            return Observers.create(recipe.observer(), recipe.scheme())
                    .observe(values(spec, tensor, channelAxis), new Shape(shape))
                    .parameters();
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new TorchScriptException(
                    "The tensor " + spec.name() + " cannot be quantized: " + e.getMessage(), e);
        }
    }

    /** A weight as its quantizer sees it. */
    private float[] values(QuantizerSpec spec, TensorValue tensor, int channelAxis) {
        float[] values = stored.read(tensor, Objects.requireNonNull(spec.origin()));
        FoldedNorm fold = spec.fold();
        if (fold != null) {
            float[] factors =
                    fold.factors(
                            stored.read(stored.require(fold.gamma(), spec.name()), fold.gamma()),
                            stored.read(
                                    stored.require(fold.variance(), spec.name()), fold.variance()));
            int inner = 1;
            for (int axis = channelAxis + 1; axis < tensor.shape().size(); axis++) {
                inner *= tensor.shape().get(axis).intValue();
            }
            for (int i = 0; i < values.length; i++) {
                values[i] *= factors[i / inner % factors.length];
            }
        }
        return values;
    }

    /** What a quantizer looks at of a BatchNorm: the very tensors, which training changes. */
    private void addFold(List<Entry> state, @Nullable FoldedNorm fold, String name) {
        state.add(entry("fold_gamma", fold == null ? nothing : shared(fold.gamma(), name)));
        state.add(entry("fold_variance", fold == null ? nothing : shared(fold.variance(), name)));
        state.add(entry("fold_epsilon", new FloatValue(fold == null ? 0 : fold.epsilon())));
        state.add(entry("folds", new BooleanValue(fold != null)));
        state.add(entry("fold_signs", new BooleanValue(fold != null && fold.signs())));
    }

    private TensorValue shared(Value.Origin origin, String name) {
        TensorValue tensor = stored.require(origin, name);
        return new TensorValue(
                tensor.storage(), tensor.offset(), tensor.shape(), tensor.stride(), false);
    }

    /** A recipe of one tensor, to be read again from the saved model. */
    private static Recipe wrapped(QuantizerSpec spec) {
        return new Recipe(
                "quantizer",
                spec.weight() ? spec.recipe() : null,
                spec.weight() ? null : spec.recipe(),
                null,
                List.of(),
                TrainingOptions.DEFAULT);
    }

    private TensorValue codes(int smallest, int largest) {
        return codes.computeIfAbsent(
                Arrays.asList(smallest, largest),
                c -> created.create(new float[] {smallest, largest}, List.of(2L), false));
    }

    private void add(
            List<Entry> state,
            TensorValue scale,
            TensorValue zeroPoint,
            PickleValue step,
            TensorValue ends,
            QuantizerShape shape) {
        state.add(entry("learned_scale", step));
        state.add(entry("scale", scale));
        state.add(entry("zero_point", zeroPoint));
        state.add(entry("codes", ends));
        state.add(entry("infinities", infinities));
        state.add(entry("limits", created.create(new float[2], List.of(2L), false)));
        state.add(entry("observed", nothing));
        state.add(entry("training", new BooleanValue(true)));
        state.add(entry("reduced", integers(shape.reduced())));
        state.add(entry("groups", integers(shape.groups())));
        state.add(entry("kernels", kernels));
    }

    private static void addFlags(
            List<Entry> state,
            int index,
            String name,
            String tensor,
            String recipe,
            boolean transposed,
            boolean alone,
            QuantizerMode mode,
            boolean weight,
            int channelAxis) {
        state.add(entry("name", new StringValue(name)));
        state.add(entry("tensor", new StringValue(tensor)));
        state.add(entry("recipe", new StringValue(recipe)));
        state.add(entry("transposed", new BooleanValue(transposed)));
        state.add(entry("alone", new BooleanValue(alone)));
        state.add(entry("index", new IntegerValue(index)));
        state.add(entry("mode", new IntegerValue(mode.number())));
        state.add(entry("weight", new BooleanValue(weight)));
        state.add(entry("channel_axis", new IntegerValue(channelAxis)));
    }

    private static void addKinds(
            List<Entry> state, boolean single, boolean affine, boolean rangeOnly) {
        state.add(entry("single", new BooleanValue(single)));
        state.add(entry("affine", new BooleanValue(affine)));
        state.add(entry("range_only", new BooleanValue(rangeOnly)));
    }

    private static PickleValue integers(List<Long> values) {
        List<PickleValue> items = new ArrayList<>();
        values.forEach(value -> items.add(new IntegerValue(value)));
        return new ListValue(ListKind.INTEGERS, items);
    }

    private static Entry entry(String name, PickleValue value) {
        return new Entry(new StringValue(name), value);
    }
}
