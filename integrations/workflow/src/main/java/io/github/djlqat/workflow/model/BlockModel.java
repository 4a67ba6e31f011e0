package io.github.djlqat.workflow.model;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.fakequant.ConvertedBlock;
import io.github.djlqat.fakequant.QuantizedBlock;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A model of DJL blocks, in floating point, prepared or converted. */
public final class BlockModel extends FileModel {

    static final String ENGINE = "PyTorch";

    private final Model model;
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
        super(format, path, inputShapes);
        this.model = model;
        this.properties = Map.copyOf(properties);
        this.classes = classes;
    }

    static Model newModel(String name) {
        return Model.newInstance(name, Device.cpu(), ENGINE);
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
        return parameters(plainBlock());
    }

    @Override
    public NDList predict(NDList inputs) {
        return infer(block(), inputs);
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
