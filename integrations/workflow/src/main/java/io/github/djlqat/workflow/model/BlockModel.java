package io.github.djlqat.workflow.model;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.ParameterStore;
import ai.djl.util.Pair;
import io.github.djlqat.fakequant.ConvertedBlock;
import io.github.djlqat.fakequant.QuantizedBlock;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A model of DJL blocks, in floating point, prepared or converted. */
public final class BlockModel implements OpenedModel {

    static final String ENGINE = "PyTorch";

    private final String format;
    private final Path path;
    private final Model model;
    private final List<Shape> inputShapes;
    private final Map<String, String> properties;
    private final @Nullable AutoCloseable classes;

    /**
     * Creates a model.
     *
     * @param format the kind of its file
     * @param path its file or folder
     * @param model the model with an initialized block; closed with this
     * @param inputShapes the shapes of its inputs, with a batch of 1; empty if they are not known
     * @param properties what {@code serving.properties} of the folders that it is written to say
     */
    public BlockModel(
            String format,
            Path path,
            Model model,
            List<Shape> inputShapes,
            Map<String, String> properties) {
        this(format, path, model, inputShapes, properties, null);
    }

    BlockModel(
            String format,
            Path path,
            Model model,
            List<Shape> inputShapes,
            Map<String, String> properties,
            @Nullable URLClassLoader classes) {
        this.format = format;
        this.path = path;
        this.model = model;
        this.inputShapes = List.copyOf(inputShapes);
        this.properties = Map.copyOf(properties);
        this.classes = classes;
    }

    static Model newModel(String name) {
        return Model.newInstance(name, Device.cpu(), ENGINE);
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public List<Shape> inputShapes() {
        return inputShapes;
    }

    /**
     * Returns the model. Its block may be replaced by a quantized one.
     *
     * @return the model
     */
    public Model model() {
        return model;
    }

    /**
     * Returns the block.
     *
     * @return the block as it is now
     */
    public Block block() {
        return model.getBlock();
    }

    /**
     * Returns the prepared block, of which a converted one is made too.
     *
     * @return the block, or empty for a model in floating point
     */
    public Optional<QuantizedBlock> prepared() {
        if (block() instanceof ConvertedBlock converted) {
            return Optional.of(converted.getPrepared());
        }
        return block() instanceof QuantizedBlock prepared
                ? Optional.of(prepared)
                : Optional.empty();
    }

    /**
     * Tells whether the model is converted.
     *
     * @return whether its block only infers
     */
    public boolean isConverted() {
        return block() instanceof ConvertedBlock;
    }

    /**
     * Returns the block without quantization, with the same parameters.
     *
     * @return the block as its factory made it
     */
    public Block plainBlock() {
        return prepared().map(QuantizedBlock::getBlock).orElseGet(this::block);
    }

    /**
     * Returns what the folder of the model says of it.
     *
     * @return the properties in the order of their names
     */
    public Map<String, String> properties() {
        return new TreeMap<>(properties);
    }

    @Override
    public List<ParameterInfo> parameters() {
        List<ParameterInfo> found = new ArrayList<>();
        for (Pair<String, Parameter> pair : plainBlock().getParameters()) {
            Parameter parameter = pair.getValue();
            if (parameter.isInitialized()) {
                found.add(
                        ParameterInfo.of(
                                Objects.requireNonNull(pair.getKey()),
                                parameter.getArray().getDataType().name().toLowerCase(Locale.ROOT),
                                parameter.getArray().getShape()));
            }
        }
        return found;
    }

    @Override
    public long bytes() throws IOException {
        return FileSizes.of(path);
    }

    @Override
    public NDList predict(NDList inputs) {
        return block().forward(
                        new ParameterStore(inputs.head().getManager(), false), inputs, false);
    }

    @Override
    public void close() {
        model.close();
        if (classes != null) {
            try {
                classes.close();
            } catch (Exception ignored) {
                // The classes are loaded; what is left open is a jar that was only read.
            }
        }
    }
}
