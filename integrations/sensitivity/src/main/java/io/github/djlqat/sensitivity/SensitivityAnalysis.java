package io.github.djlqat.sensitivity;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.dataset.Dataset;
import ai.djl.training.loss.Loss;
import ai.djl.translate.TranslateException;
import io.github.djlqat.fakequant.QuantizedLayer;
import io.github.djlqat.sensitivity.Samples.Sample;
import io.github.djlqat.sensitivity.Trials.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Measures how much a network suffers from each candidate at each layer: quantizes one layer at a
 * time and compares with floating point.
 *
 * <p>The network is prepared once for each candidate and calibrated once for each format of
 * activations; a trial only chooses which layer's quantizers work. The model is not changed.
 *
 * <pre>{@code
 * Sensitivity sensitivity =
 *         SensitivityAnalysis.builder()
 *                 .setCandidates(Candidate.grid(List.of(2, 4, 8), List.of(4, 8)))
 *                 .build()
 *                 .analyze(model, dataset, new Shape(1, 3, 32, 32));
 * System.out.print(sensitivity.table(Measure.OUTPUT_KL));
 * }</pre>
 */
public final class SensitivityAnalysis {

    private final List<Candidate> candidates;
    private final TrialPlan plan;
    private final Set<Measure> measures;
    private final @Nullable Loss loss;
    private final int batches;
    private final int probes;
    private final long seed;
    private final SensitivityListener listener;

    private SensitivityAnalysis(Builder builder) {
        candidates = List.copyOf(builder.candidates);
        plan = builder.separate ? TrialPlan.separate(candidates) : TrialPlan.whole(candidates);
        measures = EnumSet.copyOf(builder.measures);
        loss = builder.loss;
        batches = builder.batches;
        probes = builder.probes;
        seed = builder.seed;
        listener = builder.listener;
    }

    /**
     * Starts to build an analysis.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Analyzes a model.
     *
     * @param model a model in floating point whose block has its parameters and gives logits, the
     *     classes along the last axis of its first output
     * @param data batches of inputs, and of labels where a loss is given
     * @param inputShapes the shapes of the inputs, the first dimension counting samples
     * @return the scores
     * @throws IOException if the data cannot be read
     * @throws TranslateException if the data cannot be processed
     * @throws InterruptedException if the thread was interrupted; the model is then as it was
     * @throws IllegalArgumentException if the model has no block or parameters, or cannot be
     *     prepared by a candidate, or the dataset is empty
     */
    public Sensitivity analyze(Model model, Dataset data, Shape... inputShapes)
            throws IOException, TranslateException, InterruptedException {
        Block block = model.getBlock();
        if (block == null || !block.isInitialized()) {
            throw new IllegalArgumentException(
                    "The model "
                            + model.getName()
                            + " has no parameters yet; set its block and load or train it first.");
        }
        try (NDManager scope = model.getNDManager().newSubManager()) {
            Samples samples = Samples.read(data, scope, batches);
            TrialLoss trialLoss = new TrialLoss(loss);
            Trials trials =
                    new Trials(
                            block,
                            plan.trials(),
                            samples,
                            trialLoss,
                            scope,
                            samples.like(scope, inputShapes));
            return new Run(block, samples, trialLoss, scope, trials).sensitivity();
        }
    }

    /** One analysis. */
    private final class Run {

        private final Block block;
        private final Samples samples;
        private final TrialLoss trialLoss;
        private final NDManager scope;
        private final Trials trials;
        private final List<QuantizedLayer> uses;
        private final List<LayerSize> sizes;
        private final boolean second;
        private final int total;
        private int done;

        Run(Block block, Samples samples, TrialLoss trialLoss, NDManager scope, Trials trials) {
            this.block = block;
            this.samples = samples;
            this.trialLoss = trialLoss;
            this.scope = scope;
            this.trials = trials;
            uses = trials.layers();
            sizes = LayerSize.of(uses);
            second = measures.contains(Measure.HAWQ_V2);
            total =
                    sizes.size() * plan.trials().size()
                            + (second ? 2 * probes * samples.batches().size() : 0);
        }

        Sensitivity sensitivity() throws InterruptedException {
            Map<String, Double> weightTraces =
                    second ? traces("weights", Perturbation.ofWeights(uses)) : Map.of();
            Map<String, Double> inputTraces =
                    second ? traces("activations", Perturbation.ofInputs(uses)) : Map.of();
            List<LayerSensitivity> layers = new ArrayList<>();
            for (LayerSize size : sizes) {
                Double weightTrace = weightTraces.get(size.weight());
                Double inputTrace = second ? inputTrace(size, inputTraces) : null;
                Map<Candidate, Map<Measure, Double>> measured = new LinkedHashMap<>();
                for (Candidate trial : plan.trials()) {
                    measured.put(trial, scores(size, trial, weightTrace, inputTrace));
                    step(size.name());
                }
                Map<String, Map<Measure, Double>> scores = new LinkedHashMap<>();
                candidates.forEach(c -> scores.put(c.name(), plan.scores(c, measured)));
                layers.add(new LayerSensitivity(size, scores, weightTrace, inputTrace));
            }
            return new Sensitivity(samples.size(), candidates, layers);
        }

        private double inputTrace(LayerSize size, Map<String, Double> traces) {
            return uses.stream()
                    .filter(use -> use.name().equals(size.name()))
                    .mapToDouble(use -> Objects.requireNonNull(traces.get(use.site().toString())))
                    .sum();
        }

        /** Returns the mean of the probes' estimates, batches weighted by their samples. */
        private Map<String, Double> traces(String what, Perturbation tensors)
                throws InterruptedException {
            HutchinsonTrace trace = new HutchinsonTrace(block, tensors, trialLoss, scope);
            SplittableRandom random = new SplittableRandom(seed);
            Map<String, Double> means = new LinkedHashMap<>();
            for (int probe = 0; probe < probes; probe++) {
                for (Sample sample : samples.batches()) {
                    double share = (double) sample.size() / samples.size() / probes;
                    trace.probe(sample, random)
                            .forEach(
                                    (name, curvature) ->
                                            means.merge(name, curvature * share, Double::sum));
                    step("curvature of " + what);
                }
            }
            return means;
        }

        private Map<Measure, Double> scores(
                LayerSize size,
                Candidate candidate,
                @Nullable Double weightTrace,
                @Nullable Double inputTrace) {
            Map<Measure, Double> scores = new EnumMap<>(Measure.class);
            if (candidate.isFloatingPoint()) {
                measures.forEach(
                        measure ->
                                scores.put(
                                        measure,
                                        measure.higherIsBetter() ? Double.POSITIVE_INFINITY : 0));
                return scores;
            }
            Outcome outcome = trials.run(size.name(), candidate);
            for (Measure measure : measures) {
                scores.put(
                        measure,
                        switch (measure) {
                            case OUTPUT_KL -> outcome.kl();
                            case OUTPUT_SQNR -> outcome.output().decibels();
                            case LAYER_SQNR -> outcome.tap().output().decibels();
                            case LOSS_INCREASE -> outcome.lossIncrease();
                            case HAWQ_V2 ->
                                    hawq(
                                            size,
                                            outcome.tap(),
                                            Objects.requireNonNull(weightTrace),
                                            Objects.requireNonNull(inputTrace));
                        });
            }
            return scores;
        }

        private double hawq(LayerSize size, LayerTap tap, double weightTrace, double inputTrace) {
            // Below zero is what probes cannot tell from flat; errors must not be sought there.
            return Math.max(0, weightTrace) / size.weights() * tap.weightNoise()
                    + Math.max(0, inputTrace) / size.inputs() * (tap.inputNoise() / samples.size());
        }

        private void step(String what) throws InterruptedException {
            done++;
            listener.onProgress(what, done, total);
            if (Thread.interrupted()) {
                throw new InterruptedException(
                        "The analysis was interrupted after " + done + " of " + total + " steps.");
            }
        }
    }

    /** Builds a {@link SensitivityAnalysis}. */
    public static final class Builder extends MeasuringBuilder<Builder> {

        private List<Candidate> candidates = List.of();
        private Set<Measure> measures = EnumSet.of(Measure.OUTPUT_KL);

        private Builder() {
            super(false);
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * Sets what each layer may be quantized to.
         *
         * @param candidates the candidates
         * @return this builder
         */
        public Builder setCandidates(List<Candidate> candidates) {
            this.candidates = List.copyOf(candidates);
            return this;
        }

        /**
         * Sets what is measured; {@link Measure#OUTPUT_KL} by default.
         *
         * @param measures the measures
         * @return this builder
         */
        public Builder optMeasures(Measure... measures) {
            this.measures = Set.of(measures);
            return this;
        }

        /**
         * Builds the analysis.
         *
         * @return the analysis
         * @throws IllegalArgumentException if there is no candidate or no measure, two candidates
         *     have one name, or a number is below 1
         */
        public SensitivityAnalysis build() {
            if (candidates.stream().allMatch(Candidate::isFloatingPoint)) {
                throw new IllegalArgumentException(
                        "An analysis needs at least one candidate that quantizes something.");
            }
            Set<String> names = new HashSet<>();
            for (Candidate candidate : candidates) {
                if (!names.add(candidate.name())) {
                    throw new IllegalArgumentException(
                            "There are two candidates of the name " + candidate.name() + ".");
                }
            }
            if (measures.isEmpty()) {
                throw new IllegalArgumentException("An analysis needs at least one measure.");
            }
            if (batches < 1 || probes < 1) {
                throw new IllegalArgumentException(
                        "An analysis has at least one batch and one probe, not "
                                + batches
                                + " and "
                                + probes
                                + ".");
            }
            return new SensitivityAnalysis(this);
        }
    }
}
