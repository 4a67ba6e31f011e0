package io.github.djlqat.micrometer;

import ai.djl.ndarray.NDArray;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.fakequant.WeightStatistics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Gauges of the quantizers of a prepared model, computed by the thread that polls them. The end of
 * training waits for a poll, so that none reads an array while it is closed.
 */
final class LayerMeters {

    private final MeterRegistry registry;
    private final String model;
    private final Set<String> registered = new HashSet<>();
    private final Map<String, float[]> firstScales = new HashMap<>();
    private @Nullable QuantizedBlock block;

    LayerMeters(MeterRegistry registry, String model) {
        this.registry = registry;
        this.model = model;
    }

    synchronized void attach(QuantizedBlock prepared) {
        block = prepared;
        firstScales.clear();
        for (Map.Entry<String, FakeQuantize> entry : prepared.getQuantizers().entrySet()) {
            if (registered.add(entry.getKey())) {
                register(prepared, entry.getKey(), entry.getValue());
            }
            readScales(entry.getValue());
        }
    }

    private void register(QuantizedBlock prepared, String layer, FakeQuantize quantizer) {
        if (prepared.isWeightQuantizer(layer)) {
            gauge(
                    "djlqat.layer.clip.ratio",
                    "Share of a weight's values outside the range of its codes",
                    null,
                    layer,
                    meters -> meters.statistics(layer, WeightStatistics::clipRatio));
            gauge(
                    "djlqat.layer.sqnr",
                    "Signal-to-quantization-noise ratio of a weight",
                    "decibels",
                    layer,
                    meters -> meters.statistics(layer, WeightStatistics::sqnr));
        }
        if (!quantizer.isDynamic()) {
            gauge(
                    "djlqat.layer.scale.drift",
                    "Mean relative change of a quantizer's scales since training began",
                    null,
                    layer,
                    meters -> meters.drift(layer));
        }
    }

    private void gauge(
            String name,
            String description,
            @Nullable String unit,
            String layer,
            ToDoubleFunction<LayerMeters> value) {
        Gauge.builder(name, this, value)
                .description(description)
                .baseUnit(unit)
                .tags("model", model, "layer", layer)
                .strongReference(true)
                .register(registry);
    }

    synchronized void detach() {
        block = null;
        firstScales.clear();
    }

    private synchronized double statistics(String layer, ToDoubleFunction<WeightStatistics> part) {
        QuantizedBlock prepared = block;
        if (prepared == null) {
            return Double.NaN;
        }
        return prepared.getWeightStatistics(layer).map(part::applyAsDouble).orElse(Double.NaN);
    }

    private synchronized double drift(String layer) {
        FakeQuantize quantizer = block == null ? null : block.getQuantizers().get(layer);
        float[] first = quantizer == null ? null : readScales(quantizer);
        if (quantizer == null || first == null) {
            return Double.NaN;
        }
        return ScaleDrift.between(first, scales(quantizer));
    }

    /** Returns the scales that the quantizer began with, which it is asked for the first time. */
    private float @Nullable [] readScales(FakeQuantize quantizer) {
        if (quantizer.isDynamic() || !quantizer.isCalibrated()) {
            return null;
        }
        return firstScales.computeIfAbsent(quantizer.getName(), name -> scales(quantizer));
    }

    private static float[] scales(FakeQuantize quantizer) {
        NDArray array = quantizer.getParameters().get("scale").getArray();
        return array.toFloatArray();
    }
}
