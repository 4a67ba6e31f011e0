package io.github.djlqat.torchscript.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlqat.graph.Argument;
import io.github.djlqat.graph.Graph;
import io.github.djlqat.graph.Node;
import io.github.djlqat.graph.Value;
import io.github.djlqat.intercept.Site;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports that fail before, in and for the writing of their file. */
class InterruptedExportTest {

    @TempDir Path folder;

    private Path file;

    @BeforeEach
    void writeAnOldModel() throws IOException {
        file = folder.resolve("model.pt");
        TorchScriptExporter.export(scaled(2, 1), scaled(3, 1)).write(file);
    }

    @Test
    void aConverterThatFailsLeavesTheOldFile() throws IOException {
        byte[] old = Files.readAllBytes(file);
        TorchScriptExporter exporter =
                TorchScriptExporter.builder()
                        .addConverter(
                                "mul",
                                node -> {
                                    throw node.failure("it is not wanted");
                                })
                        .build();

        assertThatThrownBy(() -> exporter.export(scaled(2, 10), scaled(3, 10), file))
                .isInstanceOf(TorchScriptException.class)
                .hasMessageContaining("it is not wanted");
        holds(old);
    }

    @Test
    void anInterruptedThreadLeavesTheOldFile() throws IOException {
        byte[] old = Files.readAllBytes(file);
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> export(1_000_000, file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(file.toString())
                    .hasRootCauseInstanceOf(ClosedByInterruptException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        holds(old);
    }

    /** Another process may write files of 1,000 blocks, a part of what it is told to write. */
    @Test
    void aDiskThatIsFullLeavesTheOldFile() throws Exception {
        assumeThat(Path.of("/bin/sh")).exists();
        byte[] old = Files.readAllBytes(file);
        Process process =
                new ProcessBuilder(
                                "/bin/sh",
                                "-c",
                                "ulimit -f 1000; exec \"$0\" \"$@\"",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:-UsePerfData",
                                "-cp",
                                System.getProperty("java.class.path"),
                                InterruptedExportTest.class.getName(),
                                file.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(said).contains("Cannot write " + file).contains("File too large");
        holds(old);
    }

    /** Writes a model of 4 MB. */
    public static void main(String[] arguments) throws IOException {
        export(1_000_000, Path.of(arguments[0]));
    }

    private static void export(int size, Path path) throws IOException {
        TorchScriptExporter.builder().build().export(scaled(2, size), scaled(3, size), path);
    }

    private void holds(byte[] old) throws IOException {
        assertThat(file).hasBinaryContent(old);
        assertThat(TorchScriptArchive.read(file).data().className()).isEqualTo("__torch__.Model");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    /** A product with a constant, as it is traced at a batch size. */
    private static Graph scaled(long batch, int size) {
        Value input = new Value(0, new Shape(batch, size), DataType.FLOAT32);
        Value output = new Value(1, new Shape(batch, size), DataType.FLOAT32);
        Node product =
                new Node(
                        "mul",
                        new Site("product", "mul"),
                        List.of(
                                new Argument.ValueReference(input),
                                new Argument.Constant("factors", new Shape(size), new float[size])),
                        List.of(output));
        return new Graph(List.of(input), List.of(product), List.of(output));
    }
}
