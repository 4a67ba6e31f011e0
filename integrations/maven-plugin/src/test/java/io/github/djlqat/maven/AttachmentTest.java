package io.github.djlqat.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model becomes one file, the same for the same model. */
class AttachmentTest {

    @TempDir private Path folder;

    @Test
    void aFileIsAttachedAsItIs() throws Exception {
        Path file = Files.writeString(folder.resolve("model.v2.onnx"), "x");
        assertThat(Attachment.of(file)).isEqualTo(new Attachment(file, "onnx"));
    }

    @Test
    void aFolderIsPackedTheSameEachTime() throws Exception {
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("model-0000.params"), "weights");
        Files.createDirectories(model.resolve("sub"));
        Files.writeString(model.resolve("sub").resolve("synset.txt"), "cat");
        Attachment first = Attachment.of(model);
        byte[] bytes = Files.readAllBytes(first.file());
        assertThat(first.type()).isEqualTo("zip");
        assertThat(Files.readAllBytes(Attachment.of(model).file())).isEqualTo(bytes);
        List<String> names = new ArrayList<>();
        try (ZipFile zip = new ZipFile(first.file().toFile())) {
            zip.stream().map(ZipEntry::getName).forEach(names::add);
            ZipEntry entry = zip.getEntry("sub/synset.txt");
            assertThat(zip.getInputStream(entry).readAllBytes()).asString().isEqualTo("cat");
        }
        assertThat(names).containsExactly("model-0000.params", "sub/synset.txt");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(model, first.file());
        }
    }
}
