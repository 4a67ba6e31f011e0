package io.github.djlqat.sensitivity;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.fakequant.QuantizedLayer;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.recipe.TrainingOptions;
import io.github.djlqat.sensitivity.Samples.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One network prepared once for each candidate, and run with one layer quantized at a time. The
 * network's parameters are shared by all; candidates of the same activations share the ranges that
 * one calibration chose.
 */
final class Trials {

    private final Block block;
    private final Samples samples;
    private final NDManager manager;
    private final TrialLoss loss;
    private final Map<String, QuantizedBlock> prepared = new LinkedHashMap<>();
    private final List<Reference> references = new ArrayList<>();

    /** What the network computes in floating point from a batch. */
    private record Reference(float[] outputs, int classes, double loss) {}

    /** What a trial measured. */
    record Outcome(double kl, SignalToNoise output, double lossIncrease, LayerTap tap) {}

    /**
     * Prepares the network.
     *
     * @param block the network in floating point, initialized
     * @param candidates the candidates
     * @param samples what to calibrate and to measure on
     * @param loss the loss whose increase is measured
     * @param manager what the quantizers attach to
     * @param inputs inputs such as the network takes
     */
    Trials(
            Block block,
            List<Candidate> candidates,
            Samples samples,
            TrialLoss loss,
            NDManager manager,
            NDList inputs) {
        this.block = block;
        this.samples = samples;
        this.manager = manager;
        this.loss = loss;
        Map<TensorQuantization, QuantizedBlock> calibrated = new HashMap<>();
        for (Candidate candidate : candidates) {
            if (!candidate.isFloatingPoint()) {
                QuantizedBlock quantized =
                        Quantization.prepare(block, manager, recipe(candidate), inputs);
                calibrate(quantized, candidate.activations(), calibrated);
                prepared.put(candidate.name(), quantized);
            }
        }
        for (Sample sample : samples.batches()) {
            references.add(reference(sample));
        }
    }

    private static Recipe recipe(Candidate candidate) {
        return new Recipe(
                candidate.name(),
                candidate.weights(),
                candidate.activations(),
                null,
                List.of(),
                TrainingOptions.DEFAULT);
    }

    private void calibrate(
            QuantizedBlock quantized,
            @Nullable TensorQuantization activations,
            Map<TensorQuantization, QuantizedBlock> calibrated) {
        if (!(activations instanceof TensorRecipe)) {
            return;
        }
        QuantizedBlock known = calibrated.putIfAbsent(activations, quantized);
        if (known == null) {
            Quantization.calibrate(
                    quantized, manager, samples.batches().stream().map(Sample::inputs).toList());
            return;
        }
        Map<String, FakeQuantize> chosen = known.getQuantizers();
        quantized
                .getQuantizers()
                .forEach(
                        (name, quantizer) -> {
                            if (!quantized.isWeightQuantizer(name) && !quantizer.isDynamic()) {
                                quantizer.calibrate(
                                        Objects.requireNonNull(chosen.get(name), name)
                                                .getObserver());
                            }
                        });
    }

    /** Returns the layers that candidates quantize, or none where all are floating point. */
    List<QuantizedLayer> layers() {
        return prepared.values().stream()
                .findFirst()
                .map(QuantizedBlock::getLayers)
                .orElse(List.of());
    }

    private Reference reference(Sample sample) {
        try (NDManager scope = manager.newSubManager()) {
            Sample own = sample.in(scope);
            NDList outputs = block.forward(new ParameterStore(scope, false), own.inputs(), false);
            NDArray logits = outputs.head();
            int classes = Math.toIntExact(logits.getShape().get(logits.getShape().dimension() - 1));
            return new Reference(
                    logits.toFloatArray(), classes, loss.of(own, logits, outputs).getFloat());
        }
    }

    /**
     * Runs all batches with one layer quantized.
     *
     * @param layer the layer's name
     * @param candidate the candidate, which quantizes something
     * @return what was measured
     */
    Outcome run(String layer, Candidate candidate) {
        QuantizedBlock quantized = Objects.requireNonNull(prepared.get(candidate.name()));
        LayerTap tap =
                new LayerTap(
                        quantized.getLayers().stream()
                                .filter(use -> use.name().equals(layer))
                                .toList());
        InterceptedBlock trial =
                new InterceptedBlock(
                        block, tap.before(), quantized.quantizingOnly(Set.of(layer)), tap.behind());
        double divergence = 0;
        double increase = 0;
        long rows = 0;
        SignalToNoise output = SignalToNoise.NONE;
        for (int i = 0; i < references.size(); i++) {
            Sample sample = samples.batches().get(i);
            Reference reference = references.get(i);
            try (NDManager scope = manager.newSubManager()) {
                Sample own = sample.in(scope);
                NDList outputs =
                        trial.forward(new ParameterStore(scope, false), own.inputs(), false);
                float[] logits = outputs.head().toFloatArray();
                divergence += OutputKl.sum(reference.outputs(), logits, reference.classes());
                rows += logits.length / reference.classes();
                output = output.plus(SignalToNoise.of(reference.outputs(), logits));
                NDArray exact = scope.create(reference.outputs(), outputs.head().getShape());
                double lossNow = loss.of(own, exact, outputs).getFloat();
                increase += (lossNow - reference.loss()) * sample.size();
            }
        }
        return new Outcome(divergence / rows, output, increase / samples.size(), tap);
    }
}
