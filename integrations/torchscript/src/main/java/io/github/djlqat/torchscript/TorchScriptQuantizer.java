package io.github.djlqat.torchscript;

import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.scheme.QuantizationParameters;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.BooleanValue;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.TensorValue;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A quantizer of a prepared or converted TorchScript model.
 *
 * @param layer the name of the layer that it stands at, as {@link TorchScriptLayer#name} has it
 * @param weight whether it rounds what the layer multiplies by, rather than its input
 * @param recipe how it rounds
 * @param parameters the scales and zero points it rounds with
 * @param foldsBatchNorm whether it rounds a weight as if the BatchNorm behind the layer were folded
 *     into it
 * @param on whether it rounds; it does not before calibration, where no data reached it, and where
 *     it stands at a weight that is stored rounded
 */
public record TorchScriptQuantizer(
        String layer,
        boolean weight,
        TensorRecipe recipe,
        QuantizationParameters parameters,
        boolean foldsBatchNorm,
        boolean on) {

    /**
     * Lists the quantizers of a model.
     *
     * @param archive a prepared, calibrated or converted model, or another one, which has none
     * @return the quantizers, those of one layer in the order weight, input or the reverse
     * @throws TorchScriptException if one is damaged
     */
    public static List<TorchScriptQuantizer> of(TorchScriptArchive archive) {
        StoredTensors stored = new StoredTensors(archive);
        List<TorchScriptQuantizer> quantizers = new ArrayList<>();
        for (QuantizerState state : QuantizerState.all(archive.data())) {
            TensorRecipe recipe = state.recipe();
            if (recipe != null) {
                String name = state.name();
                int end = name.lastIndexOf(' ');
                quantizers.add(
                        new TorchScriptQuantizer(
                                end < 0 ? name : name.substring(0, end),
                                state.weight(),
                                recipe,
                                parameters(state, recipe, stored),
                                flag(state, "folds"),
                                state.mode() != QuantizerMode.FLOAT.number()));
            }
        }
        return List.copyOf(quantizers);
    }

    /**
     * Turns the quantizers of a model off, as {@link TorchScriptQuantization#setMode} does in a
     * loaded one.
     *
     * @param archive a prepared, calibrated or converted model
     * @return a model that computes in floating point, with weights as they are stored, and whose
     *     tensors are finite where its weights are
     */
    public static TorchScriptArchive turnOff(TorchScriptArchive archive) {
        ObjectValue data = archive.data();
        Map<ObjectValue, ObjectValue> changed = new IdentityHashMap<>();
        for (QuantizerState state : QuantizerState.all(data)) {
            // Fused paths stay as they are: what they fuse is seen as operations where they are
            // off.
            if (!state.isSwitch()) {
                ObjectValue object = state.object();
                changed.put(
                        object,
                        object.withAttribute("mode", new IntegerValue(QuantizerMode.FLOAT.number()))
                                .withAttribute("infinities", tensor(state, "codes")));
            }
        }
        return archive.withData((ObjectValue) new ArchivePreparer.Replacement(changed).of(data));
    }

    private static QuantizationParameters parameters(
            QuantizerState state, TensorRecipe recipe, StoredTensors stored) {
        TensorValue learned =
                state.object().attribute("learned_scale").orElse(null) instanceof TensorValue found
                        ? found
                        : tensor(state, "scale");
        float[] zeros = stored.read(tensor(state, "zero_point"));
        int[] zeroPoints = new int[zeros.length];
        for (int i = 0; i < zeros.length; i++) {
            zeroPoints[i] = (int) zeros[i];
        }
        try {
            return new QuantizationParameters(recipe.scheme(), stored.read(learned), zeroPoints);
        } catch (IllegalArgumentException e) {
            throw new TorchScriptException(
                    "The quantizer " + state.name() + " is damaged: " + e.getMessage(), e);
        }
    }

    private static TensorValue tensor(QuantizerState state, String attribute) {
        if (state.object().attribute(attribute).orElse(null) instanceof TensorValue tensor
                && FloatRecords.reads(tensor.storage().type())) {
            return tensor;
        }
        throw new TorchScriptException(
                "The attribute "
                        + attribute
                        + " of the quantizer "
                        + state.name()
                        + " is no tensor of floating-point numbers.");
    }

    private static boolean flag(QuantizerState state, String attribute) {
        return state.object()
                .attribute(attribute)
                .filter(new BooleanValue(true)::equals)
                .isPresent();
    }
}
