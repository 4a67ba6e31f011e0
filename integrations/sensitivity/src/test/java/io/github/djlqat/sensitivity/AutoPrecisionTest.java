package io.github.djlqat.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.fakequant.QuantizedLayer;
import io.github.djlqat.format.IntegerFormat;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.recipe.TrainingOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutoPrecisionTest {

    private static final List<Candidate> GRID =
            Candidate.grid(List.of(2, 3, 4, 6, 8), List.of(2, 4, 8));

    /** Scores of layers of random sizes, falling with bits as errors do. */
    private static Sensitivity scores(long seed, int layers) {
        Random random = new Random(seed);
        List<LayerSensitivity> found = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            LayerSize size =
                    new LayerSize(
                            "layer" + i,
                            "linear",
                            "weight" + (i == 1 ? 0 : i),
                            1 + random.nextInt(1000),
                            4,
                            1 + random.nextInt(1000),
                            1 + random.nextInt(10000));
            double weights = Math.exp(random.nextGaussian() * 2);
            double inputs = Math.exp(random.nextGaussian() * 2);
            Map<String, Map<Measure, Double>> scores = new LinkedHashMap<>();
            for (Candidate candidate : GRID) {
                scores.put(
                        candidate.name(),
                        Map.of(
                                Measure.OUTPUT_KL,
                                weights * Math.pow(4, -candidate.weightBits())
                                        + inputs * Math.pow(4, -candidate.activationBits())));
            }
            found.add(new LayerSensitivity(size, scores, null, null));
        }
        return new Sensitivity(1, GRID, found);
    }

    /** The least cost among all assignments that keep a budget, or infinity. */
    private static double best(Sensitivity sensitivity, Map<String, Budget> budgets) {
        int layers = sensitivity.layers().size();
        double best = Double.POSITIVE_INFINITY;
        for (long code = 0; code < Math.round(Math.pow(GRID.size(), layers)); code++) {
            long rest = code;
            double cost = 0;
            double weightBits = 0;
            double activationBits = 0;
            double bytes = 0;
            double operations = 0;
            double weights = 0;
            double inputs = 0;
            List<Candidate> chosen = new ArrayList<>();
            for (LayerSensitivity layer : sensitivity.layers()) {
                Candidate candidate = GRID.get((int) (rest % GRID.size()));
                rest /= GRID.size();
                chosen.add(candidate);
                LayerSize size = layer.layer();
                cost += layer.scores().get(candidate.name()).get(Measure.OUTPUT_KL);
                weights += size.weights();
                inputs += size.inputs();
                weightBits += candidate.weightBits() * size.weights();
                activationBits += candidate.activationBits() * size.inputs();
                bytes += Math.ceil(candidate.weightBits() * size.weights() / 8) + 4 * 4;
                operations +=
                        candidate.weightBits()
                                * candidate.activationBits()
                                * size.multiplications();
            }
            boolean shared = chosen.get(0).weightBits() == chosen.get(1).weightBits();
            boolean kept =
                    (!budgets.containsKey("average")
                                    || weightBits / weights <= 4 && activationBits / inputs <= 4)
                            && (!budgets.containsKey("bytes") || bytes <= 900)
                            && (!budgets.containsKey("operations") || operations <= 3e5);
            if (shared && kept) {
                best = Math.min(best, cost);
            }
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void allocationIsTheBestThatKeepsTheBudget(long seed) {
        Sensitivity sensitivity = scores(seed, 4);
        Map<String, Budget> budgets = new LinkedHashMap<>();
        budgets.put("average", Budget.averageBits(4));
        if (seed % 2 == 0) {
            budgets.put("bytes", Budget.modelBytes(900));
        }
        if (seed % 3 == 0) {
            budgets.put("operations", Budget.bitOperations(3e5));
        }
        Budget budget = budgets.values().stream().reduce(Budget::and).orElseThrow();
        double best = best(sensitivity, budgets);
        if (Double.isInfinite(best)) {
            assertThatThrownBy(() -> BitAllocation.solve(sensitivity, Measure.OUTPUT_KL, budget))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("No choice among");
            return;
        }
        Allocation allocation = BitAllocation.solve(sensitivity, Measure.OUTPUT_KL, budget);
        assertThat(allocation.cost()).isCloseTo(best, within(1e-10 * best));
        assertThat(allocation.figures())
                .allSatisfy(
                        figure -> assertThat(figure.used()).isLessThanOrEqualTo(figure.limit()));
        assertThat(allocation.candidates().get("layer0").weightBits())
                .isEqualTo(allocation.candidates().get("layer1").weightBits());
    }

    @Test
    void latencyIsTakenFromTheTable() {
        Sensitivity sensitivity = scores(1, 3);
        Map<String, Map<String, Double>> times = new HashMap<>();
        for (LayerSensitivity layer : sensitivity.layers()) {
            Map<String, Double> byCandidate = new HashMap<>();
            GRID.forEach(c -> byCandidate.put(c.name(), c.name().equals("w8a8") ? 0.3 : 0.1));
            times.put(layer.layer().name(), byCandidate);
        }
        Allocation allocation =
                BitAllocation.solve(sensitivity, Measure.OUTPUT_KL, Budget.latency(0.5, times));
        assertThat(allocation.candidates().values().stream().filter(c -> c.name().equals("w8a8")))
                .hasSize(1);
        assertThat(allocation.figures().get(0).used()).isCloseTo(0.5, within(1e-9));
        times.get("layer2").remove("w2a4");
        assertThatThrownBy(
                        () ->
                                BitAllocation.solve(
                                        sensitivity, Measure.OUTPUT_KL, Budget.latency(0.5, times)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no time for layer layer2 with w2a4");
    }

    @Test
    void aBudgetThatCannotBeKeptNamesTheLeastThatCan() {
        Sensitivity sensitivity = scores(1, 4);
        assertThatThrownBy(
                        () ->
                                BitAllocation.solve(
                                        sensitivity,
                                        Measure.OUTPUT_KL,
                                        Budget.averageBits(4).and(Budget.averageWeightBits(1.5))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("average weight bits within 1.5 bits")
                .hasMessageContaining("is 2.0 bits");
        assertThatThrownBy(() -> Budget.averageBits(Double.NaN))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Map<String, IntegerFormat> formats(QuantizedBlock prepared, boolean weights) {
        Map<String, IntegerFormat> formats = new LinkedHashMap<>();
        for (Map.Entry<String, FakeQuantize> entry : prepared.getQuantizers().entrySet()) {
            if (prepared.isWeightQuantizer(entry.getKey()) == weights) {
                formats.put(entry.getKey(), entry.getValue().getRecipe().scheme().format());
            }
        }
        return formats;
    }

    @Test
    void recipeGivesEveryLayerItsFormatsAlsoThroughYaml() throws Exception {
        try (Model model = Networks.convolutional(1)) {
            List<String> layers = new ArrayList<>();
            try (Model same = Networks.convolutional(1)) {
                Quantization.prepare(same, uniform(Candidate.integers(8, 8)), Networks.IMAGE)
                        .getLayers()
                        .forEach(layer -> layers.add(layer.name()));
            }
            Map<String, Candidate> candidates = new LinkedHashMap<>();
            candidates.put(layers.get(0), Candidate.integers(8, 6));
            candidates.put(layers.get(1), Candidate.integers(3, 5));
            candidates.put(layers.get(2), Candidate.parse("int4-weight-only"));
            Recipe recipe =
                    MixedPrecisionRecipe.of("mixed", candidates, null, TrainingOptions.DEFAULT);
            Recipe read = RecipeReader.read(RecipeWriter.toYaml(recipe), RecipeFormat.YAML);
            assertThat(read).isEqualTo(recipe);
            QuantizedBlock prepared = Quantization.prepare(model, read, Networks.IMAGE);
            assertThat(prepared.getQuantizedLayers()).isEqualTo(layers);
            assertThat(formats(prepared, true).values())
                    .containsExactlyInAnyOrder(
                            new IntegerFormat(8, true, true),
                            new IntegerFormat(3, true, false),
                            new IntegerFormat(4, true, true));
            for (QuantizedLayer layer : prepared.getLayers()) {
                assertThat(formats(prepared, true).get(layer.weight()).bits())
                        .isEqualTo((int) candidates.get(layer.name()).weightBits());
            }
            assertThat(formats(prepared, false).values())
                    .containsExactly(
                            new IntegerFormat(6, false, false), new IntegerFormat(5, false, false));
        }
    }

    @Test
    void floatingPointLayersStayOut() throws Exception {
        try (Model model = Networks.smooth(1)) {
            List<String> names = new ArrayList<>();
            try (Model same = Networks.smooth(1)) {
                Quantization.prepare(same, uniform(Candidate.integers(8, 8)), Networks.VECTOR)
                        .getLayers()
                        .forEach(layer -> names.add(layer.name()));
            }
            Map<String, Candidate> candidates =
                    Map.of(
                            names.get(0), Candidate.floatingPoint(),
                            names.get(1), Candidate.integers(4, 4));
            Recipe recipe =
                    MixedPrecisionRecipe.of("half", candidates, null, TrainingOptions.DEFAULT);
            assertThat(Quantization.prepare(model, recipe, Networks.VECTOR).getQuantizedLayers())
                    .containsExactly(names.get(1));
        }
    }

    private static Recipe uniform(Candidate candidate) {
        return new Recipe(
                "uniform",
                candidate.weights(),
                candidate.activations(),
                null,
                List.of(),
                TrainingOptions.DEFAULT);
    }

    @Test
    void modelsOfTokensAreSearchedAndPrepared() throws Exception {
        Shape input = new Shape(1, 3);
        try (Model model = Networks.ofTokens(1)) {
            NDManager manager = model.getNDManager();
            ArrayDataset data =
                    new ArrayDataset.Builder()
                            .setData(
                                    manager.arange(24)
                                            .mod(8)
                                            .toType(DataType.INT64, false)
                                            .reshape(8, 3))
                            .optLabels(manager.arange(8).mod(Networks.CLASSES))
                            .setSampling(4, false)
                            .build();
            PrecisionPlan plan =
                    AutoPrecision.builder()
                            .optCandidates(Candidate.grid(List.of(2, 8), List.of(8)))
                            .setBudget(Budget.averageWeightBits(5))
                            .build()
                            .prepare(model, data, input);
            QuantizedBlock prepared = (QuantizedBlock) model.getBlock();
            assertThat(prepared.getRecipe()).isEqualTo(plan.recipe());
            assertThat(prepared.getLayers()).hasSize(2);
            assertThat(Quantization.convert(model).graphs())
                    .allSatisfy(
                            graph ->
                                    assertThat(graph.inputs().get(0).dataType())
                                            .isEqualTo(DataType.INT64));
        }
    }

    @Test
    void oneCallPreparesAModelThatTrains() throws Exception {
        try (Model model = Networks.convolutional(1)) {
            Shape input = Networks.IMAGE;
            ArrayDataset data = Networks.data(model, input, 32, 8, 1);
            PrecisionPlan plan =
                    AutoPrecision.builder()
                            .optCandidates(Candidate.grid(List.of(2, 4, 8), List.of(2, 6)))
                            .setBudget(Budget.averageBits(4))
                            .optName("mixed")
                            .build()
                            .prepare(model, data, input);
            QuantizedBlock prepared = (QuantizedBlock) model.getBlock();
            assertThat(prepared.getRecipe()).isEqualTo(plan.recipe());
            for (QuantizedLayer layer : prepared.getLayers()) {
                assertThat(formats(prepared, true).get(layer.weight()).bits())
                        .isEqualTo(
                                (int)
                                        plan.allocation()
                                                .candidates()
                                                .get(layer.name())
                                                .weightBits());
            }
            assertThat(plan.allocation().figures())
                    .allSatisfy(figure -> assertThat(figure.used()).isBetween(2.0, 4.0));
            assertThat(plan.report()).contains("average weight bits", "of 4 bits");
            float[] before = Networks.outputs(model, data);
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss());
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(input);
                EasyTrain.fit(trainer, 1, data, null);
            }
            assertThat(Networks.outputs(model, data)).isNotEqualTo(before);
            assertThat(Quantization.convert(model).graphs()).hasSize(2);
        }
    }

    @Test
    void aSearchMinimizesOneMeasureAndKeepsOthersAndTheSchedule() throws Exception {
        TrainingOptions training = new TrainingOptions(false, 7, 9);
        try (Model model = Networks.smooth(1)) {
            Block before = model.getBlock();
            PrecisionPlan plan =
                    AutoPrecision.builder()
                            .setBudget(Budget.averageBits(4))
                            .optCandidates(Candidate.grid(List.of(2, 8), List.of(2, 8)))
                            .optMeasure(Measure.LAYER_SQNR)
                            .optAlsoMeasures(Measure.OUTPUT_KL)
                            .optTraining(training)
                            .build()
                            .search(
                                    model,
                                    Networks.data(model, Networks.VECTOR, 16, 8, 1),
                                    Networks.VECTOR);
            assertThat(model.getBlock()).isSameAs(before);
            assertThat(plan.recipe().training()).isEqualTo(training);
            assertThat(plan.allocation().measure()).isEqualTo(Measure.LAYER_SQNR);
            assertThat(plan.allocation())
                    .isEqualTo(
                            BitAllocation.solve(
                                    plan.sensitivity(), Measure.LAYER_SQNR, Budget.averageBits(4)));
            for (LayerSensitivity layer : plan.sensitivity().layers()) {
                assertThat(layer.scores().values())
                        .allSatisfy(
                                scores ->
                                        assertThat(scores)
                                                .containsOnlyKeys(
                                                        Measure.LAYER_SQNR, Measure.OUTPUT_KL));
            }
        }
        assertThatThrownBy(() -> AutoPrecision.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("setBudget");
    }

    @ParameterizedTest
    @ValueSource(strings = {"w1a4", "w4a9", "int7", "w4", ""})
    void namesThatAreNoCandidatesAreRefused(String name) {
        assertThatThrownBy(() -> Candidate.parse(name))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bitsCountWhatValuesAreKeptIn() {
        assertThat(Candidate.integers(3, 5).weightBits()).isEqualTo(3);
        assertThat(Candidate.integers(3, 5).activationBits()).isEqualTo(5);
        assertThat(Candidate.parse("int8-weight-only").activationBits()).isEqualTo(32);
        assertThat(Candidate.parse("bf16").weightBits()).isEqualTo(16);
        assertThat(Candidate.parse("fp8-e4m3").weightBits()).isEqualTo(8);
        assertThat(Candidate.parse("mxfp4").weightBits()).isEqualTo(4.25);
        assertThat(Candidate.parse("w8a8").weights()).isEqualTo(Candidate.parse("int8").weights());
    }
}
