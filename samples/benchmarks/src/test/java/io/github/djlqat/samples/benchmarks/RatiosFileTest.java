package io.github.djlqat.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatiosFileTest {

    @TempDir private Path folder;

    @Test
    void laterRatiosJoinAndReplaceTheFormerOnes() throws IOException {
        Path nested = folder.resolve("a/b");
        RatiosFile.merge(nested, Map.of("first", 1.5, "second", 2.0));
        Path file = RatiosFile.merge(nested, Map.of("second", 2.5, "third", 3.0));
        assertThat(file).isEqualTo(nested.resolve("ratios.json"));
        assertThat(new ObjectMapper().readValue(file.toFile(), Map.class))
                .isEqualTo(Map.of("first", 1.5, "second", 2.5, "third", 3.0));
        try (Stream<Path> files = Files.list(nested)) {
            assertThat(files).containsExactly(file);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "[1, 2]", "{\"a\": null}", "{\"a\": \"much\"}", "{\"a\": 1"})
    void aFileOfAnotherKindIsLeftAsItWas(String content) throws IOException {
        Path file = folder.resolve("ratios.json");
        Files.writeString(file, content);
        assertThatThrownBy(() -> RatiosFile.merge(folder, Map.of("a", 1.0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
        assertThat(file).hasContent(content);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFolderThatIsAFileIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "text");
        assertThatThrownBy(() -> RatiosFile.merge(file, Map.of("a", 1.0)))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("text");
    }
}
