package io.github.djlqat.torchscript;

import io.github.djlqat.torchscript.pickle.PickleOpcodes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Small changes of bytes that lead into the corners of a reader. */
final class Mutations {

    private static final int[] INTERESTING = {
        0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0x10000, 64
    };
    private static final byte[] OPCODES = {
        (byte) 0x80,
        '.',
        'c',
        '(',
        ')',
        't',
        (byte) 0x85,
        (byte) 0x86,
        (byte) 0x87,
        ']',
        'a',
        'e',
        '}',
        's',
        'u',
        'N',
        (byte) 0x88,
        (byte) 0x89,
        'J',
        'K',
        'M',
        (byte) 0x8a,
        'G',
        'X',
        'q',
        'r',
        'h',
        'j',
        (byte) 0x81,
        'b',
        'R',
        'Q',
        'i',
        'o',
        'I',
        'S',
        '0',
        '1',
        '2',
        'P',
        (byte) 0x93,
        (byte) 0x94,
        (byte) 0x95
    };

    private Mutations() {}

    /** Changes bytes anywhere. */
    static byte[] ofBytes(byte[] input, byte[] other, Random random) {
        byte[] bytes = input.clone();
        if (bytes.length == 0) {
            return other.clone();
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(7)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> {
                int value = INTERESTING[random.nextInt(INTERESTING.length)];
                ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                if (at + 4 <= bytes.length && random.nextBoolean()) {
                    buffer.putInt(at, value);
                } else if (at + 2 <= bytes.length) {
                    buffer.putShort(at, (short) value);
                }
            }
            case 3 -> bytes = Arrays.copyOf(bytes, at);
            case 4 -> bytes = splice(bytes, 0, at, other, random.nextInt(other.length + 1));
            case 5 -> {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(32));
                bytes = splice(bytes, 0, at, bytes, end);
            }
            default -> {
                int start = Math.max(0, at - 1 - random.nextInt(32));
                bytes = splice(bytes, 0, at, bytes, start);
            }
        }
        return bytes;
    }

    /** Changes the numbers at the end of a zip file, where its directory lies. */
    static byte[] ofDirectory(byte[] input, Random random) {
        if (input.length == 0) {
            return input;
        }
        byte[] bytes = input.clone();
        int tail = Math.min(bytes.length, 98 + random.nextInt(600));
        int at = bytes.length - tail + random.nextInt(tail);
        bytes[at] =
                random.nextBoolean()
                        ? (byte) (bytes[at] ^ 1 << random.nextInt(8))
                        : (byte) INTERESTING[random.nextInt(INTERESTING.length)];
        return bytes;
    }

    /** Deletes, doubles, exchanges, inserts and takes over whole opcodes of a pickle. */
    static byte[] ofOpcodes(byte[] input, byte[] other, Random random) {
        List<byte[]> opcodes = new ArrayList<>(PickleOpcodes.split(input));
        List<byte[]> others = PickleOpcodes.split(other);
        if (opcodes.isEmpty() || others.isEmpty()) {
            return input;
        }
        int at = random.nextInt(opcodes.size());
        switch (random.nextInt(6)) {
            case 0 -> opcodes.remove(at);
            case 1 -> opcodes.add(at, opcodes.get(random.nextInt(opcodes.size())));
            case 2 -> Collections.swap(opcodes, at, random.nextInt(opcodes.size()));
            case 3 -> opcodes.add(at, new byte[] {OPCODES[random.nextInt(OPCODES.length)]});
            case 4 -> opcodes.set(at, others.get(random.nextInt(others.size())));
            default -> {
                int from = random.nextInt(others.size());
                int to = Math.min(others.size(), from + 1 + random.nextInt(12));
                opcodes.addAll(at, others.subList(from, to));
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        opcodes.forEach(out::writeBytes);
        return out.toByteArray();
    }

    private static byte[] splice(byte[] head, int from, int to, byte[] tail, int tailFrom) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(head, from, to - from);
        out.write(tail, tailFrom, tail.length - tailFrom);
        return out.toByteArray();
    }
}
