package io.github.djlqat.maven;

import io.github.djlqat.io.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A model as an artifact is one file: a folder is packed into a zip file beside it.
 *
 * @param file the file
 * @param type its type: what its name ends with
 */
record Attachment(Path file, String type) {

    static Attachment of(Path model) throws IOException {
        if (!Files.isDirectory(model)) {
            String name = model.getFileName().toString();
            return new Attachment(model, name.substring(name.lastIndexOf('.') + 1));
        }
        Path zip = model.resolveSibling(model.getFileName() + ".zip");
        AtomicFile.write(zip, channel -> pack(model, Channels.newOutputStream(channel)));
        return new Attachment(zip, "zip");
    }

    /** The same folder gives the same bytes. */
    private static void pack(Path folder, OutputStream out) throws IOException {
        List<Path> files;
        try (var walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        // Closed, it would close the file, which is not its own.
        ZipOutputStream entries = new ZipOutputStream(out);
        for (Path file : files) {
            ZipEntry entry = new ZipEntry(folder.relativize(file).toString().replace('\\', '/'));
            entry.setLastModifiedTime(FileTime.fromMillis(0));
            entries.putNextEntry(entry);
            Files.copy(file, entries);
            entries.closeEntry();
        }
        entries.finish();
    }
}
