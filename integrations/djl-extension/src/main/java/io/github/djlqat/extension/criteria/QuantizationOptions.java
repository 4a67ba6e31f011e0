package io.github.djlqat.extension.criteria;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.FakeQuantize;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeReader;
import java.io.FileNotFoundException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options that the package is about, read and checked. */
final class QuantizationOptions {

    /** The option that names a preset or a recipe. */
    static final String QUANTIZATION = "quantization";

    private static final String CALIBRATION = "calibration";
    private static final String INPUT_SHAPE = "inputShape";
    private static final Set<String> NAMES = Set.of(QUANTIZATION, CALIBRATION, INPUT_SHAPE);
    private static final List<String> RECIPES = List.of(".yaml", ".yml", ".json");

    private final Recipe recipe;
    private final @Nullable Path calibration;
    private final List<Shape> inputShapes;

    private QuantizationOptions(
            Recipe recipe, @Nullable Path calibration, List<Shape> inputShapes) {
        this.recipe = recipe;
        this.calibration = calibration;
        this.inputShapes = inputShapes;
    }

    /** Returns the options that are DJL's own. */
    static Map<String, Object> others(Map<String, Object> options) {
        Map<String, Object> others = new HashMap<>(options);
        others.keySet().removeAll(NAMES);
        return others;
    }

    /**
     * Reads the options.
     *
     * @return empty where they ask for no quantization
     * @throws IllegalArgumentException if one is not legal
     * @throws FileNotFoundException if a file that one names is not there
     */
    static Optional<QuantizationOptions> read(Map<String, Object> options, Path folder)
            throws FileNotFoundException {
        String quantization = text(options, QUANTIZATION);
        String calibration = text(options, CALIBRATION);
        if (quantization == null) {
            if (calibration != null) {
                throw new IllegalArgumentException(
                        "The option \"calibration\" is there without \"quantization\", which names"
                                + " a preset or a recipe.");
            }
            return Optional.empty();
        }
        String shapes = text(options, INPUT_SHAPE);
        return Optional.of(
                new QuantizationOptions(
                        recipe(quantization, folder),
                        calibration == null ? null : path(CALIBRATION, calibration, folder),
                        shapes == null ? List.of() : shapes(shapes)));
    }

    private static @Nullable String text(Map<String, Object> options, String name) {
        Object value = options.get(name);
        if (value == null) {
            return null;
        }
        String text = value.toString().strip();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("The option \"" + name + "\" is empty.");
        }
        return text;
    }

    private static Recipe recipe(String value, Path folder) throws FileNotFoundException {
        if (RECIPES.stream().anyMatch(value::endsWith)) {
            return RecipeReader.read(path(QUANTIZATION, value, folder));
        }
        try {
            return Presets.named(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The option \"quantization\" names neither a preset nor a recipe (.yaml, .yml,"
                            + " .json): "
                            + e.getMessage(),
                    e);
        }
    }

    private static Path path(String option, String value, Path folder)
            throws FileNotFoundException {
        try {
            Path inside = folder.resolve(value);
            Path path = Files.exists(inside) ? inside : Path.of(value);
            if (!Files.exists(path)) {
                throw new FileNotFoundException(
                        "The option \""
                                + option
                                + "\" names "
                                + value
                                + ", which is neither in the model's folder "
                                + folder
                                + " nor in the working directory.");
            }
            return path;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "The option \"" + option + "\" is no path: " + e.getMessage(), e);
        }
    }

    private static List<Shape> shapes(String value) {
        return Arrays.stream(value.split(";", -1)).map(part -> shape(part, value)).toList();
    }

    private static Shape shape(String part, String value) {
        try {
            long[] sizes =
                    Arrays.stream(part.split(",", -1))
                            .mapToLong(size -> Long.parseLong(size.strip()))
                            .toArray();
            if (Arrays.stream(sizes).allMatch(size -> size > 0 && size <= Integer.MAX_VALUE)) {
                return new Shape(sizes);
            }
        } catch (NumberFormatException e) {
            // told below, with what would be legal
        }
        throw new IllegalArgumentException(
                "The option \"inputShape\" is \""
                        + value
                        + "\"; legal are positive sizes such as 1,3,224,224, several shapes"
                        + " separated by semicolons.");
    }

    Recipe recipe() {
        return recipe;
    }

    @Nullable Path calibration() {
        return calibration;
    }

    /** Returns the shapes that were asked for, or else those that the model was saved with. */
    Shape[] inputShapes(Model model) {
        if (!inputShapes.isEmpty()) {
            return inputShapes.toArray(Shape[]::new);
        }
        Shape[] described =
                model.getBlock().isInitialized()
                        ? model.describeInput().values().toArray(Shape[]::new)
                        : new Shape[0];
        if (described.length == 0) {
            throw new IllegalArgumentException(
                    "The parameter file of the model "
                            + model.getName()
                            + " does not tell the shapes of its inputs; add the option"
                            + " \"inputShape\", such as 1,3,224,224.");
        }
        return described;
    }

    /**
     * Checks that no quantizer waits for data.
     *
     * @throws IllegalArgumentException if one does
     */
    void requireRanges(QuantizedBlock block) {
        List<String> waiting =
                block.getQuantizers().values().stream()
                        .filter(quantizer -> !quantizer.isCalibrated())
                        .map(FakeQuantize::getName)
                        .toList();
        if (!waiting.isEmpty()) {
            throw new IllegalArgumentException(
                    "The recipe \""
                            + recipe.name()
                            + "\" chooses the ranges of "
                            + waiting.size()
                            + " activations, such as "
                            + waiting.get(0)
                            + ", from data; add the option \"calibration\", which names sample"
                            + " inputs (.npy, .npz, or a folder of them) or the parameters of a"
                            + " prepared model (.params), or choose a recipe that needs none, such"
                            + " as int8-weight-only or one with granularity: per-token.");
        }
    }
}
