package io.github.djlqat.torchscript.archive;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** An entry of an archive, as it lies there. */
final class ArchiveEntry {

    private static final int CHUNK = 1 << 16;

    /** Rounded weights get no smaller beyond it, but take up to a hundred times as long. */
    private static final int COMPRESSION = 4;

    private final String name;
    private final boolean deflated;
    private final byte[] packed;
    private final int size;
    private final int crc;

    private ArchiveEntry(String name, boolean deflated, byte[] packed, int size, int crc) {
        this.name = name;
        this.deflated = deflated;
        this.packed = packed;
        this.size = size;
        this.crc = crc;
    }

    /** Makes an entry that is not compressed. The bytes are copied. */
    static ArchiveEntry stored(String name, byte[] contents) {
        return new ArchiveEntry(name, false, contents.clone(), contents.length, crc(contents));
    }

    /** Makes an entry that is compressed, unless that makes it larger. */
    static ArchiveEntry deflated(String name, byte[] contents) {
        Deflater deflater = new Deflater(COMPRESSION, true);
        try {
            deflater.setInput(contents);
            deflater.finish();
            byte[] packed = new byte[contents.length];
            int length = deflater.deflate(packed);
            return deflater.finished()
                    ? new ArchiveEntry(
                            name,
                            true,
                            Arrays.copyOf(packed, length),
                            contents.length,
                            crc(contents))
                    : stored(name, contents);
        } finally {
            deflater.end();
        }
    }

    /**
     * Makes an entry of what an archive holds, and unpacks it once to see that it is whole.
     *
     * @throws TorchScriptException if it is not
     */
    static ArchiveEntry read(DirectoryEntry header, byte[] packed) {
        ArchiveEntry entry =
                new ArchiveEntry(
                        header.name(),
                        header.deflated(),
                        packed,
                        (int) header.size(),
                        header.crc());
        CRC32 crc = new CRC32();
        entry.unpack(crc::update);
        if ((int) crc.getValue() != header.crc()) {
            throw new TorchScriptException(
                    String.format(
                            "its CRC is %08x and should be %08x: the file is damaged",
                            (int) crc.getValue(), header.crc()));
        }
        return entry;
    }

    private static int crc(byte[] contents) {
        CRC32 crc = new CRC32();
        crc.update(contents);
        return (int) crc.getValue();
    }

    /** Takes the unpacked bytes. */
    private interface Sink {
        void take(byte[] bytes, int offset, int length);
    }

    private void unpack(Sink sink) {
        if (!deflated) {
            sink.take(packed, 0, packed.length);
            return;
        }
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            byte[] chunk = new byte[Math.min(CHUNK, size + 1)];
            long total = 0;
            while (!inflater.finished()) {
                int length = inflater.inflate(chunk);
                total += length;
                if (total > size || length == 0 && !inflater.finished()) {
                    throw new TorchScriptException(
                            total > size
                                    ? "it unpacks to more than the " + size + " bytes it declares"
                                    : "its compressed data ends too early");
                }
                sink.take(chunk, 0, length);
            }
            if (total != size || inflater.getRemaining() != 0) {
                throw new TorchScriptException(
                        "it unpacks "
                                + (packed.length - inflater.getRemaining())
                                + " bytes to "
                                + total
                                + " and declares "
                                + packed.length
                                + " and "
                                + size);
            }
        } catch (DataFormatException e) {
            throw new TorchScriptException(
                    "its compressed data is malformed: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
    }

    /** The full name, with the archive's root folder. */
    String name() {
        return name;
    }

    boolean deflated() {
        return deflated;
    }

    int size() {
        return size;
    }

    int crc() {
        return crc;
    }

    /** The bytes as they lie in the archive, which the caller does not change. */
    byte[] packed() {
        return packed;
    }

    /** A copy of the contents. */
    byte[] contents() {
        if (!deflated) {
            return packed.clone();
        }
        byte[] contents = new byte[size];
        int[] position = {0};
        unpack(
                (bytes, offset, length) -> {
                    System.arraycopy(bytes, offset, contents, position[0], length);
                    position[0] += length;
                });
        return contents;
    }
}
