package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.error.TorchScriptException;
import io.github.djlqat.torchscript.pickle.DictionaryValue.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An instance of a TorchScript class.
 *
 * @param className the qualified name, such as {@code __torch__.torch.nn.modules.linear.Linear}
 * @param state its attributes by name, as a {@link DictionaryValue}, unless the class has a {@code
 *     __setstate__}: then what that takes
 */
public record ObjectValue(String className, PickleValue state) implements PickleValue {

    /**
     * Returns an attribute.
     *
     * @param name its name
     * @return its value, or empty if the object has none of that name
     */
    public Optional<PickleValue> attribute(String name) {
        if (state instanceof DictionaryValue attributes) {
            for (Entry entry : attributes.entries()) {
                if (entry.key().equals(new StringValue(name))) {
                    return Optional.of(entry.value());
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the object with an attribute set: in its place if it is there, else at the end.
     *
     * @param name the attribute's name
     * @param value its new value
     * @return the new object
     * @throws TorchScriptException if the object's state is not a dictionary
     */
    public ObjectValue withAttribute(String name, PickleValue value) {
        if (!(state instanceof DictionaryValue attributes)) {
            throw new TorchScriptException(
                    "An instance of "
                            + className
                            + " has no attributes that could be set: its class restores itself from"
                            + " a "
                            + state.getClass().getSimpleName()
                            + "; legal are classes without __setstate__, or a rule that excludes its layers.");
        }
        Entry replacement = new Entry(new StringValue(name), value);
        List<Entry> entries = new ArrayList<>(attributes.entries());
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).key().equals(replacement.key())) {
                entries.set(i, replacement);
                return new ObjectValue(className, new DictionaryValue(entries));
            }
        }
        entries.add(replacement);
        return new ObjectValue(className, new DictionaryValue(entries));
    }
}
