package io.github.djlqat.safetensors;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.util.Pair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Loads the tensors of a safetensors file into the parameters of a block, and saves them.
 *
 * <p>A load fits entirely or changes nothing: every missing and surplus name, every shape and every
 * type is checked before the first parameter changes, and all that is wrong is in one exception.
 * Parameters that are initialized keep their arrays and get new values in them, so that a trainer
 * on one device goes on with them; create a trainer on several devices after loading, for it copies
 * the arrays.
 *
 * <pre>{@code
 * LoadReport report;
 * try (SafetensorsFile file = SafetensorsFile.open(path)) {
 *     report = SafetensorsLoader.builder()
 *             .optNameMap(Map.of("fc.weight", "01Linear_weight", "fc.bias", "01Linear_bias"))
 *             .build()
 *             .load(file, block, manager);
 * }
 * }</pre>
 */
public final class SafetensorsLoader {

    private final Function<String, @Nullable String> nameMapper;
    private final Map<String, Set<String>> sources;
    private final boolean allowMissing;
    private final boolean allowSurplus;

    private SafetensorsLoader(Builder builder) {
        nameMapper = builder.nameMapper;
        sources = builder.sources;
        allowMissing = builder.allowMissing;
        allowSurplus = builder.allowSurplus;
    }

    /**
     * Creates a builder of a loader that expects the file to use the names of {@code
     * block.getParameters()}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Loads tensors into a block.
     *
     * <p>F64, F32, F16 and BF16 go into parameters of FLOAT32 and FLOAT64: exactly, except that F64
     * is rounded to the nearest float. Every other type goes into parameters of the same type only.
     * A parameter that has a shape and no array yet gets one: of FLOAT32 from tensors of floats, of
     * the same type from others.
     *
     * @param file the file
     * @param block the block, whose parameters have shapes: initialize it first
     * @param manager the manager that owns the arrays of parameters that have none
     * @return what was loaded, and what was missing or surplus where that is allowed
     * @throws IOException if the file cannot be read
     * @throws SafetensorsException if it does not fit; the block is as it was
     */
    public LoadReport load(SafetensorsFile file, Block block, NDManager manager)
            throws IOException {
        LoadPlan plan = new LoadPlan(file, block, nameMapper);
        plan.check(allowMissing, allowSurplus, sources);
        return plan.execute(manager);
    }

    /**
     * Saves the parameters of a block under their own names. A parameter that a block shows under
     * several names is saved under the first.
     *
     * @param block an initialized block
     * @param path the file; it appears whole or not at all
     * @throws IOException if the file cannot be written
     * @throws SafetensorsException if a parameter is not initialized or has a type that cannot be
     *     written
     */
    public static void save(Block block, Path path) throws IOException {
        Map<String, String> identity = new LinkedHashMap<>();
        Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Pair<String, Parameter> pair : block.getParameters()) {
            if (seen.add(pair.getValue())) {
                identity.put(pair.getKey(), pair.getKey());
            }
        }
        save(block, path, identity);
    }

    /**
     * Saves the parameters of a block under other names.
     *
     * @param block an initialized block
     * @param path the file; it appears whole or not at all
     * @param nameMap the parameter's name of each tensor's name, as for {@link Builder#optNameMap}
     * @throws IOException if the file cannot be written
     * @throws SafetensorsException if the map leaves out a parameter or names one that the block
     *     has not, or a parameter is not initialized or has a type that cannot be written
     */
    public static void save(Block block, Path path, Map<String, String> nameMap)
            throws IOException {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        block.getParameters()
                .forEach(pair -> parameters.putIfAbsent(pair.getKey(), pair.getValue()));
        Set<Parameter> saved = Collections.newSetFromMap(new IdentityHashMap<>());
        SafetensorsWriter writer = new SafetensorsWriter();
        List<String> problems = new ArrayList<>();
        nameMap.forEach(
                (name, target) -> {
                    Parameter parameter = parameters.get(target);
                    if (parameter == null) {
                        problems.add(
                                "tensor \""
                                        + name
                                        + "\": the block has no parameter \""
                                        + target
                                        + "\"");
                        return;
                    }
                    saved.add(parameter);
                    if (!parameter.isInitialized()) {
                        problems.add("parameter \"" + target + "\" is not initialized");
                        return;
                    }
                    try {
                        writer.put(name, parameter.getArray());
                    } catch (SafetensorsException e) {
                        problems.add(String.valueOf(e.getMessage()));
                    }
                });
        parameters.forEach(
                (name, parameter) -> {
                    if (!saved.contains(parameter)) {
                        problems.add("no tensor is mapped to parameter \"" + name + "\"");
                    }
                });
        if (!problems.isEmpty()) {
            throw new SafetensorsException(
                    "The block cannot be saved to "
                            + path
                            + ":\n  "
                            + String.join("\n  ", problems));
        }
        writer.write(path);
    }

    /** A builder of {@link SafetensorsLoader}. */
    public static final class Builder {

        private Function<String, @Nullable String> nameMapper = name -> name;
        private Map<String, Set<String>> sources = Map.of();
        private boolean allowMissing;
        private boolean allowSurplus;

        private Builder() {}

        /**
         * Sets the names by a map; a tensor that is not in it is surplus.
         *
         * @param nameMap the parameter's name, as in {@code block.getParameters()}, of each
         *     tensor's name
         * @return this builder
         */
        public Builder optNameMap(Map<String, String> nameMap) {
            Map<String, String> copy = Map.copyOf(nameMap);
            Map<String, Set<String>> inverse = new HashMap<>();
            copy.forEach(
                    (name, parameter) ->
                            inverse.computeIfAbsent(parameter, p -> new TreeSet<>()).add(name));
            nameMapper = copy::get;
            sources = inverse;
            return this;
        }

        /**
         * Sets the names by a function.
         *
         * @param nameMapper the parameter's name, as in {@code block.getParameters()}, of a
         *     tensor's name, or null for a surplus tensor
         * @return this builder
         */
        public Builder optNameMapper(Function<String, @Nullable String> nameMapper) {
            this.nameMapper = nameMapper;
            sources = Map.of();
            return this;
        }

        /**
         * Sets whether parameters may get no tensor and keep their values.
         *
         * @param allowMissing true if they may; false by default
         * @return this builder
         */
        public Builder optAllowMissing(boolean allowMissing) {
            this.allowMissing = allowMissing;
            return this;
        }

        /**
         * Sets whether tensors may go nowhere.
         *
         * @param allowSurplus true if they may; false by default
         * @return this builder
         */
        public Builder optAllowSurplus(boolean allowSurplus) {
            this.allowSurplus = allowSurplus;
            return this;
        }

        /**
         * Builds the loader.
         *
         * @return a new loader
         */
        public SafetensorsLoader build() {
            return new SafetensorsLoader(this);
        }
    }
}
