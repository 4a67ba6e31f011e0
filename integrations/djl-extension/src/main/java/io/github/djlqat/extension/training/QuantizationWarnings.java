package io.github.djlqat.extension.training;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.fakequant.WeightStatistics;
import io.github.djlqat.recipe.Recipe;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns, at the end of each epoch, of weights that are clipped much, and of quantizers whose scales
 * have changed much within the epoch or are not finite: signs of a learning rate that is too high
 * for them, or of ranges that do not fit.
 */
public final class QuantizationWarnings extends TrainingListenerAdapter {

    private static final Logger LOGGER = LoggerFactory.getLogger(QuantizationWarnings.class);

    private final double clipRatio;
    private final double scaleChange;
    private final Consumer<String> sink;
    private final Map<String, float[]> scales = new HashMap<>();
    private @Nullable Recipe recipe;

    private QuantizationWarnings(Builder builder) {
        clipRatio = builder.clipRatio;
        scaleChange = builder.scaleChange;
        sink = builder.sink;
    }

    /**
     * Creates a builder.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Checks that the model is prepared.
     *
     * @throws IllegalArgumentException if it is not
     */
    @Override
    public void onTrainingBegin(Trainer trainer) {
        scales.clear();
        remember(PreparedModels.block(trainer, "QuantizationWarnings"));
    }

    @Override
    public void onEpoch(Trainer trainer) {
        QuantizedBlock block = PreparedModels.block(trainer, "QuantizationWarnings");
        for (String name : block.getQuantizers().keySet()) {
            block.getWeightStatistics(name).ifPresent(statistics -> clipping(name, statistics));
        }
        if (!block.getRecipe().equals(recipe)) {
            scales.clear(); // those of other formats
        }
        block.getQuantizers().forEach(this::change);
        remember(block);
    }

    private void clipping(String name, WeightStatistics statistics) {
        if (statistics.clipRatio() > clipRatio) {
            sink.accept(
                    String.format(
                            Locale.ROOT,
                            "The weight %s is clipped in %.1f %% of its elements (SQNR %.1f dB).",
                            name,
                            100 * statistics.clipRatio(),
                            statistics.sqnr()));
        }
    }

    private void change(String name, FakeQuantize quantizer) {
        if (!isKnown(quantizer)) {
            return;
        }
        float[] now = quantizer.getQuantizationParameters().scales();
        float[] before = scales.get(name);
        for (int i = 0; i < now.length; i++) {
            if (!Float.isFinite(now[i])) {
                sink.accept("The scale " + i + " of " + name + " is " + now[i] + ".");
                return;
            }
            if (before != null && before.length == now.length) {
                double factor = Math.max(now[i] / before[i], before[i] / now[i]);
                if (factor > scaleChange) {
                    sink.accept(
                            String.format(
                                    Locale.ROOT,
                                    "The scale %d of %s has changed by a factor of %.2f, from %g to"
                                            + " %g, within an epoch.",
                                    i,
                                    name,
                                    factor,
                                    before[i],
                                    now[i]));
                    return;
                }
            }
        }
    }

    private void remember(QuantizedBlock block) {
        scales.clear();
        recipe = block.getRecipe();
        block.getQuantizers()
                .forEach(
                        (name, quantizer) -> {
                            if (isKnown(quantizer)) {
                                scales.put(
                                        name,
                                        quantizer.getQuantizationParameters().scales().clone());
                            }
                        });
    }

    private static boolean isKnown(FakeQuantize quantizer) {
        return quantizer.isCalibrated() && !quantizer.isDynamic();
    }

    /** The builder of {@link QuantizationWarnings}. */
    public static final class Builder {

        private double clipRatio = 0.1;
        private double scaleChange = 4;
        private Consumer<String> sink = LOGGER::warn;

        Builder() {}

        /**
         * Sets the share of a weight's elements from which on its clipping is told; 0.1 unless it
         * is set.
         *
         * @param ratio a share of at least 0
         * @return this builder
         * @throws IllegalArgumentException if it is negative or NaN
         */
        public Builder optClipRatio(double ratio) {
            if (!(ratio >= 0)) {
                throw new IllegalArgumentException(
                        "A clip ratio of " + ratio + " is not possible; legal is 0 or more.");
            }
            this.clipRatio = ratio;
            return this;
        }

        /**
         * Sets the factor from which on a scale's change within an epoch, up or down, is told; 4
         * unless it is set.
         *
         * @param factor a factor of at least 1
         * @return this builder
         * @throws IllegalArgumentException if it is less than 1 or NaN
         */
        public Builder optScaleChange(double factor) {
            if (!(factor >= 1)) {
                throw new IllegalArgumentException(
                        "A change by a factor of "
                                + factor
                                + " is not possible; legal is 1 or more.");
            }
            this.scaleChange = factor;
            return this;
        }

        /**
         * Sets where warnings go; SLF4J's logger of this class unless it is set.
         *
         * @param warnings takes each warning, a sentence
         * @return this builder
         */
        public Builder optSink(Consumer<String> warnings) {
            this.sink = warnings;
            return this;
        }

        /**
         * Builds the listener.
         *
         * @return the listener, for one trainer at a time
         */
        public QuantizationWarnings build() {
            return new QuantizationWarnings(this);
        }
    }
}
