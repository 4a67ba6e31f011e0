package io.github.djlqat.block;

import io.github.djlqat.format.CodebookFormat;

/**
 * Finds the nearest value of a table in [-1, 1] with one comparison.
 *
 * <p>The interval is cut into so many cells that none holds two midpoints. The cell of a number is
 * a non-decreasing function of it, in floating point too, so the midpoints of lower cells are below
 * the number and those of higher cells are not: one comparison with the cell's own midpoint is left
 * and the result is exact.
 */
final class CodeTable {

    private static final int MOST_CELLS = 1 << 12;

    /** Above any number that is looked up. */
    private static final float NO_MIDPOINT = 2;

    /** Number to cell: the cells on either side of zero. */
    final float cellsPerUnit;

    /** The midpoint in each cell. */
    final float[] midpoints;

    /** How many midpoints lie in lower cells. */
    final int[] ranks;

    /** The code at each rank. */
    final int[] codes;

    private CodeTable(int cells, float[] boundaries, int[] codes) {
        this.codes = codes;
        cellsPerUnit = cells / 2f;
        // One more for numbers of 1 and a rounding error above.
        midpoints = new float[cells + 1];
        ranks = new int[cells + 1];
        int rank = 0;
        for (int cell = 0; cell <= cells; cell++) {
            ranks[cell] = rank;
            boolean holdsOne = rank < boundaries.length && cell(boundaries[rank]) == cell;
            midpoints[cell] = holdsOne ? boundaries[rank] : NO_MIDPOINT;
            rank += holdsOne ? 1 : 0;
        }
    }

    static CodeTable of(CodebookFormat codebook) {
        float[] boundaries = codebook.boundaries();
        int[] codes = codebook.codesByValue();
        for (int cells = 2; cells <= MOST_CELLS; cells *= 2) {
            CodeTable table = new CodeTable(cells, boundaries, codes);
            if (table.holds(boundaries)) {
                return table;
            }
        }
        throw new IllegalArgumentException("The values of " + codebook + " are too close.");
    }

    private int cell(float number) {
        return (int) ((number + 1) * cellsPerUnit);
    }

    private boolean holds(float[] boundaries) {
        for (int i = 1; i < boundaries.length; i++) {
            if (cell(boundaries[i]) == cell(boundaries[i - 1])) {
                return false;
            }
        }
        return true;
    }
}
