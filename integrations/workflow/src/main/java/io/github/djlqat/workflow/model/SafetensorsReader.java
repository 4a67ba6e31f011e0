package io.github.djlqat.workflow.model;

import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.safetensors.SafetensorsFile;
import io.github.djlqat.safetensors.SafetensorsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads weights from safetensors files, into a block that the user names. */
public final class SafetensorsReader implements ModelReader {

    static final String FORMAT = "safetensors";

    /** Creates the reader. */
    public SafetensorsReader() {}

    @Override
    public String format() {
        return FORMAT;
    }

    @Override
    public String description() {
        return "safetensors files (.safetensors) with a block factory";
    }

    @Override
    public boolean supports(Path path) {
        return Files.isRegularFile(path)
                && String.valueOf(path.getFileName())
                        .toLowerCase(Locale.ROOT)
                        .endsWith(".safetensors");
    }

    @Override
    public OpenedModel open(ModelSource source) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(source.path())) {
            String factory = source.blockFactory();
            if (factory == null) {
                return new TensorsOnly(source.path(), tensors(file));
            }
            if (source.inputShapes().isEmpty()) {
                throw new IllegalArgumentException(
                        "The weights in "
                                + source.path()
                                + " do not tell the shape of the model's inputs; give it, such as"
                                + " 3x32x32.");
            }
            return open(source, file, factory);
        }
    }

    private static BlockModel open(ModelSource source, SafetensorsFile file, String factory)
            throws IOException {
        List<Shape> shapes = Batches.require(source.path(), Batches.ofOne(source.inputShapes()));
        Path folder = source.path().toAbsolutePath().getParent();
        String name = String.valueOf(source.path().getFileName()).replaceFirst("\\.[^.]*$", "");
        Model model = BlockModel.newModel(name);
        BlockLoader.Loaded loaded = null;
        try {
            loaded =
                    BlockLoader.load(
                            model,
                            folder == null ? source.path() : folder,
                            factory,
                            source.classPath(),
                            Map.of());
            NDManager manager = model.getNDManager();
            loaded.block().initialize(manager, DataType.FLOAT32, shapes.toArray(Shape[]::new));
            SafetensorsLoader.builder().build().load(file, loaded.block(), manager);
            model.setBlock(loaded.block());
            Map<String, String> properties = new HashMap<>();
            properties.put(DjlFolder.BLOCK_FACTORY, factory);
            return new BlockModel(
                    FORMAT, source.path(), model, shapes, properties, loaded.classes());
        } catch (IOException | RuntimeException | Error e) {
            model.close();
            if (loaded != null) {
                loaded.classes().close();
            }
            throw e;
        }
    }

    private static List<ParameterInfo> tensors(SafetensorsFile file) {
        List<ParameterInfo> found = new ArrayList<>();
        for (String name : file.names()) {
            found.add(
                    ParameterInfo.of(
                            name,
                            file.info(name).dtype().name().toLowerCase(Locale.ROOT),
                            file.info(name).shape()));
        }
        return found;
    }
}
