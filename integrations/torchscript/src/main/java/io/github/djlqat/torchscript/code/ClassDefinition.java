package io.github.djlqat.torchscript.code;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A class.
 *
 * @param name its name, without the file's
 * @param bases what it extends: {@code Module}, {@code NamedTuple}, {@code Enum}, an interface, or
 *     nothing
 * @param attributes the types of its declared attributes as they are written, by name
 * @param constants the values of the attributes that are declared with one
 * @param methods its methods
 * @param declarationsEnd the offset where more declarations can be put: the start of the line of
 *     its first method, or its end
 * @param span the place, from {@code class} to the end of its last line
 */
public record ClassDefinition(
        String name,
        List<String> bases,
        Map<String, String> attributes,
        Map<String, Expression> constants,
        List<FunctionDefinition> methods,
        int declarationsEnd,
        Span span) {

    /**
     * Copies the lists and the map.
     *
     * @param name its name, without the file's
     * @param bases what it extends: {@code Module}, {@code NamedTuple}, {@code Enum}, an interface,
     *     or nothing
     * @param attributes the types of its declared attributes as they are written, by name
     * @param constants the values of the attributes that are declared with one
     * @param methods its methods
     * @param declarationsEnd the offset where more declarations can be put: the start of the line
     *     of its first method, or its end
     * @param span the place, from {@code class} to the end of its last line
     */
    public ClassDefinition {
        bases = List.copyOf(bases);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
        constants = Map.copyOf(constants);
        methods = List.copyOf(methods);
    }

    /**
     * Returns whether it is a module.
     *
     * @return whether it extends {@code Module}
     */
    public boolean isModule() {
        return bases.equals(List.of("Module"));
    }

    /**
     * Returns whether it is an interface of modules.
     *
     * @return whether it extends {@code ModuleInterface}
     */
    public boolean isModuleInterface() {
        return bases.equals(List.of("ModuleInterface"));
    }

    /**
     * Returns a method.
     *
     * @param methodName its name
     * @return the method, or empty if there is none
     */
    public Optional<FunctionDefinition> method(String methodName) {
        return methods.stream().filter(method -> method.name().equals(methodName)).findFirst();
    }
}
