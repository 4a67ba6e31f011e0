package io.github.djlqat.workflow.model;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.util.PairList;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.nio.BufferUnderflowException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads folders that {@code Model.save} writes: {@code NAME-0000.params} and {@code
 * serving.properties}, which names the class that makes the block.
 */
public final class DjlFolderReader implements ModelReader {

    static final String FORMAT = "djl";

    private static final Pattern PARAMETERS = Pattern.compile("(.+)-(\\d{4})\\.params");

    /** Creates the reader. */
    public DjlFolderReader() {}

    @Override
    public String format() {
        return FORMAT;
    }

    @Override
    public String description() {
        return "DJL model folders (NAME-0000.params and serving.properties)";
    }

    @Override
    public boolean supports(Path path) {
        return Files.isDirectory(path)
                || path.getFileName() != null
                        && PARAMETERS.matcher(path.getFileName().toString()).matches();
    }

    @Override
    public OpenedModel open(ModelSource source) throws IOException {
        Path folder = folder(source.path());
        Map<String, String> properties = properties(folder);
        String name = name(source.path(), properties);
        String factory =
                source.blockFactory() != null
                        ? source.blockFactory()
                        : properties.get(DjlFolder.BLOCK_FACTORY);
        if (factory == null || factory.isBlank()) {
            throw new IllegalArgumentException(
                    "The folder "
                            + folder
                            + " holds weights and no architecture; name the class that makes the"
                            + " block, by blockFactory=CLASS in its serving.properties or as an"
                            + " option.");
        }
        ParametersFile.check(parameters(folder, name));
        Model model = BlockModel.newModel(name);
        BlockLoader.Loaded loaded = null;
        try {
            loaded = BlockLoader.load(model, folder, factory, source.classPath(), properties);
            Map<String, String> kept = new HashMap<>(properties);
            kept.put(DjlFolder.BLOCK_FACTORY, factory);
            return open(source, folder, name, model, loaded, kept);
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            if (loaded != null) {
                loaded.classes().close();
            }
            throw e;
        }
    }

    private static BlockModel open(
            ModelSource source,
            Path folder,
            String name,
            Model model,
            BlockLoader.Loaded loaded,
            Map<String, String> properties)
            throws IOException {
        model.setBlock(loaded.block());
        load(model, folder, name);
        List<Shape> shapes = Batches.require(folder, shapes(source, properties, model));
        if (!shapes.isEmpty()) {
            initialize(loaded.block(), model, shapes);
        }
        String recipeFile = properties.get(DjlFolder.RECIPE);
        if (recipeFile != null) {
            if (shapes.isEmpty()) {
                throw new IllegalArgumentException(
                        "The shape of the inputs of "
                                + folder
                                + " is not known; give it by inputShape in its serving.properties"
                                + " or as an option.");
            }
            Recipe recipe = RecipeReader.read(DjlFolder.inside(folder, recipeFile));
            Quantization.prepare(model, recipe, shapes.toArray(Shape[]::new));
            load(model, folder, name);
            if (DjlFolder.CONVERTED.equals(properties.get(DjlFolder.STATE))) {
                Quantization.convert(model);
            }
        }
        return new BlockModel(FORMAT, source.path(), model, shapes, properties, loaded.classes());
    }

    /** Has a block that was loaded know its inputs, without which it cannot be saved again. */
    private static void initialize(Block block, Model model, List<Shape> shapes) {
        try {
            block.initialize(model.getNDManager(), DataType.FLOAT32, shapes.toArray(Shape[]::new));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "The block does not take inputs of the shapes "
                            + shapes
                            + ": "
                            + reason(e)
                            + ".",
                    e);
        }
    }

    private static Path folder(Path path) {
        Path parent = path.toAbsolutePath().getParent();
        return Files.isDirectory(path) || parent == null ? path : parent;
    }

    private static void load(Model model, Path folder, String name) throws IOException {
        Path file = parameters(folder, name);
        try {
            model.load(folder, name);
        } catch (MalformedModelException | IOException | OutOfMemoryError e) {
            throw new IOException(
                    file
                            + " does not fit the block that was made for it, or is damaged: "
                            + reason(e)
                            + ".",
                    e);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    file
                            + " does not fit the block that was made for it, or is damaged: "
                            + reason(e)
                            + ".",
                    e);
        }
    }

    private static String reason(Throwable e) {
        String message = e.getMessage();
        String text = message == null ? words(e) : message.strip();
        return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    }

    private static List<Shape> shapes(
            ModelSource source, Map<String, String> properties, Model model) {
        if (!source.inputShapes().isEmpty()) {
            return Batches.ofOne(source.inputShapes());
        }
        String written = properties.get(DjlFolder.INPUT_SHAPE);
        if (written != null) {
            return Batches.ofOne(Shapes.parseAll(written));
        }
        List<Shape> shapes = new ArrayList<>();
        PairList<String, Shape> saved = model.describeInput();
        if (saved != null) {
            saved.values().forEach(shape -> shapes.add(Batches.one(shape)));
        }
        return shapes;
    }

    private static Path parameters(Path folder, String name) throws IOException {
        Path newest = null;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Matcher matcher = PARAMETERS.matcher(file.getFileName().toString());
                if (matcher.matches()
                        && matcher.group(1).equals(name)
                        && (newest == null || newest.compareTo(file) < 0)) {
                    newest = file;
                }
            }
        }
        if (newest != null && !Files.isRegularFile(newest)) {
            throw new IllegalArgumentException(newest + " is no file, as parameters are.");
        }
        if (newest == null) {
            throw new IllegalArgumentException(
                    "The folder " + folder + " holds no file " + name + "-0000.params.");
        }
        return newest;
    }

    private static String name(Path path, Map<String, String> properties) throws IOException {
        if (!Files.isDirectory(path)) {
            Matcher matcher = PARAMETERS.matcher(path.getFileName().toString());
            if (matcher.matches()) {
                return matcher.group(1);
            }
        }
        String named = properties.get(DjlFolder.MODEL_NAME);
        if (named != null) {
            return named;
        }
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                Matcher matcher = PARAMETERS.matcher(file.getFileName().toString());
                if (matcher.matches()) {
                    names.add(matcher.group(1));
                }
            }
        }
        if (names.size() == 1) {
            return names.first();
        }
        throw new IllegalArgumentException(
                names.isEmpty()
                        ? "The folder "
                                + path
                                + " is no DJL model: it holds no file such as model-0000.params."
                        : "The folder "
                                + path
                                + " holds several models, "
                                + names
                                + "; name one by giving its .params file.");
    }

    private static String words(Throwable e) {
        if (e instanceof EOFException) {
            return "it ends too early";
        }
        return e instanceof BufferUnderflowException
                ? "an array ends too early"
                : "it holds sizes that cannot be";
    }

    private static Map<String, String> properties(Path folder) throws IOException {
        Path file = folder.resolve(DjlFolder.PROPERTIES);
        Map<String, String> found = new HashMap<>();
        if (!Files.isRegularFile(file)) {
            return found;
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(file + " cannot be read: " + reason(e) + ".", e);
        }
        for (String key : properties.stringPropertyNames()) {
            @Nullable String value = properties.getProperty(key);
            if (value != null) {
                found.put(key, value);
            }
        }
        return found;
    }
}
