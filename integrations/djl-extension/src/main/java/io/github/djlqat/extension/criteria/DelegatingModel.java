package io.github.djlqat.extension.criteria;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.Trainer;
import ai.djl.training.TrainingConfig;
import ai.djl.translate.Translator;
import ai.djl.util.PairList;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A model that is another one in all it does. */
class DelegatingModel implements Model {

    private final Model model;

    DelegatingModel(Model model) {
        this.model = model;
    }

    final Model model() {
        return model;
    }

    @Override
    public void load(Path path, @Nullable String prefix, @Nullable Map<String, ?> options)
            throws IOException, MalformedModelException {
        model.load(path, prefix, options);
    }

    @Override
    public void load(InputStream stream, @Nullable Map<String, ?> options)
            throws IOException, MalformedModelException {
        model.load(stream, options);
    }

    @Override
    public void save(Path path, @Nullable String name) throws IOException {
        model.save(path, name);
    }

    @Override
    public Path getModelPath() {
        return model.getModelPath();
    }

    @Override
    public Block getBlock() {
        return model.getBlock();
    }

    @Override
    public void setBlock(Block block) {
        model.setBlock(block);
    }

    @Override
    public String getName() {
        return model.getName();
    }

    @Override
    public Map<String, String> getProperties() {
        return model.getProperties();
    }

    @Override
    public @Nullable String getProperty(String key) {
        return model.getProperty(key);
    }

    @Override
    public void setProperty(String key, String value) {
        model.setProperty(key, value);
    }

    @Override
    public NDManager getNDManager() {
        return model.getNDManager();
    }

    @Override
    public Trainer newTrainer(TrainingConfig config) {
        return model.newTrainer(config);
    }

    @Override
    public <I, O> Predictor<I, O> newPredictor(Translator<I, O> translator, Device device) {
        return model.newPredictor(translator, device);
    }

    @Override
    public PairList<String, Shape> describeInput() {
        return model.describeInput();
    }

    @Override
    public PairList<String, Shape> describeOutput() {
        return model.describeOutput();
    }

    @Override
    public String[] getArtifactNames() {
        return model.getArtifactNames();
    }

    @Override
    public <T> T getArtifact(String name, Function<InputStream, T> function) throws IOException {
        return model.getArtifact(name, function);
    }

    @Override
    public URL getArtifact(String name) throws IOException {
        return model.getArtifact(name);
    }

    @Override
    public InputStream getArtifactAsStream(String name) throws IOException {
        return model.getArtifactAsStream(name);
    }

    @Override
    public void setDataType(DataType type) {
        model.setDataType(type);
    }

    @Override
    public DataType getDataType() {
        return model.getDataType();
    }

    @Override
    public void cast(DataType type) {
        model.cast(type);
    }

    @Override
    public void quantize() {
        model.quantize();
    }

    @Override
    public void close() {
        model.close();
    }

    @Override
    public String toString() {
        return model.toString();
    }
}
