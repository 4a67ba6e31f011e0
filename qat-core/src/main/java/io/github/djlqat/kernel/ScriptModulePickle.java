package io.github.djlqat.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Writes the part of Python's pickle protocol 2 that describes a module instance.
 *
 * <p>Each method appends the opcodes that leave one value on the unpickler's stack. The opcodes are
 * those of CPython's {@code pickletools}.
 */
final class ScriptModulePickle {

    private static final int PROTOCOL = 0x80;
    private static final int GLOBAL = 'c';
    private static final int EMPTY_TUPLE = ')';
    private static final int NEW_OBJECT = 0x81;
    private static final int EMPTY_DICT = '}';
    private static final int MARK = '(';
    private static final int BINARY_UNICODE = 'X';
    private static final int NEW_TRUE = 0x88;
    private static final int NEW_FALSE = 0x89;
    private static final int SET_ITEMS = 'u';
    private static final int BUILD = 'b';
    private static final int STOP = '.';

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ScriptModulePickle() {
        out.write(PROTOCOL);
        out.write(2);
    }

    /** Appends an instance of a class whose state is a dictionary of flags. */
    ScriptModulePickle instance(String module, String name, Map<String, Boolean> flags) {
        out.write(GLOBAL);
        out.writeBytes((module + '\n' + name + '\n').getBytes(StandardCharsets.UTF_8));
        out.write(EMPTY_TUPLE);
        out.write(NEW_OBJECT);
        out.write(EMPTY_DICT);
        out.write(MARK);
        flags.forEach(
                (key, value) -> {
                    string(key);
                    out.write(value ? NEW_TRUE : NEW_FALSE);
                });
        out.write(SET_ITEMS);
        out.write(BUILD);
        return this;
    }

    /** Appends the empty tuple. */
    ScriptModulePickle emptyTuple() {
        out.write(EMPTY_TUPLE);
        return this;
    }

    /** Ends the pickle and returns its bytes. */
    byte[] finish() {
        out.write(STOP);
        return out.toByteArray();
    }

    private void string(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        out.write(BINARY_UNICODE);
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            out.write(utf8.length >>> shift);
        }
        out.writeBytes(utf8);
    }
}
