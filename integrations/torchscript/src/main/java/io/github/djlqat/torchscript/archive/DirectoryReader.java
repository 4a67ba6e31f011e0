package io.github.djlqat.torchscript.archive;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads the central directory of a zip file. */
final class DirectoryReader {

    private static final int MAX_COMMENT = 0xffff;

    private final ByteSource source;
    private final long fileSize;
    private final ArchiveLimits limits;

    DirectoryReader(ByteSource source, ArchiveLimits limits) throws IOException {
        this.source = source;
        this.fileSize = source.size();
        this.limits = limits;
    }

    /** Where the directory lies and how many entries it has. */
    private record Extent(long entries, long size, long offset, long end) {}

    /** A directory and where it begins. */
    record Directory(List<DirectoryEntry> entries, long offset) {}

    Directory read() throws IOException {
        Extent extent = extent();
        if (extent.entries > limits.maxEntries()) {
            throw new TorchScriptException(
                    "it has " + extent.entries + " entries; the limit is " + limits.maxEntries());
        }
        if (extent.offset < 0
                || extent.size < 0
                || extent.size > extent.end
                || extent.offset > extent.end - extent.size
                || extent.size > Integer.MAX_VALUE - 8) {
            throw new TorchScriptException(
                    "its directory of "
                            + extent.size
                            + " bytes at "
                            + extent.offset
                            + " is not in the file: the file is truncated or no zip file");
        }
        ByteBuffer directory = source.buffer(extent.offset, (int) extent.size);
        List<DirectoryEntry> entries = new ArrayList<>();
        while (directory.hasRemaining() && entries.size() < extent.entries) {
            entries.add(entry(directory));
        }
        if (entries.size() != extent.entries || directory.hasRemaining()) {
            throw new TorchScriptException(
                    "its directory of "
                            + extent.size
                            + " bytes does not hold just the "
                            + extent.entries
                            + " entries that it declares");
        }
        return new Directory(entries, extent.offset);
    }

    private Extent extent() throws IOException {
        int tailSize = (int) Math.min(fileSize, ZipFormat.END_SIZE + MAX_COMMENT);
        ByteBuffer tail = source.buffer(fileSize - tailSize, tailSize);
        for (int i = tailSize - ZipFormat.END_SIZE; i >= 0; i--) {
            int comment = tailSize - ZipFormat.END_SIZE - i;
            if (tail.getInt(i) == ZipFormat.END && unsigned16(tail, i + 20) == comment) {
                return extent(
                        tail.slice(i, ZipFormat.END_SIZE).order(tail.order()),
                        fileSize - tailSize + i);
            }
        }
        throw new TorchScriptException(
                "it has no end of a zip file: the file is truncated, or was not saved by"
                        + " torch.jit.save");
    }

    private Extent extent(ByteBuffer end, long position) throws IOException {
        Extent extent =
                new Extent(unsigned16(end, 10), unsigned32(end, 12), unsigned32(end, 16), position);
        if (end.getInt(4) != 0 || unsigned16(end, 8) != extent.entries) {
            throw new TorchScriptException("it is one part of several; a single file is legal");
        }
        long locatorPosition = position - ZipFormat.END_64_LOCATOR_SIZE;
        if (locatorPosition >= 0) {
            ByteBuffer locator = source.buffer(locatorPosition, ZipFormat.END_64_LOCATOR_SIZE);
            if (locator.getInt(0) == ZipFormat.END_64_LOCATOR) {
                return extent64(extent, locator, locatorPosition);
            }
        }
        return extent;
    }

    private Extent extent64(Extent extent, ByteBuffer locator, long locatorPosition)
            throws IOException {
        long position = locator.getLong(8);
        if (locator.getInt(4) != 0
                || locator.getInt(16) > 1
                || position < 0
                || position > locatorPosition - ZipFormat.END_64_SIZE) {
            throw new TorchScriptException("its 64-bit end is not in the file");
        }
        ByteBuffer end = source.buffer(position, ZipFormat.END_64_SIZE);
        Extent extent64 = new Extent(end.getLong(32), end.getLong(40), end.getLong(48), position);
        if (end.getInt(0) != ZipFormat.END_64
                || end.getInt(16) != 0
                || end.getInt(20) != 0
                || end.getLong(24) != extent64.entries
                || extent64.entries < 0
                || !agrees(extent.entries, extent64.entries, ZipFormat.SHORT_IN_64)
                || !agrees(extent.size, extent64.size, ZipFormat.INT_IN_64)
                || !agrees(extent.offset, extent64.offset, ZipFormat.INT_IN_64)) {
            throw new TorchScriptException(
                    "its 64-bit end is malformed or contradicts its 32-bit end");
        }
        return extent64;
    }

    private static boolean agrees(long value, long value64, long escape) {
        return value == escape || value == value64;
    }

    private DirectoryEntry entry(ByteBuffer directory) {
        int start = directory.position();
        if (directory.remaining() < ZipFormat.DIRECTORY_HEADER_SIZE
                || directory.getInt(start) != ZipFormat.DIRECTORY_HEADER) {
            throw new TorchScriptException("its directory is malformed at byte " + start);
        }
        int flags = unsigned16(directory, start + 8);
        int method = unsigned16(directory, start + 10);
        int nameLength = unsigned16(directory, start + 28);
        int extraLength = unsigned16(directory, start + 30);
        int commentLength = unsigned16(directory, start + 32);
        int disk = unsigned16(directory, start + 34);
        int headerLength = ZipFormat.DIRECTORY_HEADER_SIZE + nameLength;
        if (directory.remaining() - headerLength < extraLength + commentLength) {
            throw new TorchScriptException("its directory is malformed at byte " + start);
        }
        String name = name(directory.slice(start + ZipFormat.DIRECTORY_HEADER_SIZE, nameLength));
        directory.position(start + headerLength + extraLength + commentLength);
        ByteBuffer extra =
                directory.slice(start + headerLength, extraLength).order(directory.order());
        EntryNames.check(name);
        try {
            int crc = directory.getInt(start + 16);
            long[] sizes = {
                unsigned32(directory, start + 24),
                unsigned32(directory, start + 20),
                unsigned32(directory, start + 42)
            };
            widen(sizes, extra);
            return checked(
                    new DirectoryEntry(
                            name, method == ZipFormat.DEFLATED, crc, sizes[1], sizes[0], sizes[2]),
                    flags,
                    method,
                    disk);
        } catch (TorchScriptException e) {
            throw new TorchScriptException("entry " + name + ": " + e.getMessage(), e);
        }
    }

    /** Takes the numbers that do not fit 32 bits from the extra field, in its order. */
    private static void widen(long[] sizes, ByteBuffer extra) {
        while (extra.remaining() >= 4) {
            int id = Short.toUnsignedInt(extra.getShort());
            int length = Short.toUnsignedInt(extra.getShort());
            if (length > extra.remaining()) {
                throw new TorchScriptException("its extra field is malformed");
            }
            int end = extra.position() + length;
            if (id == ZipFormat.EXTRA_64) {
                for (int i = 0; i < sizes.length; i++) {
                    if (sizes[i] == ZipFormat.INT_IN_64) {
                        if (end - extra.position() < Long.BYTES) {
                            throw new TorchScriptException("its 64-bit sizes are missing");
                        }
                        sizes[i] = extra.getLong();
                    }
                }
            }
            extra.position(end);
        }
    }

    private DirectoryEntry checked(DirectoryEntry entry, int flags, int method, int disk) {
        if ((flags & (ZipFormat.ENCRYPTED | ZipFormat.STRONGLY_ENCRYPTED | ZipFormat.MASKED))
                != 0) {
            throw new TorchScriptException("it is encrypted, which is not supported");
        }
        if (method != ZipFormat.STORED && method != ZipFormat.DEFLATED) {
            throw new TorchScriptException(
                    "its compression method is "
                            + method
                            + "; 0 (stored) and 8 (deflated) are supported");
        }
        if (disk != 0) {
            throw new TorchScriptException("it lies in another part; a single file is legal");
        }
        if (entry.size() < 0 || entry.size() > Integer.MAX_VALUE - 8) {
            throw new TorchScriptException(
                    "its size is "
                            + Long.toUnsignedString(entry.size())
                            + "; 0 to 2^31 - 9 bytes are supported");
        }
        if (!entry.deflated() && entry.packedSize() != entry.size()) {
            throw new TorchScriptException(
                    "it is stored with "
                            + entry.packedSize()
                            + " bytes and declares "
                            + entry.size());
        }
        return entry;
    }

    private static String name(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new TorchScriptException(
                    "the name of entry \""
                            + EntryNames.shorten(
                                    StandardCharsets.ISO_8859_1.decode(bytes.rewind()).toString())
                            + "\" is not in UTF-8, which alone is legal",
                    e);
        }
    }

    static int unsigned16(ByteBuffer buffer, int index) {
        return Short.toUnsignedInt(buffer.getShort(index));
    }

    private static long unsigned32(ByteBuffer buffer, int index) {
        return Integer.toUnsignedLong(buffer.getInt(index));
    }
}
