package io.github.djlqat.torchscript.archive;

import io.github.djlqat.torchscript.pickle.DictionaryValue;
import io.github.djlqat.torchscript.pickle.ObjectValue;
import io.github.djlqat.torchscript.pickle.TupleValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A whole archive whose headers can be made to lie. */
final class ForgedZip {

    private final ByteBuffer file;

    ForgedZip(byte[] archive) {
        file = ByteBuffer.wrap(archive.clone()).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** An archive with the least that a module has, and two entries of some bytes. */
    static ForgedZip whole() {
        return new ForgedZip(
                TorchScriptArchive.create("m")
                        .withData(new ObjectValue("__torch__.M", new DictionaryValue(List.of())))
                        .withConstants(new TupleValue(List.of()))
                        .with("version", "3\n")
                        .with("extra/a", new byte[100])
                        .with("extra/b", new byte[100])
                        .toByteArray());
    }

    byte[] bytes() {
        return file.array();
    }

    /** The directory's header of an entry. */
    int directory(String name) {
        for (int at = find(ZipFormat.DIRECTORY_HEADER, 0);
                at >= 0;
                at = find(ZipFormat.DIRECTORY_HEADER, at + 1)) {
            if (name(at, 28, ZipFormat.DIRECTORY_HEADER_SIZE).equals(name)) {
                return at;
            }
        }
        throw new IllegalArgumentException("There is no entry " + name + ".");
    }

    /** The header before the contents of an entry. */
    int local(String name) {
        return file.getInt(directory(name) + 42);
    }

    int end() {
        return find(ZipFormat.END, 0);
    }

    int end64() {
        return find(ZipFormat.END_64, 0);
    }

    int locator() {
        return find(ZipFormat.END_64_LOCATOR, 0);
    }

    private String name(int at, int lengthAt, int headerSize) {
        byte[] name = new byte[Short.toUnsignedInt(file.getShort(at + lengthAt))];
        file.get(at + headerSize, name);
        return new String(name, StandardCharsets.UTF_8);
    }

    private int find(int signature, int from) {
        for (int at = from; at + 4 <= file.capacity(); at++) {
            if (file.getInt(at) == signature) {
                return at;
            }
        }
        return -1;
    }

    ForgedZip put16(int at, int value) {
        file.putShort(at, (short) value);
        return this;
    }

    ForgedZip put32(int at, long value) {
        file.putInt(at, (int) value);
        return this;
    }

    ForgedZip put64(int at, long value) {
        file.putLong(at, value);
        return this;
    }

    int get16(int at) {
        return Short.toUnsignedInt(file.getShort(at));
    }

    long get32(int at) {
        return Integer.toUnsignedLong(file.getInt(at));
    }

    /** Renames an entry, in the directory and before its contents, to a name as long. */
    ForgedZip rename(String name, String other) {
        byte[] bytes = other.getBytes(StandardCharsets.UTF_8);
        int local = local(name);
        file.put(directory(name) + ZipFormat.DIRECTORY_HEADER_SIZE, bytes);
        file.put(local + ZipFormat.LOCAL_HEADER_SIZE, bytes);
        return this;
    }
}
