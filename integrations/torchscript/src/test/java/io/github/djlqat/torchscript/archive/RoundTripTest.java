package io.github.djlqat.torchscript.archive;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.github.djlqat.torchscript.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Archives that are read and written again. */
class RoundTripTest {

    @TempDir Path folder;

    @ParameterizedTest
    @MethodSource("io.github.djlqat.torchscript.TestModels#all")
    void fileIsTheSameByteForByte(Path file) throws IOException {
        Path copy = folder.resolve("copy.pt");

        TorchScriptArchive.read(file).write(copy);

        assertThat(Files.readAllBytes(copy)).isEqualTo(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @MethodSource("io.github.djlqat.torchscript.TestModels#all")
    void picklesAreEqualWhenWrittenAndReadAgain(Path file) throws IOException {
        TorchScriptArchive archive = TorchScriptArchive.read(file);

        TorchScriptArchive again = rewritten(archive);

        assertThat(again.data()).isEqualTo(archive.data());
        assertThat(again.constants()).isEqualTo(archive.constants());
    }

    @ParameterizedTest
    @MethodSource("io.github.djlqat.torchscript.TestModels#runnable")
    void rewrittenModelComputesTheSame(Path file) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<float[]> expected =
                    TestModels.run(
                            manager, Files.readAllBytes(file), TestModels.inputs(manager, file));
            byte[] archive = rewritten(TorchScriptArchive.read(file)).toByteArray();

            List<float[]> outputs =
                    TestModels.run(manager, archive, TestModels.inputs(manager, file));

            assertThat(outputs).hasSameSizeAs(expected);
            for (int i = 0; i < outputs.size(); i++) {
                assertThat(outputs.get(i)).isNotEmpty().isEqualTo(expected.get(i));
            }
        }
    }

    private static TorchScriptArchive rewritten(TorchScriptArchive archive) {
        return archive.withData(archive.data()).withConstants(archive.constants());
    }
}
