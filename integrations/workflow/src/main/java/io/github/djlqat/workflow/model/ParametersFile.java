package io.github.djlqat.workflow.model;

import ai.djl.ndarray.types.DataType;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UTFDataFormatException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a file of DJL's parameters before it is loaded.
 *
 * <p>DJL hands element types and sizes of the file to native code, which ends the process at some
 * of them. Every array in the file begins with a mark; each place with this mark is checked,
 * whether a block would read an array there or not.
 */
final class ParametersFile {

    private static final String HEAD = "DJL@";
    private static final byte[] MARK = {0, 4, 'N', 'D', 'A', 'R'};
    private static final int NEWEST_VERSION = 3;
    private static final int MOST_DIMENSIONS = 32;
    private static final int WINDOW = 1 << 16;

    private static final Set<DataType> TYPES =
            EnumSet.of(
                    DataType.FLOAT32,
                    DataType.FLOAT64,
                    DataType.FLOAT16,
                    DataType.INT64,
                    DataType.INT32,
                    DataType.INT8,
                    DataType.UINT8,
                    DataType.BOOLEAN);

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private ParametersFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        size = channel.size();
    }

    /**
     * Checks a file.
     *
     * @throws IOException if it cannot be read, is none of DJL's, or holds an array that is not
     *     what its header says; the message names the file and the byte
     */
    static void check(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            new ParametersFile(path, channel).check();
        }
    }

    private void check() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD.length());
        read(head, 0);
        for (int i = 0; i < HEAD.length(); i++) {
            if (head.get(i) != HEAD.charAt(i)) {
                throw new IOException(
                        path
                                + " is no file of DJL's parameters: it does not begin with "
                                + HEAD
                                + ".");
            }
        }
        ByteBuffer window = ByteBuffer.allocate(WINDOW + MARK.length);
        for (long start = 0; start < size; start += WINDOW) {
            window.clear();
            read(window, start);
            for (int i = 0; i < WINDOW && i + MARK.length <= window.position(); i++) {
                if (isMark(window, i)) {
                    checkArray(start + i);
                }
            }
        }
    }

    private static boolean isMark(ByteBuffer window, int at) {
        for (int i = 0; i < MARK.length; i++) {
            if (window.get(at + i) != MARK[i]) {
                return false;
            }
        }
        return true;
    }

    private void read(ByteBuffer buffer, long position) throws IOException {
        while (buffer.hasRemaining()) {
            int count = channel.read(buffer, position + buffer.position());
            if (count < 0) {
                return;
            }
        }
    }

    private void checkArray(long at) throws IOException {
        channel.position(at + MARK.length);
        InputStream stream = Channels.newInputStream(channel);
        try {
            checkHeader(new DataInputStream(stream), at);
        } catch (EOFException | UTFDataFormatException e) {
            throw damaged(at, "the header of an array cannot be read", e);
        }
    }

    private void checkHeader(DataInputStream in, long at) throws IOException {
        int version = in.readInt();
        if (version < 1 || version > NEWEST_VERSION) {
            throw damaged(at, "an array has the version " + version, null);
        }
        if (version > 1 && in.readByte() == 1) {
            in.readUTF();
        }
        in.readUTF();
        DataType type = type(in.readUTF(), at);
        long bytes = type.getNumOfBytes();
        int dimensions = count(in.readInt(), at);
        for (int i = 0; i < dimensions; i++) {
            long length = in.readLong();
            if (length < 0 || length > 0 && bytes > Integer.MAX_VALUE / length) {
                throw damaged(at, "an array has a dimension of " + length, null);
            }
            bytes *= length;
        }
        in.skipNBytes(2L * count(in.readInt(), at));
        if (version > 2) {
            in.readByte();
        }
        int length = in.readInt();
        if (length != bytes || length > size - channel.position()) {
            throw damaged(
                    at,
                    "an array of "
                            + bytes
                            + " bytes is said to have "
                            + length
                            + ", of which the file has "
                            + (size - channel.position()),
                    null);
        }
    }

    private DataType type(String name, long at) throws IOException {
        for (DataType type : TYPES) {
            if (type.name().equals(name)) {
                return type;
            }
        }
        throw damaged(at, "an array has elements of " + name + "; legal are " + TYPES, null);
    }

    private int count(int count, long at) throws IOException {
        if (count < 0 || count > MOST_DIMENSIONS) {
            throw damaged(at, "an array has " + count + " dimensions", null);
        }
        return count;
    }

    private IOException damaged(long at, String what, @Nullable Throwable e) {
        return new IOException(path + " is damaged: at byte " + at + " " + what + ".", e);
    }
}
