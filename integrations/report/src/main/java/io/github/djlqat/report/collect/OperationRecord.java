package io.github.djlqat.report.collect;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.QuantizedArgument;
import io.github.djlqat.fakequant.QuantizedOperation;
import io.github.djlqat.graph.Ops;
import io.github.djlqat.report.data.LayerRow;
import io.github.djlqat.report.data.TensorHistogram;
import io.github.djlqat.report.data.TensorSummary;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has been seen of one quantized operation. */
final class OperationRecord {

    private final QuantizedOperation operation;
    private final Sqnr output = new Sqnr();
    private final Map<String, TensorDistribution> inputs = new LinkedHashMap<>();
    private final Map<String, QuantizedArgument> arguments = new LinkedHashMap<>();

    OperationRecord(QuantizedOperation operation) {
        this.operation = operation;
        operation.arguments().forEach(argument -> arguments.put(argument.getName(), argument));
    }

    /** Whether it computes something, rather than passing values on. */
    boolean isLayer() {
        return !Ops.isValuePreserving(operation.op())
                || operation.arguments().stream().anyMatch(a -> a.getWeight().isPresent());
    }

    void observe(QuantizedArgument argument, NDArray values) {
        inputs.computeIfAbsent(
                        argument.getName(),
                        name ->
                                new TensorDistribution(
                                        name, argument.getQuantizationParameters().orElse(null)))
                .add(values.toFloatArray(), values.getShape());
    }

    void compare(NDArray exact, NDArray quantized) {
        output.add(exact.toFloatArray(), quantized.toFloatArray());
    }

    LayerRow row(
            List<TensorHistogram> histograms,
            @Nullable String outputFormat,
            @Nullable Long parameters,
            @Nullable Long bytes) {
        TensorSummary weight = null;
        TensorSummary input = null;
        for (QuantizedArgument argument : arguments.values()) {
            if (argument.getWeight().isPresent()) {
                TensorSummary summary =
                        weight(argument, argument.getWeight().get().getShape(), histograms);
                weight = weight == null ? summary : weight;
            } else {
                TensorSummary summary = input(argument, histograms);
                input = input == null ? summary : input;
            }
        }
        return new LayerRow(
                operation.name(),
                operation.op(),
                weight,
                input,
                outputFormat,
                output.decibels(),
                Map.of(),
                parameters,
                bytes);
    }

    private TensorSummary weight(
            QuantizedArgument argument, Shape shape, List<TensorHistogram> histograms) {
        QuantizedArgument.WeightValues values = argument.weightValues();
        QuantizationParameters parameters = argument.getQuantizationParameters().orElse(null);
        TensorDistribution distribution = new TensorDistribution(argument.getName(), parameters);
        distribution.add(values.exact(), shape);
        add(
                histograms,
                distribution.histogram(
                        operation.name(), TensorHistogram.Kind.WEIGHT, values.rounded()));
        Sqnr sqnr = new Sqnr();
        sqnr.add(values.exact(), values.rounded());
        return summary(argument, distribution.clipRatio(), sqnr.decibels());
    }

    private TensorSummary input(QuantizedArgument argument, List<TensorHistogram> histograms) {
        TensorDistribution seen = inputs.get(argument.getName());
        if (seen == null) {
            return summary(argument, null, null);
        }
        add(histograms, seen.histogram(operation.name(), TensorHistogram.Kind.ACTIVATION, null));
        return summary(argument, seen.clipRatio(), null);
    }

    private static void add(List<TensorHistogram> histograms, @Nullable TensorHistogram histogram) {
        if (histogram != null) {
            histograms.add(histogram);
        }
    }

    private static TensorSummary summary(
            QuantizedArgument argument, @Nullable Double clipRatio, @Nullable Double sqnr) {
        String format = TensorFormats.name(argument.getRecipe());
        String granularity = TensorFormats.granularity(argument.getRecipe());
        QuantizationParameters parameters = argument.getQuantizationParameters().orElse(null);
        if (parameters == null) {
            return new TensorSummary(
                    format, granularity, null, null, null, null, null, clipRatio, sqnr);
        }
        List<Double> scales = new ArrayList<>();
        for (float scale : parameters.scales()) {
            scales.add((double) scale);
        }
        scales.sort(Double::compare);
        int[] zeroPoints = parameters.zeroPoints();
        Arrays.sort(zeroPoints);
        return new TensorSummary(
                format,
                granularity,
                (long) scales.size(),
                scales.get(0),
                scales.get(scales.size() - 1),
                zeroPoints[0],
                zeroPoints[zeroPoints.length - 1],
                clipRatio,
                sqnr);
    }
}
