package io.github.djlqat.torchscript.archive;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes entries into a zip file as PyTorch does: the data of each begins at a multiple of 64
 * bytes, and its sizes follow it.
 */
final class ArchiveWriter {

    /** So that PyTorch can map tensors from the file. */
    private static final int ALIGNMENT = 64;

    private static final byte[] PADDING_FIELD = {'F', 'B'};
    private static final int PADDING_HEADER_SIZE = 4;
    private static final byte PADDING = 'Z';

    private static final int DEFLATE_VERSION = 20;
    private static final int WRITER_VERSION_64 = 0x031e;
    private static final int READER_VERSION_64 = 45;

    private final OutputStream out;
    private long position;

    private ArchiveWriter(OutputStream out) {
        this.out = out;
    }

    static void write(List<ArchiveEntry> entries, OutputStream out) throws IOException {
        new ArchiveWriter(out).write(entries);
    }

    private void write(List<ArchiveEntry> entries) throws IOException {
        long[] offsets = new long[entries.size()];
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = position;
            entry(entries.get(i));
        }
        long directory = position;
        for (int i = 0; i < offsets.length; i++) {
            directoryHeader(entries.get(i), offsets[i]);
        }
        end(offsets.length, directory, position - directory);
    }

    private void entry(ArchiveEntry entry) throws IOException {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        long data = position + ZipFormat.LOCAL_HEADER_SIZE + name.length + PADDING_HEADER_SIZE;
        int padding = (int) (-data & (ALIGNMENT - 1));
        ByteBuffer header = buffer(ZipFormat.LOCAL_HEADER_SIZE);
        header.putInt(ZipFormat.LOCAL_HEADER);
        common(header, entry);
        // The CRC and both sizes follow the data.
        header.position(header.position() + 12);
        header.putShort((short) name.length).putShort((short) (PADDING_HEADER_SIZE + padding));
        put(header.array());
        put(name);
        put(PADDING_FIELD);
        put(buffer(2).putShort((short) padding).array());
        byte[] pad = new byte[padding];
        Arrays.fill(pad, PADDING);
        put(pad);
        put(entry.packed());
        if (entry.packed().length > 0) {
            ByteBuffer descriptor = buffer(16).putInt(ZipFormat.DATA_DESCRIPTOR);
            put(sizes(descriptor, entry).array());
        }
    }

    private void directoryHeader(ArchiveEntry entry, long offset) throws IOException {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        boolean wide = offset >= ZipFormat.INT_IN_64;
        ByteBuffer header = buffer(ZipFormat.DIRECTORY_HEADER_SIZE);
        header.putInt(ZipFormat.DIRECTORY_HEADER).putShort((short) 0);
        common(header, entry);
        sizes(header, entry);
        header.putShort((short) name.length).putShort((short) (wide ? 4 + Long.BYTES : 0));
        header.putInt(
                ZipFormat.DIRECTORY_HEADER_SIZE - 4, (int) (wide ? ZipFormat.INT_IN_64 : offset));
        put(header.array());
        put(name);
        if (wide) {
            ByteBuffer extra = buffer(4 + Long.BYTES);
            extra.putShort((short) ZipFormat.EXTRA_64).putShort((short) Long.BYTES);
            put(extra.putLong(offset).array());
        }
    }

    /**
     * Puts what the local header and the directory have in common: version, flags, method, time.
     */
    private static void common(ByteBuffer header, ArchiveEntry entry) {
        int flags = ZipFormat.UTF8;
        if (entry.packed().length > 0) {
            flags |= ZipFormat.DESCRIPTOR_FOLLOWS;
        }
        header.putShort((short) (entry.deflated() ? DEFLATE_VERSION : 0));
        header.putShort((short) flags);
        header.putShort((short) (entry.deflated() ? ZipFormat.DEFLATED : ZipFormat.STORED));
        header.putInt(0);
    }

    private static ByteBuffer sizes(ByteBuffer buffer, ArchiveEntry entry) {
        return buffer.putInt(entry.crc()).putInt(entry.packed().length).putInt(entry.size());
    }

    private void end(int entries, long offset, long size) throws IOException {
        long end64 = position;
        ByteBuffer wide = buffer(ZipFormat.END_64_SIZE + ZipFormat.END_64_LOCATOR_SIZE);
        wide.putInt(ZipFormat.END_64).putLong(ZipFormat.END_64_SIZE - 12);
        wide.putShort((short) WRITER_VERSION_64).putShort((short) READER_VERSION_64);
        wide.putInt(0).putInt(0).putLong(entries).putLong(entries).putLong(size).putLong(offset);
        wide.putInt(ZipFormat.END_64_LOCATOR).putInt(0).putLong(end64).putInt(1);
        put(wide.array());
        ByteBuffer end = buffer(ZipFormat.END_SIZE);
        short shortEntries = (short) Math.min(entries, ZipFormat.SHORT_IN_64);
        end.putInt(ZipFormat.END).putInt(0).putShort(shortEntries).putShort(shortEntries);
        end.putInt((int) Math.min(size, ZipFormat.INT_IN_64));
        end.putInt((int) Math.min(offset, ZipFormat.INT_IN_64));
        put(end.array());
    }

    private void put(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
