package io.github.djlqat.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.loss.Loss;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedLayer;
import io.github.djlqat.recipe.Presets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Estimates are compared with exact traces of the same network, computed in doubles. */
class HutchinsonTraceTest {

    private static final int SAMPLES = 6;
    private static final int PROBES = 300;
    private static final double STANDARD_ERRORS = 5;

    /** What each batch holds, in doubles. */
    private static final class Twin {

        private final double[][] inputs = new double[SAMPLES][];
        private final int[] labels = new int[SAMPLES];
        private final double[] first;
        private final double[] firstBias;
        private final double[] second;
        private final double[] secondBias;
        private final double[][] soft;

        Twin(Model model, ArrayDataset data) throws Exception {
            List<double[]> parameters = new ArrayList<>();
            model.getBlock()
                    .getParameters()
                    .forEach(
                            pair ->
                                    parameters.add(
                                            doubles(pair.getValue().getArray().toFloatArray())));
            first = parameters.get(0);
            firstBias = parameters.get(1);
            second = parameters.get(2);
            secondBias = parameters.get(3);
            try (NDManager manager = NDManager.newBaseManager()) {
                for (var batch : data.getData(manager)) {
                    float[] values = batch.getData().head().toFloatArray();
                    float[] classes =
                            batch.getLabels().head().toType(DataType.FLOAT32, true).toFloatArray();
                    for (int n = 0; n < SAMPLES; n++) {
                        inputs[n] = doubles(Arrays.copyOfRange(values, 3 * n, 3 * n + 3));
                        labels[n] = (int) classes[n];
                    }
                }
            }
            soft = new double[SAMPLES][];
            for (int n = 0; n < SAMPLES; n++) {
                soft[n] = probabilities(output(hidden(inputs[n])));
            }
        }

        private static double[] doubles(float[] values) {
            double[] doubles = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                doubles[i] = values[i];
            }
            return doubles;
        }

        private double[] hidden(double[] x) {
            double[] h = affine(first, firstBias, x);
            for (int i = 0; i < h.length; i++) {
                h[i] = Math.tanh(h[i]);
            }
            return h;
        }

        private double[] output(double[] h) {
            return affine(second, secondBias, h);
        }

        private static double[] affine(double[] w, double[] b, double[] x) {
            double[] y = b.clone();
            for (int i = 0; i < y.length; i++) {
                for (int j = 0; j < x.length; j++) {
                    y[i] += w[i * x.length + j] * x[j];
                }
            }
            return y;
        }

        private static double[] probabilities(double[] z) {
            double total = 0;
            double[] p = new double[z.length];
            for (int i = 0; i < z.length; i++) {
                p[i] = Math.exp(z[i]);
                total += p[i];
            }
            for (int i = 0; i < z.length; i++) {
                p[i] /= total;
            }
            return p;
        }

        private double loss(int n, double[] logits, boolean labelled) {
            double[] p = probabilities(logits);
            if (labelled) {
                return -Math.log(p[labels[n]]);
            }
            double sum = 0;
            for (int c = 0; c < p.length; c++) {
                sum -= soft[n][c] * Math.log(p[c]);
            }
            return sum;
        }

        double meanLoss(boolean labelled) {
            double sum = 0;
            for (int n = 0; n < SAMPLES; n++) {
                sum += loss(n, output(hidden(inputs[n])), labelled);
            }
            return sum / SAMPLES;
        }

        /** The sum of second differences by every value of an array, which is moved in place. */
        static double trace(double[] values, ToDoubleFunction<double[]> loss) {
            double step = 1e-4;
            double trace = 0;
            double center = loss.applyAsDouble(values);
            for (int i = 0; i < values.length; i++) {
                double kept = values[i];
                values[i] = kept + step;
                double above = loss.applyAsDouble(values);
                values[i] = kept - step;
                double below = loss.applyAsDouble(values);
                values[i] = kept;
                trace += (above - 2 * center + below) / (step * step);
            }
            return trace;
        }

        Map<String, Double> weightTraces(boolean labelled) {
            return Map.of(
                    "first", trace(first, w -> meanLoss(labelled)),
                    "second", trace(second, w -> meanLoss(labelled)));
        }

        Map<String, Double> inputTraces(boolean labelled) {
            double one = 0;
            double two = 0;
            for (int n = 0; n < SAMPLES; n++) {
                int sample = n;
                one += trace(inputs[n], x -> loss(sample, output(hidden(x)), labelled)) / SAMPLES;
                two += trace(hidden(inputs[n]), h -> loss(sample, output(h), labelled)) / SAMPLES;
            }
            return Map.of("first", one, "second", two);
        }
    }

    private static void compare(@Nullable Loss loss, boolean inputs) throws Exception {
        try (Model model = Networks.smooth(3);
                NDManager scope = model.getNDManager().newSubManager()) {
            ArrayDataset data = Networks.predicted(model, Networks.VECTOR, SAMPLES, 4);
            List<QuantizedLayer> layers =
                    Quantization.prepare(
                                    model.getBlock(), scope, Presets.named("int8"), Networks.VECTOR)
                            .getLayers();
            Samples samples = Samples.read(data, scope, 1);
            Perturbation tensors =
                    inputs ? Perturbation.ofInputs(layers) : Perturbation.ofWeights(layers);
            HutchinsonTrace trace =
                    new HutchinsonTrace(model.getBlock(), tensors, new TrialLoss(loss), scope);
            SplittableRandom random = new SplittableRandom(7);
            double[][] estimates = new double[layers.size()][PROBES];
            for (int probe = 0; probe < PROBES; probe++) {
                Map<String, Double> found = trace.probe(samples.batches().get(0), random);
                for (int i = 0; i < layers.size(); i++) {
                    QuantizedLayer layer = layers.get(i);
                    estimates[i][probe] =
                            found.get(inputs ? layer.site().toString() : layer.weight());
                }
            }
            Twin twin = new Twin(model, data);
            Map<String, Double> exact =
                    inputs ? twin.inputTraces(loss != null) : twin.weightTraces(loss != null);
            assertClose(estimates[0], exact.get("first"));
            assertClose(estimates[1], exact.get("second"));
        }
    }

    private static void assertClose(double[] estimates, double exact) {
        double mean = Arrays.stream(estimates).average().orElseThrow();
        double variance =
                Arrays.stream(estimates).map(e -> (e - mean) * (e - mean)).average().orElseThrow();
        double error = Math.sqrt(variance / estimates.length);
        assertThat(error).as("standard error of %s", exact).isLessThan(0.1 * Math.abs(exact));
        assertThat(mean).isCloseTo(exact, within(STANDARD_ERRORS * error + 1e-3 * Math.abs(exact)));
    }

    @Test
    void traceByWeightsIsThatOfAllSecondDifferences() throws Exception {
        compare(Loss.softmaxCrossEntropyLoss(), false);
    }

    @Test
    void traceByInputsIsThatOfAllSecondDifferences() throws Exception {
        compare(Loss.softmaxCrossEntropyLoss(), true);
    }

    @Test
    void withoutLabelsTheLossIsTheDivergence() throws Exception {
        compare(null, false);
    }
}
