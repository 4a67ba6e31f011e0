package io.github.djlqat.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.metric.Metrics;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.SequenceSampler;
import ai.djl.training.listener.TrainingListener.BatchData;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.mixedprecision.LossScaling;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.MixedPrecisionTrainer;
import io.github.djlqat.recipe.ObserverType;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.ScaleLearning;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Meters of short trainings, against what the trainers themselves tell. */
class TrainingMetricsTest {

    private static final Shape INPUT = new Shape(4, 5);
    private static final TensorRecipe WEIGHTS =
            TensorRecipe.weights(
                    new IntegerFormat(4, true, true), ObserverType.MIN_MAX, ScaleLearning.LSQ);
    private static final TensorRecipe ACTIVATIONS =
            TensorRecipe.activations(
                    IntegerFormat.UINT8, ObserverType.MOVING_AVERAGE, ScaleLearning.OBSERVED);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private static Block mlp() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(6).build())
                .add(Activation.reluBlock())
                .add(Linear.builder().setUnits(2).build());
    }

    private static Model model(String name) {
        Model model = Model.newInstance(name);
        model.setBlock(mlp());
        return model;
    }

    private static DefaultTrainingConfig config(TrainingMetrics metrics) {
        return new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(Optimizer.sgd().setLearningRateTracker(Tracker.fixed(0.05f)).build())
                .addTrainingListeners(metrics);
    }

    private static ArrayDataset data(NDManager manager, float factor) {
        Random random = new Random(7);
        float[] inputs = new float[12 * 5];
        float[] labels = new float[12 * 2];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (float) random.nextGaussian() * factor;
        }
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (float) random.nextGaussian();
        }
        return new ArrayDataset.Builder()
                .setData(manager.create(inputs, new Shape(12, 5)))
                .optLabels(manager.create(labels, new Shape(12, 2)))
                .setSampling(new BatchSampler(new SequenceSampler(), 4))
                .build();
    }

    private double value(String name, String... tags) {
        Meter meter = registry.get(name).tags(tags).meter();
        return meter.measure().iterator().next().getValue();
    }

    @Test
    void countsStepsSamplesAndTimesAsTheTrainerDoes() throws Exception {
        TrainingMetrics metrics = TrainingMetrics.builder().build();
        metrics.bindTo(registry);
        Metrics times = new Metrics();
        try (Model model = model("plain");
                NDManager manager = NDManager.newBaseManager();
                Trainer trainer = model.newTrainer(config(metrics))) {
            trainer.initialize(INPUT);
            trainer.setMetrics(times);
            EasyTrain.fit(trainer, 2, data(manager, 1), null);
        }
        assertThat(value("djlqat.steps", "model", "plain")).isEqualTo(6);
        assertThat(value("djlqat.samples", "model", "plain")).isEqualTo(24);
        assertThat(value("djlqat.samples.per.second", "model", "plain")).isPositive();
        List<String> djl = List.of("forward", "backward", "step");
        List<String> phases = List.of("forward", "backward", "update");
        for (int i = 0; i < 3; i++) {
            Timer timer = timer(phases.get(i), "plain");
            assertThat(timer.count()).isEqualTo(6);
            double sum = times.getMetric(djl.get(i)).stream().mapToDouble(m -> m.getValue()).sum();
            assertThat(timer.totalTime(TimeUnit.NANOSECONDS)).isEqualTo(sum);
        }
        assertThat(timer("data", "plain").count()).isEqualTo(5);
        assertThat(registry.find("djlqat.loss.scale").meter()).isNull();
        assertThat(registry.find("djlqat.layer.sqnr").meter()).isNull();
        double heap = value("djlqat.memory", "area", "heap");
        assertThat(heap).isBetween(1e6, (double) Runtime.getRuntime().maxMemory());
        if (ResidentMemory.isKnown()) {
            assertThat(value("djlqat.memory", "area", "resident")).isGreaterThan(1e7);
        }
    }

    private Timer timer(String phase, String model) {
        return registry.get("djlqat.step.time").tags("phase", phase, "model", model).timer();
    }

    @Test
    void givesTheRestOfTheTimeToTheData() {
        MockClock clock = new MockClock();
        TrainingMetrics metrics = TrainingMetrics.builder().optModel("m").optClock(clock).build();
        metrics.bindTo(registry);
        try (Model model = model("ignored");
                Trainer trainer = model.newTrainer(config(metrics))) {
            Metrics times = new Metrics();
            times.setLimit(3);
            trainer.setMetrics(times);
            BatchData batch = new BatchData(null, null, null);
            for (int i = 0; i < 5; i++) {
                clock.add(100, TimeUnit.NANOSECONDS);
                times.addMetric("forward", 30);
                times.addMetric("backward", 40);
                times.addMetric("training-metrics", 5);
                metrics.onTrainingBatch(trainer, batch);
                times.addMetric("step", 10);
            }
            metrics.onEpoch(trainer);
            clock.add(1000, TimeUnit.NANOSECONDS);
            times.addMetric("forward", 30);
            metrics.onTrainingBatch(trainer, batch);
        }
        assertThat(timer("forward", "m").totalTime(TimeUnit.NANOSECONDS)).isEqualTo(180);
        assertThat(timer("update", "m").totalTime(TimeUnit.NANOSECONDS)).isEqualTo(50);
        assertThat(timer("data", "m").totalTime(TimeUnit.NANOSECONDS)).isEqualTo(4 * 15 + 970);
        assertThat(timer("data", "m").count()).isEqualTo(5);
    }

    @Test
    void countsSkippedStepsByParameter() throws Exception {
        TrainingMetrics named = TrainingMetrics.builder().build();
        TrainingMetrics unnamed =
                TrainingMetrics.builder().optModel("few").optMaxParameters(0).build();
        named.bindTo(registry);
        unnamed.bindTo(registry);
        try (Model model = model("mixed");
                NDManager manager = NDManager.newBaseManager();
                MixedPrecisionTrainer trainer =
                        new MixedPrecisionTrainer(
                                model,
                                config(named).addTrainingListeners(unnamed),
                                MixedPrecision.builder()
                                        .optLossScaling(LossScaling.dynamic().build())
                                        .build())) {
            trainer.initialize(INPUT);
            EasyTrain.fit(trainer, 1, data(manager, 1), null);
            double before = trainer.getLossScalerState().scale();
            assertThat(value("djlqat.loss.scale", "model", "mixed")).isEqualTo(before);
            assertThat(value("djlqat.steps.skipped", "model", "mixed", "parameter", "other"))
                    .isZero();
            EasyTrain.fit(trainer, 1, data(manager, Float.POSITIVE_INFINITY), null);
            assertThat(value("djlqat.loss.scale", "model", "mixed")).isEqualTo(before / 8);
            assertThat(value("djlqat.steps", "model", "mixed"))
                    .isEqualTo(6)
                    .isEqualTo(trainer.getSteps());
            String parameter = trainer.getLastStep().orElseThrow().nonFinite();
            assertThat(value("djlqat.steps.skipped", "model", "mixed", "parameter", parameter))
                    .isEqualTo(3);
            assertThat(value("djlqat.steps.skipped", "model", "few", "parameter", "other"))
                    .isEqualTo(3);
        }
    }

    @Test
    void computesLayersWhenPolledOnly() throws Exception {
        TrainingMetrics metrics = TrainingMetrics.builder().build();
        try (Model model = model("prepared");
                NDManager manager = NDManager.newBaseManager()) {
            QuantizedBlock prepared = Quantization.prepare(model, recipe(), INPUT);
            ArrayDataset data = data(manager, 1);
            Quantization.calibrate(model, data, 1);
            String layer = "01Linear_weight";
            FakeQuantize quantizer = prepared.getQuantizers().get(layer);
            float[] first = quantizer.getQuantizationParameters().scales();
            PrometheusMeterRegistry prometheus =
                    new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            try (Trainer trainer = model.newTrainer(config(metrics))) {
                trainer.initialize(INPUT);
                metrics.bindTo(registry);
                metrics.bindTo(prometheus);
                trainer.notifyListeners(
                        l -> l.onTrainingBatch(trainer, new BatchData(null, null, null)));
                EasyTrain.fit(trainer, 3, data, null);
                // A value far outside is clipped.
                float[] weight = parameter(prepared, layer);
                weight[0] = 50;
                prepared.getBlock().getParameters().get(layer).getArray().set(weight);
                int arrays = arrays(model);
                double clip = value("djlqat.layer.clip.ratio", "layer", layer);
                double sqnr = value("djlqat.layer.sqnr", "layer", layer);
                double drift = value("djlqat.layer.scale.drift", "layer", layer);
                String scrape = prometheus.scrape();
                assertThat(arrays(model)).isEqualTo(arrays);
                assertThat(parameter(prepared, layer)).isEqualTo(weight);

                float[] scales = quantizer.getQuantizationParameters().scales();
                assertThat(scales).isNotEqualTo(first);
                double expectedDrift = 0;
                for (int i = 0; i < scales.length; i++) {
                    expectedDrift += Math.abs(scales[i] - first[i]) / first[i] / scales.length;
                }
                assertThat(drift).isCloseTo(expectedDrift, within(1e-6));
                double[] expected = clipAndSqnr(weight, scales, 5);
                assertThat(clip).isEqualTo(expected[0]).isGreaterThanOrEqualTo(1.0 / 30);
                assertThat(sqnr).isCloseTo(expected[1], within(1e-5));
                assertThat(scrape)
                        .contains(
                                "djlqat_layer_clip_ratio{layer=\"01Linear_weight\",model=\"prepared\"} "
                                        + clip)
                        .contains(
                                "djlqat_layer_sqnr_decibels{layer=\"01Linear_weight\",model=\"prepared\"} "
                                        + sqnr)
                        .contains(
                                "djlqat_layer_scale_drift{layer=\"01Linear_weight\",model=\"prepared\"} "
                                        + drift)
                        .contains("djlqat_steps_total{model=\"prepared\"} 10.0")
                        .contains("djlqat_samples_total{model=\"prepared\"} 36.0")
                        .contains(
                                "djlqat_step_time_seconds_count{model=\"prepared\",phase=\"data\"}")
                        .contains("djlqat_samples_per_second{model=\"prepared\"}")
                        .contains("djlqat_memory_bytes{area=\"heap\"}");
            }
            assertThat(value("djlqat.layer.sqnr", "layer", layer)).isNaN();
        }
    }

    private static Recipe recipe() {
        return new Recipe("test", WEIGHTS, ACTIVATIONS, null, List.of(), TrainingOptions.DEFAULT);
    }

    private static float[] parameter(QuantizedBlock prepared, String name) {
        return prepared.getBlock().getParameters().get(name).getArray().toFloatArray();
    }

    private static int arrays(Model model) {
        return model.getNDManager().getManagedArrays().size();
    }

    /**
     * The share of values beyond seven and a half steps, and the SQNR, of rows with a scale each.
     */
    private static double[] clipAndSqnr(float[] weight, float[] scales, int columns) {
        double clipped = 0;
        double signal = 0;
        double noise = 0;
        for (int i = 0; i < weight.length; i++) {
            double scale = scales[scales.length == 1 ? 0 : i / columns];
            double steps = weight[i] / scale;
            clipped += Math.abs(steps) > 7.5 ? 1 : 0;
            double rounded = Math.max(-7, Math.min(7, Math.rint(steps))) * scale;
            signal += (double) weight[i] * weight[i];
            noise += (weight[i] - rounded) * (weight[i] - rounded);
        }
        return new double[] {clipped / weight.length, 10 * Math.log10(signal / noise)};
    }

    @Test
    void timesObserversUntilTheyAreFrozen() throws Exception {
        TrainingMetrics metrics = TrainingMetrics.builder().build();
        try (Model model = model("observed");
                NDManager manager = NDManager.newBaseManager()) {
            QuantizedBlock prepared = Quantization.prepare(model, recipe(), INPUT);
            ArrayDataset data = data(manager, 1);
            Quantization.calibrate(model, data, 1);
            try (Trainer trainer = model.newTrainer(config(metrics))) {
                trainer.initialize(INPUT);
                Metrics times = new Metrics();
                trainer.setMetrics(times);
                EasyTrain.fit(trainer, 1, data, null);
                assertThat(prepared.getObserverTime()).isZero();
                metrics.bindTo(registry);
                // The first batch tells of the binding; the two after it are measured.
                EasyTrain.fit(trainer, 1, data, null);
                Timer observers = timer("observers", "observed");
                assertThat(observers.count()).isEqualTo(2);
                double sum = observers.totalTime(TimeUnit.NANOSECONDS);
                assertThat(sum).isEqualTo(prepared.getObserverTime());
                assertThat(sum)
                        .isPositive()
                        .isLessThan(
                                times.getMetric("forward").subList(4, 6).stream()
                                        .mapToDouble(m -> m.getValue())
                                        .sum());
                prepared.freezeObservers();
                EasyTrain.fit(trainer, 1, data, null);
                assertThat(observers.count()).isEqualTo(2);
            }
        }
    }

    @Test
    void touchesNothingWhenNotBound() throws Exception {
        TrainingMetrics metrics = TrainingMetrics.builder().build();
        int[] asked = {0};
        try (Model model = model("idle");
                Trainer trainer =
                        new Trainer(model, config(metrics)) {
                            @Override
                            public Metrics getMetrics() {
                                asked[0]++;
                                return super.getMetrics();
                            }

                            @Override
                            public Model getModel() {
                                asked[0]++;
                                return super.getModel();
                            }
                        }) {
            BatchData batch = new BatchData(null, null, null);
            metrics.onTrainingBatch(trainer, batch);
            metrics.onEpoch(trainer);
            assertThat(asked[0]).isZero();
            metrics.bindTo(registry);
            metrics.onTrainingBatch(trainer, batch);
            assertThat(asked[0]).isPositive();
            assertThat(value("djlqat.steps", "model", "idle")).isEqualTo(1);
        }
    }

    @Test
    void readsTheResidentSetSize() {
        assertThat(ResidentMemory.bytes(List.of("Name:\tjava", "VmRSS:\t  2048 kB")))
                .isEqualTo(2097152);
        assertThat(ResidentMemory.bytes(List.of("Name:\tjava"))).isNaN();
    }

    @Test
    void refusesANegativeNumberOfParameters() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainingMetrics.builder().optMaxParameters(-1))
                .withMessageContaining("-1");
    }
}
