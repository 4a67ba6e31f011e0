package io.github.djlqat.torchscript.pickle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A pickle cut into its opcodes with their arguments, written apart from the reader under test. */
public final class PickleOpcodes {

    private PickleOpcodes() {}

    /** Cuts a pickle; what cannot be cut is the last piece. */
    public static List<byte[]> split(byte[] pickle) {
        List<byte[]> opcodes = new ArrayList<>();
        int start = 0;
        while (start < pickle.length) {
            int end = Math.min(start + length(pickle, start), pickle.length);
            opcodes.add(Arrays.copyOfRange(pickle, start, end));
            start = end;
        }
        return opcodes;
    }

    private static int length(byte[] pickle, int start) {
        int rest = pickle.length - start;
        return switch (pickle[start] & 0xff) {
            case 0x80, 'K', 'q', 'h' -> 2;
            case 'M' -> 3;
            case 'J', 'r', 'j' -> 5;
            case 'G' -> 9;
            case 0x8a -> rest < 2 ? rest : 2 + (pickle[start + 1] & 0xff);
            case 'X' -> {
                if (rest < 5) {
                    yield rest;
                }
                ByteBuffer bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
                long length = 5 + Integer.toUnsignedLong(bytes.getInt(start + 1));
                yield (int) Math.min(length, rest);
            }
            case 'c' -> {
                int end = lineEnd(pickle, lineEnd(pickle, start));
                yield end - start;
            }
            default -> 1;
        };
    }

    private static int lineEnd(byte[] pickle, int start) {
        int end = start;
        while (end < pickle.length && pickle[end] != '\n') {
            end++;
        }
        return Math.min(end + 1, pickle.length);
    }
}
