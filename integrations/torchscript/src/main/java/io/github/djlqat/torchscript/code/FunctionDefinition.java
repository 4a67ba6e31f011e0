package io.github.djlqat.torchscript.code;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function, or a method of a class.
 *
 * @param name its name
 * @param parameters its parameters, {@code self} among them
 * @param body its statements
 * @param parametersFrom the offset behind the parenthesis that opens the parameters
 * @param span the place, from {@code def} on
 */
public record FunctionDefinition(
        String name,
        List<Parameter> parameters,
        List<Statement> body,
        int parametersFrom,
        Span span) {

    /**
     * A parameter.
     *
     * @param name its name
     * @param type its type, or null
     * @param defaultValue its default, or null
     */
    public record Parameter(
            String name, @Nullable Expression type, @Nullable Expression defaultValue) {}

    /**
     * Copies the lists.
     *
     * @param name its name
     * @param parameters its parameters, {@code self} among them
     * @param body its statements
     * @param parametersFrom the offset behind the parenthesis that opens the parameters
     * @param span the place, from {@code def} on
     */
    public FunctionDefinition {
        parameters = List.copyOf(parameters);
        body = List.copyOf(body);
    }
}
