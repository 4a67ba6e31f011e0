package io.github.djlqat.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.djlqat.observer.MovingAverageObserver;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.ObserverState;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.QuantizationParameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A calibration of a model's activations that is under way. */
final class Calibration {
    private final PreparedModule module;
    private final List<QuantizerState> quantizers;
    private final List<@Nullable Observer> observers = new ArrayList<>();
    private final List<Integer> modes = new ArrayList<>();
    private boolean seen;

    Calibration(PreparedModule module) {
        this.module = module;
        quantizers = QuantizerState.all(module.save().data());
        for (QuantizerState quantizer : quantizers) {
            TensorRecipe recipe = quantizer.recipe();
            boolean observes = recipe != null && quantizer.tensor().isEmpty();
            observers.add(
                    recipe != null && observes
                            ? Observers.create(recipe.observer(), recipe.scheme())
                            : null);
            boolean active = observes || quantizer.isSwitch();
            modes.add((active ? QuantizerMode.OBSERVE : QuantizerMode.FLOAT).number());
        }
        module.setModes(modes);
    }

    void observe(NDList inputs) {
        observe(() -> module.infer(inputs));
    }

    void observe(Runnable use) {
        seen = true;
        use.run();
        try (NDManager manager = module.newManager()) {
            NDList observed = module.observed(manager);
            for (QuantizerState quantizer : quantizers) {
                Observer observer = observers.get(quantizer.index());
                NDArray values = observed.get(quantizer.index());
                if (observer != null && values.size() > 0) {
                    observers.set(quantizer.index(), next(quantizer, observer, values));
                }
            }
        }
        module.setModes(modes);
    }

    private static Observer next(QuantizerState quantizer, Observer observer, NDArray values) {
        try {
            return observer.observe(values.toFloatArray(), values.getShape());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The tensor " + quantizer.name() + " cannot be quantized: " + e.getMessage(),
                    e);
        }
    }

    List<String> finish() {
        if (!seen) {
            throw new IllegalArgumentException(
                    "There is no calibration data; at least one batch is needed.");
        }
        List<String> unseen = new ArrayList<>();
        try (NDManager manager = module.newManager()) {
            NDList states = module.states(manager);
            for (QuantizerState quantizer : quantizers) {
                Observer observer = observers.get(quantizer.index());
                if (observer != null && observer.isEmpty()) {
                    unseen.add(quantizer.name());
                } else if (observer != null) {
                    set(manager, states, quantizer, observer);
                }
            }
            module.assign(manager, states);
        }
        TorchScriptQuantization.setMode(module.model(), QuantizerMode.TRAIN);
        return unseen.stream().distinct().toList();
    }

    private static void set(
            NDManager manager, NDList states, QuantizerState quantizer, Observer observer) {
        QuantizationParameters chosen = observer.parameters();
        float[] zeros = new float[chosen.zeroPoints().length];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = chosen.zeroPoints()[i];
        }
        int at = quantizer.index() * TorchScriptQuantization.STATE_TENSORS;
        states.set(at, manager.create(chosen.scales()));
        states.set(at + 1, manager.create(chosen.scales()));
        states.set(at + 2, manager.create(zeros));
        states.set(at + 3, manager.create(limits(observer, chosen)));
    }

    /** The range that a moving average goes on from. */
    private static float[] limits(Observer observer, QuantizationParameters chosen) {
        if (observer instanceof MovingAverageObserver average
                && average.state() instanceof ObserverState.MovingAverage state) {
            return new float[] {
                Objects.requireNonNull(state.average().min().get(0)),
                Objects.requireNonNull(state.average().max().get(0))
            };
        }
        float scale = chosen.scales()[0];
        int zero = chosen.zeroPoints()[0];
        return new float[] {
            scale * (chosen.scheme().format().qmin() - zero),
            scale * (chosen.scheme().format().qmax() - zero)
        };
    }
}
