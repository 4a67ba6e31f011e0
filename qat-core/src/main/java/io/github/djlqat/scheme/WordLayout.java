package io.github.djlqat.scheme;

import java.util.Arrays;

/**
 * How matrices of unsigned codes lie in 32-bit words in the checkpoints of quantized language
 * models. In each, the words are a matrix in row-major order.
 */
public enum WordLayout {
    /**
     * GPTQ's {@code qweight}: the words of a column hold its codes as one {@linkplain
     * BitOrder#LOW_BITS_FIRST bit stream}, top row first. 3-bit codes take 3 words for 32 rows.
     */
    GPTQ_ROWS {
        @Override
        public int[] pack(int[] codes, int rows, int columns, int bits) {
            int[] transposed = transpose(codes, rows, columns);
            return transpose(
                    COLUMNS.pack(transposed, columns, rows, bits), columns, words(rows, bits));
        }

        @Override
        public int[] unpack(int[] words, int rows, int columns, int bits) {
            requireWords(words, words(rows, bits), columns);
            int[] transposed = transpose(words, words(rows, bits), columns);
            return transpose(COLUMNS.unpack(transposed, columns, rows, bits), columns, rows);
        }
    },

    /**
     * The words of a row hold its codes as one {@linkplain BitOrder#LOW_BITS_FIRST bit stream}, as
     * in GPTQ's {@code qzeros} and compressed-tensors' {@code pack-quantized} weights.
     */
    COLUMNS {
        @Override
        public int[] pack(int[] codes, int rows, int columns, int bits) {
            requireCodes(codes, rows, columns);
            int words = words(columns, bits);
            int[] packed = new int[Math.multiplyExact(rows, words)];
            for (int row = 0; row < rows; row++) {
                int[] run = Arrays.copyOfRange(codes, row * columns, (row + 1) * columns);
                byte[] bytes = BitPacking.pack(run, bits, BitOrder.LOW_BITS_FIRST);
                byte[] padded = Arrays.copyOf(bytes, words * Integer.BYTES);
                int[] line = BitPacking.unpack(padded, words, 32, BitOrder.LOW_BITS_FIRST);
                System.arraycopy(line, 0, packed, row * words, words);
            }
            return packed;
        }

        @Override
        public int[] unpack(int[] words, int rows, int columns, int bits) {
            int perRow = words(columns, bits);
            requireWords(words, rows, perRow);
            int[] codes = new int[Math.multiplyExact(rows, columns)];
            for (int row = 0; row < rows; row++) {
                int[] line = Arrays.copyOfRange(words, row * perRow, (row + 1) * perRow);
                byte[] bytes = BitPacking.pack(line, 32, BitOrder.LOW_BITS_FIRST);
                byte[] exact = Arrays.copyOf(bytes, BitPacking.packedSize(columns, bits));
                int[] run = BitPacking.unpack(exact, columns, bits, BitOrder.LOW_BITS_FIRST);
                System.arraycopy(run, 0, codes, row * columns, columns);
            }
            return codes;
        }
    },

    /**
     * AWQ's {@code qweight} and {@code qzeros}, of 4 bits only: each word holds 8 codes of a row in
     * the order 0, 2, 4, 6, 1, 3, 5, 7 from its low bits. The number of columns is a multiple of 8.
     */
    AWQ {
        @Override
        public int[] pack(int[] codes, int rows, int columns, int bits) {
            requireAwq(columns, bits);
            requireCodes(codes, rows, columns);
            int[] ordered = new int[codes.length];
            for (int i = 0; i < codes.length; i++) {
                ordered[i] = codes[i - i % 8 + AWQ_ORDER[i % 8]];
            }
            return COLUMNS.pack(ordered, rows, columns, bits);
        }

        @Override
        public int[] unpack(int[] words, int rows, int columns, int bits) {
            requireAwq(columns, bits);
            int[] ordered = COLUMNS.unpack(words, rows, columns, bits);
            int[] codes = new int[ordered.length];
            for (int i = 0; i < codes.length; i++) {
                codes[i - i % 8 + AWQ_ORDER[i % 8]] = ordered[i];
            }
            return codes;
        }
    };

    private static final int[] AWQ_ORDER = {0, 2, 4, 6, 1, 3, 5, 7};

    /**
     * Packs a matrix.
     *
     * @param codes the codes in row-major order
     * @param rows the number of rows
     * @param columns the number of columns
     * @param bits the number of bits of a code, 1 to 32
     * @return the words
     * @throws IllegalArgumentException if the numbers do not fit each other or the layout, or a
     *     code has more bits
     */
    public abstract int[] pack(int[] codes, int rows, int columns, int bits);

    /**
     * Unpacks a matrix.
     *
     * @param words the words
     * @param rows the number of rows of codes
     * @param columns the number of columns of codes
     * @param bits the number of bits of a code, 1 to 32
     * @return the codes in row-major order
     * @throws IllegalArgumentException if the numbers do not fit each other or the layout
     */
    public abstract int[] unpack(int[] words, int rows, int columns, int bits);

    private static int words(int codes, int bits) {
        return (BitPacking.packedSize(codes, bits) + Integer.BYTES - 1) / Integer.BYTES;
    }

    private static int[] transpose(int[] matrix, int rows, int columns) {
        requireCodes(matrix, rows, columns);
        int[] transposed = new int[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            transposed[i % columns * rows + i / columns] = matrix[i];
        }
        return transposed;
    }

    private static void requireCodes(int[] codes, int rows, int columns) {
        if (rows < 0 || columns < 0 || codes.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    codes.length + " codes are not " + rows + " rows of " + columns + ".");
        }
    }

    private static void requireWords(int[] words, int rows, int columns) {
        if (rows < 0 || columns < 0 || words.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    words.length + " words are not " + rows + " rows of " + columns + ".");
        }
    }

    private static void requireAwq(int columns, int bits) {
        if (bits != 4 || columns % 8 != 0) {
            throw new IllegalArgumentException(
                    "AWQ packs 4 bits and a multiple of 8 columns, not "
                            + bits
                            + " bits and "
                            + columns
                            + " columns.");
        }
    }
}
