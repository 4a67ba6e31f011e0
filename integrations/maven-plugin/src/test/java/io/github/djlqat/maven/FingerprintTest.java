package io.github.djlqat.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What makes an output out of date, and what does not. */
class FingerprintTest {

    @TempDir private Path folder;
    private Path model;
    private Path data;
    private Path output;

    @BeforeEach
    void make() throws IOException {
        model = Files.writeString(folder.resolve("model.pt"), "model");
        data = Files.createDirectories(folder.resolve("data"));
        Files.writeString(data.resolve("a.npy"), "a");
        output = Files.writeString(folder.resolve("out.pt"), "out");
        now("int8").write(List.of(output));
    }

    private Fingerprint now(String request) throws IOException {
        return Fingerprint.of(
                folder.resolve("state.json"),
                request,
                List.of(model, data, folder.resolve("classes")));
    }

    private boolean isUpToDate() throws IOException {
        return now("int8").matches(List.of(output));
    }

    @Test
    void contentsCountAndTimesDoNot() throws IOException {
        assertThat(isUpToDate()).isTrue();
        Files.setLastModifiedTime(model, FileTime.fromMillis(0));
        assertThat(isUpToDate()).isTrue();
        Files.writeString(model, "MODEL");
        assertThat(isUpToDate()).isFalse();
    }

    @Test
    void anotherRequestIsAnotherOutput() throws IOException {
        assertThat(now("w4a4").matches(List.of(output))).isFalse();
    }

    @Test
    void filesOfAFolderCountByNameAndContent() throws IOException {
        Files.move(data.resolve("a.npy"), data.resolve("b.npy"));
        assertThat(isUpToDate()).isFalse();
        Files.move(data.resolve("b.npy"), data.resolve("a.npy"));
        assertThat(isUpToDate()).isTrue();
        Files.createDirectories(folder.resolve("classes"));
        Files.writeString(folder.resolve("classes").resolve("A.class"), "");
        assertThat(isUpToDate()).isFalse();
    }

    @Test
    void anOutputThatIsGoneOrWasChangedIsMadeAnew() throws IOException {
        Files.writeString(output, "OUT");
        assertThat(isUpToDate()).isFalse();
        Files.delete(output);
        assertThat(isUpToDate()).isFalse();
    }

    @Test
    void aBrokenStateIsNone() throws IOException {
        Files.writeString(folder.resolve("state.json"), "{\"request\": ");
        assertThat(isUpToDate()).isFalse();
    }
}
