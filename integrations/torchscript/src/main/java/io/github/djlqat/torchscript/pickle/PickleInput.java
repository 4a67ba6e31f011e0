package io.github.djlqat.torchscript.pickle;

import io.github.djlqat.torchscript.error.TorchScriptException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read in order. */
final class PickleInput {

    private static final int MAX_NAME_BYTES = 4096;

    private final ByteBuffer bytes;
    private final String name;
    private int opcodePosition;

    PickleInput(byte[] pickle, String name) {
        this.bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
        this.name = name;
    }

    TorchScriptException refusal(String problem, Throwable cause) {
        return new TorchScriptException(
                name
                        + ": the pickle is refused at byte "
                        + opcodePosition
                        + ": "
                        + problem
                        + (problem.endsWith(".") ? "" : "."),
                cause);
    }

    int remaining() {
        return bytes.remaining();
    }

    int opcode() {
        opcodePosition = bytes.position();
        return unsignedByte();
    }

    int unsignedByte() {
        return need(1).get() & 0xff;
    }

    int unsignedShort() {
        return need(2).getShort() & 0xffff;
    }

    int int32() {
        return need(4).getInt();
    }

    double float64() {
        return Double.longBitsToDouble(Long.reverseBytes(need(8).getLong()));
    }

    /** Reads a two's complement number of up to eight bytes behind its length. */
    long longInteger() {
        int length = unsignedByte();
        if (length > Long.BYTES) {
            throw new PickleProblem("an int has " + length + " bytes; up to 8 are legal");
        }
        need(length);
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (bytes.get() & 0xffL) << (Byte.SIZE * i);
        }
        int unused = Long.SIZE - Byte.SIZE * length;
        return length == 0 ? 0 : value << unused >> unused;
    }

    String string() {
        int length = int32();
        if (length < 0) {
            throw new PickleProblem(
                    "a string has "
                            + Integer.toUnsignedString(length)
                            + " bytes; less than 2^31 are legal");
        }
        return utf8(length);
    }

    /** Reads up to a line feed. */
    String line() {
        int limit = Math.min(bytes.limit(), bytes.position() + MAX_NAME_BYTES);
        for (int i = bytes.position(); i < limit; i++) {
            if (bytes.get(i) == '\n') {
                String line = utf8(i - bytes.position());
                bytes.get();
                return line;
            }
        }
        throw new PickleProblem(
                "a name does not end; up to "
                        + MAX_NAME_BYTES
                        + " bytes and a line feed are legal");
    }

    private String utf8(int length) {
        need(length);
        ByteBuffer text = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new PickleProblem("a string is not in UTF-8, which alone is legal");
        }
    }

    private ByteBuffer need(int count) {
        if (bytes.remaining() < count) {
            throw new PickleProblem("it ends " + (count - bytes.remaining()) + " bytes too early");
        }
        return bytes;
    }
}
