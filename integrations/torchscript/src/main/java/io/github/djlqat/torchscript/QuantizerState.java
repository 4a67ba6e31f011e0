package io.github.djlqat.torchscript;

import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.recipe.TensorQuantization;
import io.github.djlqat.recipe.TensorRecipe;
import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.BooleanValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import io.github.djlqat.torchscript.pickle.IntegerValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.PickleValue;
import io.github.djlqat.torchscript.pickle.StringValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a quantizer of a saved model says of itself.
 *
 * @param object the quantizer
 * @param index its position in the results of the control methods
 * @param name the name that errors give
 * @param tensor the name of the stored weight that it rounds, empty if it rounds none
 * @param weight whether it rounds a weight
 * @param alone whether nothing else computes with the stored weight
 * @param channelAxis the axis of output channels
 * @param mode the mode's number
 * @param recipe how it rounds, or null if it only passes its input on
 */
record QuantizerState(
        ObjectValue object,
        int index,
        String name,
        String tensor,
        boolean weight,
        boolean alone,
        int channelAxis,
        int mode,
        @Nullable TensorRecipe recipe) {

    /** Whether it is only there to switch fused paths off. */
    boolean isSwitch() {
        return recipe == null && name.equals(FusedPaths.SWITCH);
    }

    /** Finds the quantizers of a model, in the order of their index. */
    static List<QuantizerState> all(ObjectValue data) {
        List<QuantizerState> states = new ArrayList<>();
        Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        add(data, states, seen);
        states.sort((a, b) -> Integer.compare(a.index(), b.index()));
        for (int i = 0; i < states.size(); i++) {
            if (states.get(i).index() != i) {
                throw new TorchScriptException(
                        "The model's quantizers are not numbered from 0 on: number "
                                + i
                                + " is "
                                + states.get(i).index()
                                + ".");
            }
        }
        return states;
    }

    private static void add(PickleValue value, List<QuantizerState> states, Set<PickleValue> seen) {
        if (!(value instanceof ObjectValue object)
                || !seen.add(object)
                || !(object.state() instanceof DictionaryValue attributes)) {
            return;
        }
        if (object.className().equals(QuantizerObjects.CLASS)) {
            states.add(of(object));
            return;
        }
        for (Entry entry : attributes.entries()) {
            add(entry.value(), states, seen);
        }
    }

    private static QuantizerState of(ObjectValue object) {
        String recipe = string(object, "recipe");
        return new QuantizerState(
                object,
                integer(object, "index"),
                string(object, "name"),
                string(object, "tensor"),
                attribute(object, "weight").equals(new BooleanValue(true)),
                attribute(object, "alone").equals(new BooleanValue(true)),
                integer(object, "channel_axis"),
                integer(object, "mode"),
                recipe.isEmpty() ? null : recipe(recipe));
    }

    private static TensorRecipe recipe(String text) {
        Recipe recipe = RecipeReader.read(text, RecipeFormat.JSON);
        TensorQuantization quantization =
                recipe.weights() != null ? recipe.weights() : recipe.activations();
        if (quantization instanceof TensorRecipe tensor) {
            return tensor;
        }
        throw new TorchScriptException("A quantizer of the model has no integer recipe: " + text);
    }

    private static PickleValue attribute(ObjectValue object, String name) {
        return object.attribute(name)
                .orElseThrow(
                        () ->
                                new TorchScriptException(
                                        "A quantizer of the model has no attribute " + name + "."));
    }

    private static String string(ObjectValue object, String name) {
        if (attribute(object, name) instanceof StringValue value) {
            return value.value();
        }
        throw new TorchScriptException("The attribute " + name + " of a quantizer is no string.");
    }

    private static int integer(ObjectValue object, String name) {
        if (attribute(object, name) instanceof IntegerValue value) {
            return Math.toIntExact(value.value());
        }
        throw new TorchScriptException("The attribute " + name + " of a quantizer is no integer.");
    }
}
