package io.github.djlqat.torchscript;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Files that PyTorch wrote; see {@code make_models.py} beside them. */
public final class TestModels {

    private static final Path REAL = Path.of("../../../shared/data");

    private TestModels() {}

    /** The committed files. */
    public static Stream<Path> small() {
        try (Stream<Path> files = Files.list(resource("/models"))) {
            return files.filter(file -> file.toString().endsWith(".pt")).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A committed file. */
    public static Path small(String name) {
        return resource("/models").resolve(name + ".pt");
    }

    /** Models that people use, where they are at hand. */
    public static Stream<Path> real() {
        return Stream.of(
                        "resnet20/resnet20.pt",
                        "stories260K/stories260K.pt",
                        "torchscript/silero_vad.jit",
                        "torchscript/djl_deepar_133741.pt",
                        "torchscript/djl_deepar_806789.pt")
                .map(REAL::resolve)
                .filter(Files::exists);
    }

    /** The committed files and those at hand. */
    public static Stream<Path> all() {
        return Stream.concat(small(), real());
    }

    /** A committed folder or file. */
    public static Path resource(String name) {
        try {
            return Path.of(Objects.requireNonNull(TestModels.class.getResource(name)).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs an archive on inputs in DJL's PyTorch engine. */
    public static List<float[]> run(NDManager manager, byte[] archive, NDList inputs) {
        try (Model model = Model.newInstance("test", "PyTorch");
                NDManager inner = manager.newSubManager()) {
            model.load(new ByteArrayInputStream(archive));
            NDList outputs =
                    inputs.size() == 1
                            ? model.getBlock()
                                    .forward(new ParameterStore(inner, false), inputs, false)
                            : withNumber((PtSymbolBlock) model.getBlock(), inputs);
            return outputs.stream().map(NDArray::toFloatArray).toList();
        } catch (IOException | MalformedModelException e) {
            throw new IllegalStateException(e);
        }
    }

    private static NDList withNumber(PtSymbolBlock block, NDList inputs) {
        IValue output =
                block.forward(
                        IValue.from((PtNDArray) inputs.get(0)),
                        IValue.from(inputs.get(1).getLong()));
        return output.toNDList((PtNDManager) inputs.getManager());
    }

    /** The files of {@link #inputs}. */
    public static Stream<Path> runnable() {
        return all().filter(file -> !file.toString().contains("deepar"));
    }

    /** Inputs that a file takes. */
    public static NDList inputs(NDManager manager, Path file) {
        String name = file.getFileName().toString();
        manager.getEngine().setRandomSeed(7);
        return switch (name) {
            case "attributes.pt" -> new NDList(manager.randomNormal(new Shape(2, 3)));
            case "with_state.pt", "unusual.pt" -> new NDList(manager.randomNormal(new Shape(2)));
            case "recurrent.pt" -> new NDList(manager.randomNormal(new Shape(2, 5, 3)));
            case "resnet20.pt" -> new NDList(manager.randomNormal(new Shape(2, 3, 32, 32)));
            case "stories260K.pt" ->
                    new NDList(manager.create(new long[] {1, 400, 30, 7}, new Shape(1, 4)));
            case "silero_vad.jit" ->
                    new NDList(manager.randomNormal(new Shape(1, 512)), manager.create(16000L));
            default -> new NDList(manager.randomNormal(new Shape(16, 4)));
        };
    }
}
