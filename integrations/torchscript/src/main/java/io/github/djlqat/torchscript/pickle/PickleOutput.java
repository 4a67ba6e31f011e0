package io.github.djlqat.torchscript.pickle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle that is written. */
final class PickleOutput {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void opcode(int opcode) {
        out.write(opcode);
    }

    void unsignedByte(int value) {
        out.write(value);
    }

    /** Writes an int in the shortest opcode that PyTorch would use for it. */
    void integer(long value) {
        if (value >= 0 && value <= 0xff) {
            out.write(Opcode.BINARY_INT1);
            littleEndian(value, 1);
        } else if (value >= 0 && value <= 0xffff) {
            out.write(Opcode.BINARY_INT2);
            littleEndian(value, 2);
        } else if (value == (int) value) {
            out.write(Opcode.BINARY_INT);
            littleEndian(value, Integer.BYTES);
        } else {
            out.write(Opcode.LONG1);
            out.write(Long.BYTES);
            littleEndian(value, Long.BYTES);
        }
    }

    void float64(double value) {
        out.write(Opcode.BINARY_FLOAT);
        littleEndian(Long.reverseBytes(Double.doubleToRawLongBits(value)), Long.BYTES);
    }

    void string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.write(Opcode.BINARY_UNICODE);
        littleEndian(utf8.length, Integer.BYTES);
        out.writeBytes(utf8);
    }

    void global(String name) {
        int dot = name.lastIndexOf('.');
        String lines = name.substring(0, dot) + '\n' + name.substring(dot + 1) + '\n';
        out.write(Opcode.GLOBAL);
        out.writeBytes(lines.getBytes(StandardCharsets.UTF_8));
    }

    void indexed(int shortOpcode, int longOpcode, int index) {
        if (index <= 0xff) {
            out.write(shortOpcode);
            littleEndian(index, 1);
        } else {
            out.write(longOpcode);
            littleEndian(index, Integer.BYTES);
        }
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }

    private void littleEndian(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write((int) (value >>> (Byte.SIZE * i)));
        }
    }
}
