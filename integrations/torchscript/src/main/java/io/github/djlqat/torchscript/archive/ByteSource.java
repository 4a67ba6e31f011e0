package io.github.djlqat.torchscript.archive;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Bytes that are read at any position. */
interface ByteSource {

    /** Returns the number of bytes. */
    long size() throws IOException;

    /** Reads bytes that are there. */
    byte[] read(long position, int length) throws IOException;

    /** Reads bytes that are there, in little-endian order. */
    default ByteBuffer buffer(long position, int length) throws IOException {
        return ByteBuffer.wrap(read(position, length)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a file. */
    static ByteSource of(FileChannel channel) {
        return new ByteSource() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public byte[] read(long position, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.allocate(length);
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer, position + buffer.position()) < 0) {
                        throw new EOFException("The file became shorter while it was read.");
                    }
                }
                return buffer.array();
            }
        };
    }

    /** Reads an array. */
    static ByteSource of(byte[] bytes) {
        return new ByteSource() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public byte[] read(long position, int length) {
                byte[] part = new byte[length];
                System.arraycopy(bytes, (int) position, part, 0, length);
                return part;
            }
        };
    }
}
