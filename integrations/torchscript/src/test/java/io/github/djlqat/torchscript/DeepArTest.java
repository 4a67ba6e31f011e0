package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Forecasters of DJL's examples, whose traces call one LSTM in four methods and draw a hundred
 * samples of four steps from negative binomial distributions.
 */
class DeepArTest {

    private static final Path FOLDER = Path.of("../../../shared/data/torchscript");
    private static final String FORWARD = "code/__torch__/gluonts/torch/model/deepar/module.py";

    /** Where the network gives the distributions of the steps of the past. */
    private static final Pattern PROJECTED =
            Pattern.compile("(_\\d+), (_\\d+), = \\(param_proj\\)\\.forward\\(_\\d+, \\)");

    private static final int STEPS = 4;

    @TempDir private Path folder;

    /** Each model runs a few times only, and optimizing it first takes longer than that. */
    @BeforeAll
    static void runUnoptimized() {
        Engine.getEngine("PyTorch");
        JniUtils.setGraphExecutorOptimize(false);
    }

    @AfterAll
    static void runOptimized() {
        JniUtils.setGraphExecutorOptimize(true);
    }

    private static Path model(String number) {
        Path file = FOLDER.resolve("djl_deepar_" + number + ".pt");
        assumeTrue(Files.exists(file));
        return file;
    }

    /** Sales that rise and fall by the week, of another level for each series. */
    private static NDList inputs(NDManager manager, int categories, int past, int series) {
        Random random = new Random(series);
        float level = 1 + 20 * random.nextFloat();
        float[] sales = new float[past];
        for (int i = 0; i < past; i++) {
            double mean = level * (1 + 0.5 * Math.sin(2 * Math.PI * i / 7));
            sales[i] = Math.round(Math.max(0, mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        return new NDList(
                manager.zeros(new Shape(1, categories), DataType.INT64),
                manager.zeros(new Shape(1, 1)),
                manager.create(new float[0], new Shape(1, past, 0)),
                manager.create(sales, new Shape(1, past)),
                manager.ones(new Shape(1, past)),
                manager.create(new float[0], new Shape(1, STEPS, 0)));
    }

    private static List<NDList> series(NDManager manager, int categories, int past) {
        return IntStream.range(100, 108)
                .mapToObj(i -> inputs(manager, categories, past, i))
                .toList();
    }

    private static float[] run(Model model, int categories, int past, int series, int seed) {
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDList inputs = inputs(manager, categories, past, series);
            manager.getEngine().setRandomSeed(seed);
            NDArray output =
                    model.getBlock()
                            .forward(new ParameterStore(manager, false), inputs, false)
                            .singletonOrThrow();
            return output.toFloatArray();
        }
    }

    @ParameterizedTest
    @CsvSource({"133741, 1, 161", "806789, 5, 1097"})
    void floatModeIsTheOriginalAndForecastsStay(String number, int categories, int past)
            throws IOException {
        Path file = model(number);
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(file, Presets.named("int8"), prepared);
        try (Model plain = TorchScriptQuantization.load(file);
                Model model = TorchScriptQuantization.load(prepared);
                NDManager manager = model.getNDManager().newSubManager()) {
            float[] expected = run(plain, categories, past, 0, 5);
            double[] means = forecast(plain, categories, past);
            assertThat(run(model, categories, past, 0, 5)).isNotEmpty().isEqualTo(expected);

            List<String> unseen =
                    TorchScriptQuantization.calibrate(model, series(manager, categories, past));

            assertThat(unseen).isEmpty();
            assertThat(QuantizerState.all(TorchScriptQuantization.save(model).data()))
                    .hasSizeGreaterThanOrEqualTo(8)
                    .allMatch(quantizer -> quantizer.mode() == QuantizerMode.TRAIN.number());
            double[] quantized = forecast(model, categories, past);
            for (int step = 0; step < STEPS; step++) {
                // Of the difference of two independent means.
                double error = Math.sqrt(2) * means[STEPS + step];
                assertThat(quantized[step]).isCloseTo(means[step], within(2 * error));
            }
            assertThat(run(model, categories, past, 0, 5)).hasSameSizeAs(expected);
            TorchScriptQuantization.setMode(model, QuantizerMode.FLOAT);
            assertThat(run(model, categories, past, 0, 5)).isEqualTo(expected);
        }
    }

    /** What the network computes before anything is drawn. */
    @ParameterizedTest
    @CsvSource({"133741, 1, 161", "806789, 5, 1097"})
    void meansOfDistributionsStay(String number, int categories, int past) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(model(number));
        Matcher projected = PROJECTED.matcher(archive.text(FORWARD));
        assertThat(projected.find()).isTrue();
        Path network = folder.resolve("network.pt");
        archive.with(FORWARD, projected.replaceFirst("$0\n    return torch.stack([$1, $2])"))
                .write(network);
        Path prepared = folder.resolve("prepared.pt");
        TorchScriptQuantization.prepare(network, Presets.named("int8"), prepared);
        try (Model model = TorchScriptQuantization.load(prepared);
                NDManager manager = model.getNDManager().newSubManager()) {
            float[][] expected = distributions(model, categories, past);
            TorchScriptQuantization.calibrate(model, series(manager, categories, past));

            float[][] actual = distributions(model, categories, past);

            double sum = 0;
            int count = 0;
            for (int i = 0; i < expected.length; i++) {
                for (int step = 0; step < expected[i].length / 2; step++) {
                    double mean = mean(expected[i], step);
                    double error = Math.abs(mean(actual[i], step) - mean) / mean;
                    assertThat(error).isLessThan(0.02);
                    sum += error;
                    count++;
                }
            }
            assertThat(count).isEqualTo(20 * STEPS);
            assertThat(sum / count).isBetween(1e-5, 0.005);
        }
    }

    private static float[][] distributions(Model model, int categories, int past) {
        return IntStream.range(0, 20)
                .mapToObj(i -> run(model, categories, past, i, 0))
                .toArray(float[][]::new);
    }

    /** The mean of a negative binomial distribution of a count and a logit. */
    private static double mean(float[] parameters, int step) {
        return parameters[step] * Math.exp(parameters[parameters.length / 2 + step]);
    }

    /** The mean of each step's samples, and the standard error of each. */
    private static double[] forecast(Model model, int categories, int past) {
        int calls = 20;
        double[] sums = new double[2 * STEPS];
        int count = 0;
        for (int call = 0; call < calls; call++) {
            float[] samples = run(model, categories, past, 3, call);
            for (int i = 0; i < samples.length; i++) {
                sums[i % STEPS] += samples[i];
                sums[STEPS + i % STEPS] += samples[i] * samples[i];
            }
            count += samples.length / STEPS;
        }
        for (int step = 0; step < STEPS; step++) {
            sums[step] /= count;
            double variance = sums[STEPS + step] / count - sums[step] * sums[step];
            sums[STEPS + step] = Math.sqrt(variance / count);
        }
        return sums;
    }
}
