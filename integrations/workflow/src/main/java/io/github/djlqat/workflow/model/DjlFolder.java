package io.github.djlqat.workflow.model;

import ai.djl.Model;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.recipe.RecipeWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Writes models as DJL model folders: {@code NAME-0000.params}, {@code serving.properties} and, for
 * a quantized model, its {@code recipe.yaml}. The file of parameters begins with those of the plain
 * model, which loads it too.
 */
public final class DjlFolder {

    static final String PROPERTIES = "serving.properties";
    static final String BLOCK_FACTORY = "blockFactory";
    static final String INPUT_SHAPE = "inputShape";
    static final String MODEL_NAME = "option.modelName";
    static final String RECIPE = "quantization.recipe";
    static final String STATE = "quantization.state";
    static final String CONVERTED = "converted";

    private static final String PREPARED = "prepared";
    private static final String RECIPE_FILE = "recipe.yaml";

    private DjlFolder() {}

    /**
     * Writes a model.
     *
     * @param model the model
     * @param folder the folder, which appears whole or not at all; one that holds a model is
     *     replaced
     * @throws IOException if it cannot be written, or holds something else; it is then as it was
     */
    public static void write(BlockModel model, Path folder) throws IOException {
        String name = name(folder);
        OutputFolder.write(
                folder,
                PROPERTIES,
                inside -> {
                    save(model.model(), inside, name);
                    Optional<QuantizedBlock> prepared = model.prepared();
                    Map<String, String> properties = new TreeMap<>(model.properties());
                    properties.put("engine", BlockModel.ENGINE);
                    properties.put(MODEL_NAME, name);
                    List<List<Long>> shapes = samples(model.inputShapes());
                    if (!shapes.isEmpty()) {
                        properties.put(INPUT_SHAPE, Shapes.print(shapes));
                    }
                    properties.remove(RECIPE);
                    properties.remove(STATE);
                    if (prepared.isPresent()) {
                        properties.put(RECIPE, RECIPE_FILE);
                        properties.put(STATE, model.isConverted() ? CONVERTED : PREPARED);
                        Files.writeString(
                                inside.resolve(RECIPE_FILE),
                                RecipeWriter.toYaml(prepared.get().getRecipe()));
                    }
                    Files.write(inside.resolve(PROPERTIES), serialized(properties));
                });
    }

    /**
     * Checks that a folder can be written: that it is not there, empty, or holds a model.
     *
     * @param folder the folder
     * @throws IOException if it is something else
     */
    public static void requireReplaceable(Path folder) throws IOException {
        OutputFolder.requireReplaceable(folder, PROPERTIES);
    }

    /** Resolves a file name that a folder's properties hold, which must stay in the folder. */
    static Path inside(Path folder, String name) throws IOException {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder.normalize())) {
            throw new IOException(
                    "The properties of " + folder + " name the file " + name + " outside of it.");
        }
        return file;
    }

    private static void save(Model model, Path folder, String name) throws IOException {
        String epoch = model.getProperty("Epoch");
        model.setProperty("Epoch", "0");
        try {
            model.save(folder, name);
        } finally {
            if (epoch != null) {
                model.setProperty("Epoch", epoch);
            }
        }
    }

    private static String name(Path folder) {
        Path last = folder.toAbsolutePath().normalize().getFileName();
        return last == null ? "model" : last.toString();
    }

    private static List<List<Long>> samples(List<Shape> batches) {
        List<List<Long>> samples = new ArrayList<>();
        for (Shape batch : batches) {
            if (batch.dimension() > 1) {
                samples.add(Arrays.stream(batch.getShape()).skip(1).boxed().toList());
            }
        }
        return samples;
    }

    /** The properties in the order of their names, without the date that Java adds. */
    private static byte[] serialized(Map<String, String> values) throws IOException {
        Properties properties = new Properties();
        properties.putAll(values);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        properties.store(out, null);
        return out.toString(StandardCharsets.ISO_8859_1)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .sorted()
                .collect(Collectors.joining("\n", "", "\n"))
                .getBytes(StandardCharsets.ISO_8859_1);
    }
}
