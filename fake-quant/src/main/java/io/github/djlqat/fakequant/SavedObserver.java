package io.github.djlqat.fakequant;

import ai.djl.MalformedModelException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.djlqat.observer.Observer;
import io.github.djlqat.observer.ObserverState;
import io.github.djlqat.observer.Observers;
import io.github.djlqat.recipe.TensorRecipe;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** What an observer has seen, as JSON behind its length in bytes. */
final class SavedObserver {

    private static final ObjectMapper JSON = new ObjectMapper();

    private SavedObserver() {}

    static void write(DataOutputStream os, Observer observer) throws IOException {
        byte[] state = JSON.writeValueAsBytes(observer.state());
        os.writeInt(state.length);
        os.write(state);
    }

    /**
     * Reads an observer of a recipe.
     *
     * @param name what errors call the tensor
     * @throws MalformedModelException if the file ends early, or what it holds is of no such
     *     observer
     */
    static Observer read(DataInputStream is, TensorRecipe recipe, String name)
            throws IOException, MalformedModelException {
        int length = is.readInt();
        if (length < 0) {
            throw new MalformedModelException(
                    "The observer of " + name + " has a negative length: " + length + ".");
        }
        byte[] state = is.readNBytes(length);
        if (state.length < length) {
            throw new MalformedModelException(
                    "The file ends within the observer of "
                            + name
                            + ": "
                            + state.length
                            + " of "
                            + length
                            + " bytes.");
        }
        try {
            return Observers.create(recipe.observer(), recipe.scheme())
                    .withState(JSON.readValue(state, ObserverState.class));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new MalformedModelException(
                    "The saved observer of " + name + " cannot be read: " + e.getMessage(), e);
        }
    }
}
