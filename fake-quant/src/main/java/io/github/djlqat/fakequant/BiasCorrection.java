package io.github.djlqat.fakequant;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import io.github.djlqat.intercept.ForwardPass;
import io.github.djlqat.intercept.Interceptor;
import io.github.djlqat.intercept.NamedParameter;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.scheme.IntegerCodec;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes back what rounded weights add to the mean of a layer's outputs: \( b' = b - E[\hat W x - W
 * x] \), by output channel, with the mean over data that runs through the floating-point model. A
 * layer without a bias has the BatchNorm behind it corrected.
 *
 * <p>Used after {@link Quantization#calibrate} and before {@link Quantization#convert}.
 *
 * @see <a href="https://arxiv.org/abs/1906.04721">Nagel et al., Data-Free Quantization Through
 *     Weight Equalization and Bias Correction, section 4.2 and appendix D</a>
 */
public final class BiasCorrection {

    private static final Set<String> LAYERS = Set.of("convolution", "linear");
    private static final ArgumentPosition WEIGHT = new ArgumentPosition(2, -1);
    private static final int BIAS = 3;

    private BiasCorrection() {}

    /**
     * Changes the biases of a prepared block.
     *
     * @param block a prepared block whose weights have scales
     * @param manager a manager on the device to run on; nothing stays attached to it
     * @param batches the inputs of each run
     * @return the names of the layers whose outputs were corrected
     * @throws IllegalArgumentException if there is no batch, or an error is not finite; the block
     *     is then as it was
     */
    public static List<String> correct(
            QuantizedBlock block, NDManager manager, Iterable<NDList> batches) {
        Measurement measurement = new Measurement(block);
        boolean fed = false;
        for (NDList batch : batches) {
            try (NDManager scope = manager.newSubManager()) {
                NDList copies = new NDList(batch.size());
                for (NDArray input : batch) {
                    NDArray copy = input.toDevice(manager.getDevice(), true);
                    copy.attach(scope);
                    copies.add(copy);
                }
                block.intercepted(measurement)
                        .forward(new ParameterStore(scope, false), copies, false);
            }
            fed = true;
        }
        if (!fed) {
            throw new IllegalArgumentException(
                    "There is no data; at least one batch is needed to measure what rounding adds to outputs.");
        }
        return measurement.apply();
    }

    /** The sum of the errors of a layer's outputs, by channel. */
    private static final class Error {
        private final String layer;
        private final double[] sum;
        private int batches;

        private Error(String layer, int channels) {
            this.layer = layer;
            sum = new double[channels];
        }

        private void add(float[] means, double @Nullable [] factors) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += means[i] * (factors == null ? 1 : factors[i]);
            }
            batches++;
        }
    }

    /** Runs each layer with its weight and with the rounded one, and goes on with the former. */
    private static final class Measurement implements Interceptor {

        private final QuantizedBlock block;
        private final Map<Parameter, Error> errors = new LinkedHashMap<>();
        private final Map<Parameter, float[]> rounded = new IdentityHashMap<>();

        private Measurement(QuantizedBlock block) {
            this.block = block;
        }

        @Override
        public NDList intercept(OpCall call) {
            DataflowTracker tracker = tracker(call.pass());
            DataflowTracker.Match match = tracker.match(call);
            SitePlan plan = block.plan().sites().get(match.site());
            NDList outputs = call.proceed();
            if (plan != null && LAYERS.contains(call.op())) {
                WeightUse use = plan.weights().get(WEIGHT);
                Optional<NamedParameter> weight = call.parameter(call.arguments().get(2));
                if (use != null && weight.isPresent()) {
                    measure(call, use, weight.get(), outputs.head());
                }
            }
            tracker.follow(call, match, outputs);
            return outputs;
        }

        @Override
        public void complete(ForwardPass pass, NDList outputs) {
            tracker(pass).complete();
        }

        private DataflowTracker tracker(ForwardPass pass) {
            return pass.state(
                    DataflowTracker.class,
                    () -> new DataflowTracker(block.plan().dataflow(), pass));
        }

        private void measure(OpCall call, WeightUse use, NamedParameter weight, NDArray output) {
            Parameter own =
                    call.parameter(call.arguments().get(BIAS))
                            .map(NamedParameter::parameter)
                            .orElse(null);
            Parameter corrected = own == null && use.fold() != null ? use.fold().beta() : own;
            if (corrected == null) {
                return;
            }
            NDManager manager = call.manager();
            Shape shape = weight.parameter().getShape();
            float[] values = rounded.computeIfAbsent(weight.parameter(), p -> unfolded(p, use));
            List<@Nullable Object> arguments = new ArrayList<>(call.arguments());
            try (NDArray approximate = manager.create(values, shape)) {
                arguments.set(2, approximate);
                try (NDArray other = call.proceed(arguments).head();
                        NDArray difference = other.sub(output)) {
                    int channelAxis =
                            call.op().equals("linear") ? output.getShape().dimension() - 1 : 1;
                    int channels = Math.toIntExact(output.getShape().get(channelAxis));
                    errors.computeIfAbsent(corrected, p -> new Error(call.site().name(), channels))
                            .add(
                                    means(difference, channelAxis, channels),
                                    own == null
                                            ? Objects.requireNonNull(use.fold()).factors()
                                            : null);
                }
            }
        }

        private static float[] means(NDArray difference, int channelAxis, int channels) {
            try (NDArray swapped = difference.swapAxes(0, channelAxis);
                    NDArray rows = swapped.reshape(channels, -1);
                    NDArray mean = rows.mean(new int[] {1})) {
                return mean.toFloatArray();
            }
        }

        /** Returns the rounded weight without the factors of the BatchNorm that is folded in. */
        private float[] unfolded(Parameter weight, WeightUse use) {
            FakeQuantize quantizer =
                    Objects.requireNonNull(block.getQuantizers().get(use.quantizer()));
            float[] values =
                    IntegerCodec.dequantize(WeightConverter.convert(weight, use, quantizer));
            if (use.fold() != null) {
                double[] factors = use.fold().factors();
                float[] inverse = new float[factors.length];
                for (int i = 0; i < inverse.length; i++) {
                    inverse[i] = factors[i] == 0 ? 0 : (float) (1 / factors[i]);
                }
                FoldedWeight.scale(values, weight.getShape(), use, inverse);
            }
            return values;
        }

        private List<String> apply() {
            errors.values().forEach(Measurement::requireFinite);
            errors.forEach(
                    (parameter, error) -> {
                        float[] values = parameter.getArray().toFloatArray();
                        for (int i = 0; i < values.length; i++) {
                            values[i] = (float) (values[i] - error.sum[i] / error.batches);
                        }
                        parameter.getArray().set(values);
                    });
            return errors.values().stream().map(error -> error.layer).toList();
        }

        private static void requireFinite(Error error) {
            for (int i = 0; i < error.sum.length; i++) {
                if (!Double.isFinite(error.sum[i])) {
                    throw new IllegalArgumentException(
                            "The outputs of "
                                    + error.layer
                                    + " are not finite in channel "
                                    + i
                                    + "; check the data.");
                }
            }
        }
    }
}
