package io.github.djlqat.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores are compared with those of models that are prepared for one layer only. */
class SensitivityAnalysisTest {

    private static final List<Candidate> CANDIDATES =
            List.of(
                    Candidate.integers(2, 8),
                    Candidate.integers(3, 3),
                    Candidate.integers(8, 4),
                    Candidate.parse("int4-weight-only"),
                    Candidate.floatingPoint());

    private static Sensitivity analyze(Model model, ArrayDataset data, Measure... measures)
            throws Exception {
        return SensitivityAnalysis.builder()
                .setCandidates(CANDIDATES)
                .optMeasures(measures)
                .optLoss(Loss.softmaxCrossEntropyLoss())
                .optBatches(2)
                .optProbes(2, 1)
                .build()
                .analyze(model, data, Networks.IMAGE);
    }

    private static QuantizedBlock onlyLayer(
            Model model, NDManager scope, String layer, Candidate candidate, ArrayDataset data)
            throws Exception {
        Recipe recipe =
                MixedPrecisionRecipe.of(
                        "one",
                        Map.of(layer, candidate),
                        null,
                        // Otherwise shifts are rounded to the accumulator's units, too.
                        new TrainingOptions(false, -1, -1));
        QuantizedBlock prepared =
                Quantization.prepare(model.getBlock(), scope, recipe, Networks.IMAGE);
        if (candidate.activations() != null) {
            Quantization.calibrate(
                    prepared,
                    scope,
                    Samples.read(data, scope, 2).batches().stream()
                            .map(Samples.Sample::inputs)
                            .toList());
        }
        return prepared;
    }

    private static float[] outputs(Block block, Model model, ArrayDataset data) throws Exception {
        try (Model other = Model.newInstance("other")) {
            other.setBlock(block);
            return Networks.outputs(other, data);
        }
    }

    private static double meanLoss(Block block, Model model, ArrayDataset data) throws Exception {
        double sum = 0;
        int batches = 0;
        try (NDManager scope = model.getNDManager().newSubManager()) {
            for (var batch : data.getData(scope)) {
                NDList outputs =
                        block.forward(new ParameterStore(scope, false), batch.getData(), false);
                sum +=
                        Loss.softmaxCrossEntropyLoss()
                                .evaluate(batch.getLabels(), outputs)
                                .getFloat();
                batches++;
            }
        }
        return sum / batches;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void scoresAreThoseOfAModelWithOneQuantizedLayer(long seed) throws Exception {
        try (Model model = Networks.convolutional(seed)) {
            ArrayDataset data = Networks.data(model, Networks.IMAGE, 16, 8, seed + 10);
            Sensitivity sensitivity =
                    analyze(
                            model,
                            data,
                            Measure.OUTPUT_KL,
                            Measure.OUTPUT_SQNR,
                            Measure.LOSS_INCREASE);
            assertThat(sensitivity.samples()).isEqualTo(16);
            assertThat(sensitivity.layers()).hasSize(3);
            float[] exact = Networks.outputs(model, data);
            double exactLoss = meanLoss(model.getBlock(), model, data);
            for (LayerSensitivity layer : sensitivity.layers()) {
                for (Candidate candidate : CANDIDATES.subList(0, 4)) {
                    try (NDManager scope = model.getNDManager().newSubManager()) {
                        String name = layer.layer().name();
                        Block one = onlyLayer(model, scope, name, candidate, data);
                        float[] quantized = outputs(one, model, data);
                        String what = name + " " + candidate.name();
                        Map<Measure, Double> scores = layer.scores().get(candidate.name());
                        double kl = OutputKl.sum(exact, quantized, Networks.CLASSES) / 16;
                        assertThat(scores.get(Measure.OUTPUT_KL))
                                .as(what)
                                .isCloseTo(kl, within(1e-6 + 1e-3 * kl));
                        assertThat(scores.get(Measure.OUTPUT_SQNR))
                                .as(what)
                                .isCloseTo(
                                        SignalToNoise.of(exact, quantized).decibels(),
                                        within(0.01));
                        assertThat(scores.get(Measure.LOSS_INCREASE))
                                .as(what)
                                .isCloseTo(meanLoss(one, model, data) - exactLoss, within(1e-4));
                    }
                }
            }
        }
    }

    @Test
    void whatIsNotQuantizedLosesNothing() throws Exception {
        try (Model model = Networks.convolutional(1)) {
            ArrayDataset data = Networks.data(model, Networks.IMAGE, 8, 4, 1);
            Sensitivity sensitivity = analyze(model, data, Measure.values());
            for (LayerSensitivity layer : sensitivity.layers()) {
                assertThat(layer.scores().get("float"))
                        .containsEntry(Measure.OUTPUT_KL, 0.0)
                        .containsEntry(Measure.LAYER_SQNR, Double.POSITIVE_INFINITY)
                        .containsEntry(Measure.HAWQ_V2, 0.0);
            }
        }
    }

    @Test
    void layerNoiseOfASingleLayerIsTheOutputs() throws Exception {
        try (Model model = Networks.linear(1)) {
            ArrayDataset data = Networks.data(model, Networks.VECTOR, 16, 8, 1);
            Sensitivity sensitivity =
                    SensitivityAnalysis.builder()
                            .setCandidates(CANDIDATES)
                            .optMeasures(Measure.OUTPUT_SQNR, Measure.LAYER_SQNR)
                            .build()
                            .analyze(model, data, Networks.VECTOR);
            Map<String, Map<Measure, Double>> scores = sensitivity.layers().get(0).scores();
            for (Candidate candidate : CANDIDATES.subList(0, 4)) {
                Map<Measure, Double> measured = scores.get(candidate.name());
                assertThat(measured.get(Measure.LAYER_SQNR))
                        .isFinite()
                        .isCloseTo(measured.get(Measure.OUTPUT_SQNR), within(1e-3));
            }
        }
    }

    /** The score is rebuilt from the quantizers' scales, value by value. */
    @Test
    void secondOrderScoreWeighsSquaredErrorsByMeanCurvature() throws Exception {
        try (Model model = Networks.linear(1);
                NDManager scope = model.getNDManager().newSubManager()) {
            ArrayDataset data = Networks.data(model, Networks.VECTOR, 8, 8, 1);
            Candidate candidate = Candidate.integers(3, 4);
            Sensitivity sensitivity =
                    SensitivityAnalysis.builder()
                            .setCandidates(List.of(candidate))
                            .optMeasures(Measure.HAWQ_V2)
                            .build()
                            .analyze(model, data, Networks.VECTOR);
            Recipe recipe =
                    new Recipe(
                            "same",
                            candidate.weights(),
                            candidate.activations(),
                            null,
                            List.of(),
                            TrainingOptions.DEFAULT);
            QuantizedBlock prepared =
                    Quantization.prepare(model.getBlock(), scope, recipe, Networks.VECTOR);
            NDList inputs = Samples.read(data, scope, 1).batches().get(0).inputs();
            Quantization.calibrate(prepared, scope, List.of(inputs));
            LayerSensitivity layer = sensitivity.layers().get(0);
            double weightNoise = 0;
            double inputNoise = 0;
            for (var entry : prepared.getQuantizers().entrySet()) {
                boolean weight = prepared.isWeightQuantizer(entry.getKey());
                float[] values =
                        weight
                                ? model.getBlock()
                                        .getParameters()
                                        .get(entry.getKey())
                                        .getArray()
                                        .toFloatArray()
                                : inputs.head().toFloatArray();
                double noise = noise(values, entry.getValue());
                weightNoise += weight ? noise : 0;
                inputNoise += weight ? 0 : noise / 8;
            }
            double expected =
                    Math.max(0, layer.weightTrace()) / (3 * Networks.CLASSES) * weightNoise
                            + Math.max(0, layer.inputTrace()) / 3 * inputNoise;
            assertThat(expected).isPositive();
            assertThat(layer.scores().get("w3a4").get(Measure.HAWQ_V2))
                    .isCloseTo(expected, within(1e-4 * expected));
        }
    }

    private static double noise(float[] values, FakeQuantize quantizer) {
        QuantizationParameters parameters = quantizer.getQuantizationParameters();
        float[] scales = parameters.scales();
        int[] zeros = parameters.zeroPoints();
        var format = quantizer.getRecipe().scheme().format();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            int slice = i / (values.length / scales.length);
            double code = Math.rint(values[i] / scales[slice]) + zeros[slice];
            code = Math.min(format.qmax(), Math.max(format.qmin(), code));
            double difference = (code - zeros[slice]) * scales[slice] - values[i];
            sum += difference * difference;
        }
        return sum;
    }

    @Test
    void sharedAndTransposedWeightsAreMeasuredInEveryUse() throws Exception {
        try (Model model = Networks.sharing(2)) {
            ArrayDataset data = Networks.data(model, Networks.VECTOR, 8, 4, 1);
            Sensitivity sensitivity =
                    SensitivityAnalysis.builder()
                            .setCandidates(List.of(Candidate.integers(3, 8)))
                            .optMeasures(Measure.values())
                            .build()
                            .analyze(model, data, Networks.VECTOR);
            assertThat(sensitivity.layers())
                    .extracting(l -> l.layer().name())
                    .containsExactly("01first", "tied", "last");
            LayerSize tied = sensitivity.layer("tied").layer();
            assertThat(tied.weights()).isEqualTo(16);
            assertThat(tied.inputs()).isEqualTo(4 + 4);
            assertThat(tied.multiplications()).isEqualTo(16 + 16);
            assertThat(sensitivity.score("tied", "w3a8", Measure.LAYER_SQNR)).isBetween(5.0, 40.0);
            assertThat(sensitivity.score("tied", "w3a8", Measure.HAWQ_V2)).isFinite();
            // The last layer's weight is transposed on its way; its output is the network's.
            assertThat(sensitivity.score("last", "w3a8", Measure.LAYER_SQNR))
                    .isBetween(5.0, 40.0)
                    .isCloseTo(
                            sensitivity.score("last", "w3a8", Measure.OUTPUT_SQNR), within(1e-3));
        }
    }

    @Test
    void theModelAndItsMemoryStayAsTheyWere() throws Exception {
        try (Model model = Networks.convolutional(1)) {
            ArrayDataset data = Networks.data(model, Networks.IMAGE, 8, 4, 1);
            float[] before = Networks.outputs(model, data);
            Block block = model.getBlock();
            analyze(model, data, Measure.values());
            int arrays = model.getNDManager().getManagedArrays().size();
            for (int i = 0; i < 3; i++) {
                analyze(model, data, Measure.values());
                assertThat(model.getNDManager().getManagedArrays()).hasSize(arrays);
            }
            assertThat(model.getBlock()).isSameAs(block);
            assertThat(Networks.outputs(model, data)).containsExactly(before);
        }
    }

    @Test
    void oneTrialLeavesNothingInTheManagerOfTheAnalysis() throws Exception {
        try (Model model = Networks.convolutional(1);
                NDManager scope = model.getNDManager().newSubManager()) {
            ArrayDataset data = Networks.data(model, Networks.IMAGE, 8, 4, 1);
            Samples samples = Samples.read(data, scope, 2);
            Candidate candidate = Candidate.integers(3, 3);
            Trials trials =
                    new Trials(
                            model.getBlock(),
                            List.of(candidate),
                            samples,
                            new TrialLoss(Loss.softmaxCrossEntropyLoss()),
                            scope,
                            samples.batches().get(0).inputs());
            HutchinsonTrace trace =
                    new HutchinsonTrace(
                            model.getBlock(),
                            Perturbation.ofWeights(trials.layers()),
                            new TrialLoss(null),
                            scope);
            String layer = trials.layers().get(1).name();
            trials.run(layer, candidate);
            trace.probe(samples.batches().get(0), new java.util.SplittableRandom(1));
            int arrays = scope.getManagedArrays().size();
            int parent = model.getNDManager().getManagedArrays().size();
            for (int i = 0; i < 5; i++) {
                trials.run(layer, candidate);
                trace.probe(samples.batches().get(0), new java.util.SplittableRandom(i));
            }
            assertThat(scope.getManagedArrays()).hasSize(arrays);
            assertThat(model.getNDManager().getManagedArrays()).hasSize(parent);
        }
    }

    /** Apart, a pair costs what its weights and its activations cost. */
    @Test
    void formatsMeasuredApartAddTheirCosts() throws Exception {
        try (Model model = Networks.convolutional(2)) {
            ArrayDataset data = Networks.data(model, Networks.IMAGE, 8, 8, 1);
            Candidate pair = Candidate.integers(3, 4);
            Candidate other = Candidate.integers(3, 2);
            Candidate weights = new Candidate("weights", pair.weights(), null);
            Candidate activations = new Candidate("activations", null, pair.activations());
            List<String> runs = new ArrayList<>();
            Sensitivity apart =
                    SensitivityAnalysis.builder()
                            .setCandidates(List.of(pair, other, weights, Candidate.floatingPoint()))
                            .optMeasures(Measure.OUTPUT_KL, Measure.OUTPUT_SQNR)
                            .optSeparate(true)
                            .optListener((what, done, total) -> runs.add(what))
                            .build()
                            .analyze(model, data, Networks.IMAGE);
            Sensitivity whole =
                    SensitivityAnalysis.builder()
                            .setCandidates(List.of(weights, activations))
                            .optMeasures(Measure.OUTPUT_KL, Measure.OUTPUT_SQNR)
                            .build()
                            .analyze(model, data, Networks.IMAGE);
            for (LayerSensitivity layer : whole.layers()) {
                String name = layer.layer().name();
                for (Measure measure : layer.scores().get("weights").keySet()) {
                    double one = measure.cost(whole.score(name, "weights", measure));
                    double two = measure.cost(whole.score(name, "activations", measure));
                    assertThat(measure.cost(apart.score(name, "w3a4", measure)))
                            .isCloseTo(one + two, within(1e-9 * (one + two)));
                    assertThat(measure.cost(apart.score(name, "weights", measure)))
                            .isCloseTo(one, within(1e-9 * one));
                }
                assertThat(apart.score(name, "float", Measure.OUTPUT_KL)).isEqualTo(0);
            }
            // Three layers; one format of weights and none, two of activations and none.
            assertThat(runs).hasSize(3 * (2 + 3));
        }
    }

    @Test
    void anInterruptEndsTheAnalysis() throws Exception {
        try (Model model = Networks.convolutional(1)) {
            ArrayDataset data = Networks.data(model, Networks.IMAGE, 8, 4, 1);
            List<Integer> heard = new ArrayList<>();
            SensitivityAnalysis analysis =
                    SensitivityAnalysis.builder()
                            .setCandidates(CANDIDATES)
                            .optListener(
                                    (what, done, total) -> {
                                        heard.add(done);
                                        assertThat(total).isEqualTo(15);
                                        if (done == 4) {
                                            Thread.currentThread().interrupt();
                                        }
                                    })
                            .build();
            assertThatThrownBy(() -> analysis.analyze(model, data, Networks.IMAGE))
                    .isInstanceOf(InterruptedException.class)
                    .hasMessageContaining("4 of 15");
            assertThat(heard).containsExactly(1, 2, 3, 4);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void jsonKeepsEverything() throws Exception {
        try (Model model = Networks.linear(1)) {
            ArrayDataset data = Networks.data(model, Networks.VECTOR, 8, 8, 1);
            Sensitivity sensitivity =
                    SensitivityAnalysis.builder()
                            .setCandidates(CANDIDATES)
                            .optMeasures(Measure.values())
                            .build()
                            .analyze(model, data, Networks.VECTOR);
            assertThat(Sensitivity.fromJson(sensitivity.toJson())).isEqualTo(sensitivity);
        }
    }

    @Test
    void jsonThatIsNoneIsRefused() {
        assertThatThrownBy(() -> Sensitivity.fromJson("{\"samples\": 1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line: 1");
        assertThatThrownBy(() -> Sensitivity.fromJson("{\"samples\": 1}"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sensitivity.fromJson("null"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aModelWithoutParametersIsRefused() throws Exception {
        try (Model model = Model.newInstance("empty")) {
            ArrayDataset data = Networks.data(model, Networks.VECTOR, 8, 8, 1);
            SensitivityAnalysis analysis =
                    SensitivityAnalysis.builder().setCandidates(CANDIDATES).build();
            assertThatThrownBy(() -> analysis.analyze(model, data, Networks.VECTOR))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("empty has no parameters yet");
        }
    }

    @Test
    void candidatesThatQuantizeNothingAreRefused() {
        SensitivityAnalysis.Builder builder =
                SensitivityAnalysis.builder().setCandidates(List.of(Candidate.floatingPoint()));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one candidate");
        builder.setCandidates(List.of(Candidate.integers(4, 4), Candidate.integers(4, 4)));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two candidates of the name w4a4");
    }
}
