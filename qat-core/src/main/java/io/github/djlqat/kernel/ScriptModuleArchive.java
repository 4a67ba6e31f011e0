package io.github.djlqat.kernel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source into the archive that the PyTorch engine loads.
 *
 * <p>The archive is a zip of uncompressed entries under one folder: {@code data.pkl} with an
 * instance of the module, {@code code/__torch__.py} with the source of its class, {@code
 * constants.pkl} and {@code version}. The source is TorchScript's serialization dialect of Python,
 * in which a module is a class that extends {@code Module} and lists {@code __parameters__} and
 * {@code __buffers__}.
 */
final class ScriptModuleArchive {

    /** The oldest version of the format whose operators all mean what they do today. */
    private static final String FORMAT_VERSION = "3\n";

    private final String className;
    private final String source;

    /**
     * Creates a writer of a module without tensors.
     *
     * @param className the name of the module's class in the source
     * @param source the TorchScript source that defines the class
     */
    ScriptModuleArchive(String className, String source) {
        this.className = className;
        this.source = source;
    }

    /**
     * Writes the archive.
     *
     * @param out the stream to write to; it is not closed
     * @throws IOException if the stream fails
     */
    void writeTo(OutputStream out) throws IOException {
        // Modules start in training mode so that autograd records through them.
        byte[] module =
                new ScriptModulePickle()
                        .instance("__torch__", className, Map.of("training", true))
                        .finish();
        ZipOutputStream zip = new ZipOutputStream(out);
        entry(zip, "data.pkl", module);
        entry(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
        entry(zip, "constants.pkl", new ScriptModulePickle().emptyTuple().finish());
        entry(zip, "version", FORMAT_VERSION.getBytes(StandardCharsets.US_ASCII));
        zip.finish();
    }

    /**
     * Returns the archive as bytes.
     *
     * @return the archive
     */
    byte[] toByteArray() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writeTo(out);
        } catch (IOException e) {
            throw new IllegalStateException("Writing to memory failed.", e);
        }
        return out.toByteArray();
    }

    private void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(className + '/' + name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
