package io.github.djlqat.report.collect;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.ObserverState;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.report.data.Interval;
import io.github.djlqat.report.data.TensorHistogram;
import io.github.djlqat.scheme.Granularity;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.scheme.QuantizationScheme;
import io.github.djlqat.scheme.ScaleLayout;
import io.github.djlqat.scheme.Symmetry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The distribution of a tensor's values over any number of batches, in bounded memory, and the
 * share of them that its quantizer clips.
 */
final class TensorDistribution {

    private static final int MAX_BINS = 64;
    private static final int MAX_LEVELS = 256;

    /** Any scheme of one scale will do to count with. */
    private static final QuantizationScheme COUNTING =
            new QuantizationScheme(IntegerFormat.INT8, Symmetry.SYMMETRIC, Granularity.PER_TENSOR);

    private final String name;
    private final @Nullable QuantizationParameters parameters;
    private final boolean inCodes;
    private Observer observer = Observers.create(ObserverType.MSE, COUNTING);
    private long clipped;
    private long total;

    TensorDistribution(String name, @Nullable QuantizationParameters parameters) {
        this.name = name;
        this.parameters = parameters;
        this.inCodes = parameters != null && parameters.scales().length > 1;
    }

    /**
     * Counts values.
     *
     * @throws IllegalArgumentException naming the tensor if one is NaN or infinite
     */
    void add(float[] values, Shape shape) {
        float[] counted = values;
        if (parameters != null) {
            float[] codes = codes(parameters, values, shape);
            IntegerFormat format = parameters.scheme().format();
            for (float code : codes) {
                clipped += code < format.qmin() - 0.5f || code > format.qmax() + 0.5f ? 1 : 0;
            }
            counted = inCodes ? codes : values;
        }
        total += values.length;
        try {
            observer = observer.observe(counted, new Shape(counted.length));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The values of the tensor " + name + " cannot be counted: " + e.getMessage(),
                    e);
        }
    }

    private static float[] codes(QuantizationParameters parameters, float[] values, Shape shape) {
        float[] scales = parameters.scales();
        int[] zeroPoints = parameters.zeroPoints();
        float[] codes = new float[values.length];
        ScaleLayout.of(parameters.scheme().granularity(), shape)
                .forEachRun(
                        (scale, from, to) -> {
                            for (int i = from; i < to; i++) {
                                codes[i] = values[i] / scales[scale] + zeroPoints[scale];
                            }
                        });
        return codes;
    }

    /** Returns the share of values outside the range of the codes by more than half a step. */
    @Nullable Double clipRatio() {
        return parameters == null || total == 0 ? null : (Double) ((double) clipped / total);
    }

    /**
     * Returns the histogram, or null where no value was counted.
     *
     * @param rounded what values were rounded to, from which levels are taken where there are no
     *     parameters, or null
     */
    @Nullable TensorHistogram histogram(
            String layer, TensorHistogram.Kind kind, float @Nullable [] rounded) {
        if (observer.isEmpty()) {
            return null;
        }
        ObserverState.Histogram state = (ObserverState.Histogram) observer.state();
        int joined = 0;
        while (bins(state, joined) > MAX_BINS) {
            joined++;
        }
        int first = state.first() >> joined;
        long[] counts = new long[bins(state, joined)];
        for (int i = 0; i < state.counts().size(); i++) {
            counts[((state.first() + i) >> joined) - first] += state.counts().get(i);
        }
        List<Double> edges = new ArrayList<>();
        List<Long> list = new ArrayList<>();
        for (int i = 0; i <= counts.length; i++) {
            edges.add(Math.scalb((double) first + i, state.exponent() + joined));
            if (i < counts.length) {
                list.add(counts[i]);
            }
        }
        return new TensorHistogram(
                name,
                layer,
                kind,
                inCodes ? TensorHistogram.Unit.CODE : TensorHistogram.Unit.VALUE,
                edges,
                list,
                clipping(),
                levels(rounded));
    }

    private static int bins(ObserverState.Histogram state, int joined) {
        int last = state.first() + state.counts().size() - 1;
        return (last >> joined) - (state.first() >> joined) + 1;
    }

    private @Nullable Interval clipping() {
        if (parameters == null) {
            return null;
        }
        IntegerFormat format = parameters.scheme().format();
        double a = level(parameters, format.qmin());
        double b = level(parameters, format.qmax());
        return new Interval(Math.min(a, b), Math.max(a, b));
    }

    private double level(QuantizationParameters known, int code) {
        return inCodes
                ? code
                : ((double) code - known.zeroPoints()[0]) * (double) known.scales()[0];
    }

    private List<Double> levels(float @Nullable [] rounded) {
        if (parameters != null) {
            IntegerFormat format = parameters.scheme().format();
            List<Double> levels = new ArrayList<>();
            for (int code = format.qmin(); code <= format.qmax(); code++) {
                levels.add(level(parameters, code));
            }
            levels.sort(Double::compare);
            return levels;
        }
        if (rounded == null) {
            return List.of();
        }
        // Zero and minus zero are one level.
        double[] values = new double[rounded.length];
        Arrays.setAll(values, i -> rounded[i] + 0.0);
        double[] distinct =
                Arrays.stream(values).sorted().distinct().limit(MAX_LEVELS + 1).toArray();
        return distinct.length > MAX_LEVELS ? List.of() : Arrays.stream(distinct).boxed().toList();
    }
}
