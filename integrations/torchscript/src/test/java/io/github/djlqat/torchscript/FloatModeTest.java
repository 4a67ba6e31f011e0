package io.github.djlqat.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.torchscript.archive.TorchScriptArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prepared models compute the same bits until they are calibrated. */
class FloatModeTest {

    private static final Set<String> WITHOUT_PRODUCTS =
            Set.of("attributes.pt", "unusual.pt", "with_state.pt");

    static Stream<Path> multiplying() {
        return TestModels.runnable()
                .filter(file -> !WITHOUT_PRODUCTS.contains(file.getFileName().toString()));
    }

    @ParameterizedTest
    @MethodSource("multiplying")
    void outputsAreThoseOfTheOriginal(Path file) throws IOException {
        try (NDManager manager = NDManager.newBaseManager()) {
            List<float[]> expected =
                    TestModels.run(
                            manager, Files.readAllBytes(file), TestModels.inputs(manager, file));
            TorchScriptArchive prepared =
                    TorchScriptQuantization.prepare(
                            TorchScriptArchive.read(file), Presets.named("int8"));

            List<float[]> outputs =
                    TestModels.run(
                            manager, prepared.toByteArray(), TestModels.inputs(manager, file));

            assertThat(outputs).hasSameSizeAs(expected);
            for (int i = 0; i < outputs.size(); i++) {
                assertThat(outputs.get(i)).isNotEmpty().isEqualTo(expected.get(i));
            }
        }
    }
}
