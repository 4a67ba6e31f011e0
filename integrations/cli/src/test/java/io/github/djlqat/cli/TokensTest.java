package io.github.djlqat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A TorchScript model that takes tokens, which are integers, goes the way that others go. */
class TokensTest {

    private static final int SAMPLES = 64;
    private static final int LENGTH = 5;
    private static final int WORDS = 20;
    private static final String MODEL =
            Path.of("..", "torchscript", "src", "test", "resources", "lift", "words_trace.pt")
                    .toString();

    private static final byte[] QUANTIZE_LINEAR =
            "QuantizeLinear".getBytes(StandardCharsets.US_ASCII);

    @TempDir private static Path folder;

    @BeforeAll
    static void writeTokens() throws Exception {
        long[] tokens = new Random(1).longs(SAMPLES * LENGTH, 0, WORDS).toArray();
        try (NDManager manager = NDManager.newBaseManager();
                OutputStream out = Files.newOutputStream(folder.resolve("tokens.npz"))) {
            NDArray array = manager.create(tokens, new Shape(SAMPLES, LENGTH));
            array.setName("tokens");
            new NDList(array).encode(out, NDList.Encoding.NPZ);
        }
    }

    private static Outcome run(String... arguments) {
        Outcome outcome = Outcome.of(arguments);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome;
    }

    @Test
    void quantizedToOnnxItPredictsTheSameWords() {
        String data = folder.resolve("tokens.npz").toString();
        String output = folder.resolve("words.onnx").toString();
        run("quantize", MODEL, "-r", "int8", "-d", data, "-o", output);
        Outcome compared = run("compare", MODEL, output, "-d", data, "--runs", "0", "--json");
        assertThat(compared.json().get("agreement").asDouble()).isGreaterThan(0.95);
    }

    @Test
    void exportedAsItIsItComputesTheSame() {
        String data = folder.resolve("tokens.npz").toString();
        String output = folder.resolve("float.onnx").toString();
        run("export", MODEL, "-d", data, "-o", output);
        run("compare", MODEL, output, "-d", data, "--runs", "0", "--max-difference", "1e-5");
    }

    @Test
    void quantizedFirstAndExportedThenItIsTheSameFile() throws Exception {
        String data = folder.resolve("tokens.npz").toString();
        String script = folder.resolve("int8.pt").toString();
        String output = folder.resolve("exported.onnx").toString();
        run("quantize", MODEL, "-r", "int8", "-d", data, "-o", script);
        run("export", script, "-d", data, "-o", output);
        Outcome compared = run("compare", script, output, "-d", data, "--runs", "0", "--json");
        assertThat(compared.json().get("agreement").asDouble()).isGreaterThan(0.95);
        assertThat(Files.readAllBytes(Path.of(output))).contains(QUANTIZE_LINEAR);
    }

    @Test
    void itsBitsAreSearched() throws Exception {
        String data = folder.resolve("tokens.npz").toString();
        Path recipe = folder.resolve("mixed.yaml");
        run(
                "search",
                MODEL,
                "-d",
                data,
                "--average-bits",
                "4",
                "--bits",
                "4,8",
                "-o",
                recipe.toString());
        assertThat(Files.readString(recipe)).contains("int4");
    }
}
