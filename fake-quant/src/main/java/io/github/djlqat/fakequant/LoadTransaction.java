package io.github.djlqat.fakequant;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import ai.djl.nn.ParameterList;
import ai.djl.util.Pair;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Remembers the arrays of parameters while others are loaded in their place. */
final class LoadTransaction {

    private record Held(String name, Parameter parameter, NDArray array, boolean gradient) {}

    private final List<Held> held = new ArrayList<>();

    LoadTransaction(ParameterList parameters) {
        for (Pair<String, Parameter> pair : parameters) {
            Parameter parameter = pair.getValue();
            if (parameter.isInitialized()) {
                NDArray array = parameter.getArray();
                held.add(new Held(pair.getKey(), parameter, array, array.hasGradient()));
            }
        }
    }

    /**
     * Checks that what was loaded has the shapes of what was there.
     *
     * @throws MalformedModelException naming the first parameter of another shape
     */
    void requireSameShapes() throws MalformedModelException {
        for (Held old : held) {
            if (!old.array().getShape().equals(old.parameter().getArray().getShape())) {
                throw new MalformedModelException(
                        "The file holds the parameter "
                                + old.name()
                                + " of shape "
                                + old.parameter().getArray().getShape()
                                + ", the prepared model has one of shape "
                                + old.array().getShape()
                                + ".");
            }
        }
    }

    /** Puts back what was there. */
    void rollBack(NDManager manager) {
        for (Held old : held) {
            Parameter parameter = old.parameter();
            if (parameter.getArray() == old.array()) {
                continue;
            }
            // A parameter that has a shape takes no array, but it loads what another one saved.
            Parameter source =
                    Parameter.builder()
                            .setName(parameter.getName())
                            .setType(Parameter.Type.OTHER)
                            .optArray(old.array())
                            .build();
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                source.save(new DataOutputStream(bytes));
                parameter.load(
                        manager,
                        new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
            } catch (IOException | MalformedModelException e) {
                throw new IllegalStateException(
                        "The parameter " + old.name() + " cannot be put back.", e);
            }
            if (old.gradient()) {
                parameter.getArray().setRequiresGradient(true);
            }
        }
    }
}
