package io.github.djlqat.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The data of a file, mapped into memory in windows, because one mapping holds at most 2 GiB.
 *
 * <p>A window ends where a tensor ends, so that every tensor that fits into a window lies in one
 * buffer. A larger tensor has no window; its parts are mapped when they are asked for.
 */
final class MappedData {

    private final FileChannel channel;
    private final long dataStart;
    private final NavigableMap<Long, MappedByteBuffer> windows;

    private MappedData(
            FileChannel channel, long dataStart, NavigableMap<Long, MappedByteBuffer> windows) {
        this.channel = channel;
        this.dataStart = dataStart;
        this.windows = windows;
    }

    /**
     * Maps the tensors of a header.
     *
     * @param channel the file, which must stay open as long as parts of large tensors are asked for
     * @param header the header
     * @param maxWindow the largest window in bytes
     * @return the data
     * @throws IOException if the file cannot be mapped
     */
    static MappedData map(FileChannel channel, Header header, long maxWindow) throws IOException {
        NavigableMap<Long, MappedByteBuffer> windows = new TreeMap<>();
        long begin = 0;
        long end = 0;
        for (TensorInfo tensor : header.tensors()) {
            if (tensor.end() - begin > maxWindow) {
                addWindow(windows, channel, header.dataStart(), begin, end);
                begin = tensor.byteSize() > maxWindow ? tensor.end() : tensor.begin();
            }
            end = tensor.end();
        }
        addWindow(windows, channel, header.dataStart(), begin, end);
        return new MappedData(channel, header.dataStart(), windows);
    }

    private static void addWindow(
            NavigableMap<Long, MappedByteBuffer> windows,
            FileChannel channel,
            long dataStart,
            long begin,
            long end)
            throws IOException {
        if (end > begin) {
            windows.put(begin, channel.map(MapMode.READ_ONLY, dataStart + begin, end - begin));
        }
    }

    int windows() {
        return windows.size();
    }

    /**
     * Returns a part of the data.
     *
     * @param begin the offset of its first byte from the start of the data
     * @param length its length in bytes
     * @return a read-only, little-endian view
     * @throws IOException if it has to be mapped and cannot be
     */
    ByteBuffer slice(long begin, int length) throws IOException {
        if (length == 0) {
            return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        Map.Entry<Long, MappedByteBuffer> window = windows.floorEntry(begin);
        ByteBuffer slice;
        if (window != null && begin - window.getKey() + length <= window.getValue().capacity()) {
            slice = window.getValue().slice((int) (begin - window.getKey()), length);
        } else {
            slice = channel.map(MapMode.READ_ONLY, dataStart + begin, length);
        }
        return slice.order(ByteOrder.LITTLE_ENDIAN);
    }
}
