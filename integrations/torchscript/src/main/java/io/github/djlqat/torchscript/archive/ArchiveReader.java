package io.github.djlqat.torchscript.archive;

import io.github.djlqat.torchscript.archive.DirectoryReader.Directory;
import io.github.djlqat.torchscript.error.TorchScriptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the entries of a zip file, each checked against its size and its CRC. */
final class ArchiveReader {

    /** Compressed entries up to this size may have any ratio: they cost nothing. */
    private static final long FREE_SIZE = 1 << 20;

    /** Compressed entries that together have up to this size may have any ratio. */
    private static final long FREE_SUM = 16 << 20;

    private final ByteSource source;
    private final ArchiveLimits limits;

    ArchiveReader(ByteSource source, ArchiveLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    List<ArchiveEntry> read() throws IOException {
        Directory directory = new DirectoryReader(source, limits).read();
        checkNames(directory.entries());
        checkSizes(directory.entries());
        checkOverlaps(directory);
        List<ArchiveEntry> entries = new ArrayList<>(directory.entries().size());
        for (DirectoryEntry entry : directory.entries()) {
            try {
                long data = dataOffset(entry, directory.offset());
                byte[] packed = source.read(data, (int) entry.packedSize());
                entries.add(ArchiveEntry.read(entry, packed));
            } catch (TorchScriptException e) {
                throw new TorchScriptException("entry " + entry.name() + ": " + e.getMessage(), e);
            }
        }
        return entries;
    }

    private static void checkNames(List<DirectoryEntry> entries) {
        Set<String> names = new HashSet<>();
        for (DirectoryEntry entry : entries) {
            if (!names.add(entry.name())) {
                throw new TorchScriptException(
                        "entry " + entry.name() + ": it occurs twice; each name once is legal");
            }
        }
    }

    private void checkSizes(List<DirectoryEntry> entries) {
        long total = 0;
        long unpacked = 0;
        long packed = 0;
        for (DirectoryEntry entry : entries) {
            total += entry.size();
            if (total > limits.maxBytes()) {
                throw new TorchScriptException(
                        "entry "
                                + entry.name()
                                + ": with its "
                                + entry.size()
                                + " bytes the entries exceed "
                                + limits.maxBytes()
                                + " bytes, which is the limit");
            }
            if (!entry.deflated()) {
                continue;
            }
            unpacked += entry.size();
            packed += entry.packedSize();
            checkRatio("it unpacks ", entry, entry.size(), entry.packedSize(), FREE_SIZE);
            checkRatio(
                    "with the entries before it, it unpacks ", entry, unpacked, packed, FREE_SUM);
        }
    }

    private void checkRatio(
            String subject, DirectoryEntry entry, long unpacked, long packed, long free) {
        if (unpacked > free && unpacked / limits.maxRatio() > packed) {
            throw new TorchScriptException(
                    "entry "
                            + entry.name()
                            + ": "
                            + subject
                            + packed
                            + " bytes to "
                            + unpacked
                            + ", more than "
                            + limits.maxRatio()
                            + " times as many, which is the limit");
        }
    }

    /** Refuses entries that share bytes, by which a small file unpacks to a huge one. */
    private static void checkOverlaps(Directory directory) {
        List<DirectoryEntry> sorted = new ArrayList<>(directory.entries());
        sorted.sort(Comparator.comparingLong(DirectoryEntry::offset));
        for (int i = 0; i < sorted.size(); i++) {
            DirectoryEntry entry = sorted.get(i);
            long end = i + 1 < sorted.size() ? sorted.get(i + 1).offset() : directory.offset();
            long nameLength = entry.name().getBytes(StandardCharsets.UTF_8).length;
            long least = ZipFormat.LOCAL_HEADER_SIZE + nameLength;
            if (entry.offset() < 0
                    || entry.packedSize() < 0
                    || end > directory.offset()
                    || end - entry.offset() < least
                    || end - entry.offset() - least < entry.packedSize()) {
                throw new TorchScriptException(
                        "entry "
                                + entry.name()
                                + ": its "
                                + entry.packedSize()
                                + " bytes at "
                                + entry.offset()
                                + " reach into the next entry or behind the end at "
                                + end);
            }
        }
    }

    private long dataOffset(DirectoryEntry entry, long end) throws IOException {
        byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
        ByteBuffer header =
                source.buffer(entry.offset(), ZipFormat.LOCAL_HEADER_SIZE + name.length);
        int nameLength = DirectoryReader.unsigned16(header, 26);
        int extraLength = DirectoryReader.unsigned16(header, 28);
        byte[] localName =
                Arrays.copyOfRange(header.array(), ZipFormat.LOCAL_HEADER_SIZE, header.capacity());
        int method = DirectoryReader.unsigned16(header, 8);
        if (header.getInt(0) != ZipFormat.LOCAL_HEADER
                || nameLength != name.length
                || !Arrays.equals(localName, name)
                || method != (entry.deflated() ? ZipFormat.DEFLATED : ZipFormat.STORED)) {
            throw new TorchScriptException(
                    "its header at " + entry.offset() + " differs from the directory");
        }
        long data = entry.offset() + header.capacity() + extraLength;
        if (data > end - entry.packedSize()) {
            throw new TorchScriptException(
                    "its "
                            + entry.packedSize()
                            + " bytes at "
                            + data
                            + " reach behind the end at "
                            + end);
        }
        return data;
    }
}
