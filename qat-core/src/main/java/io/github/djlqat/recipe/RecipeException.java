package io.github.djlqat.recipe;

import org.jspecify.annotations.Nullable;

/**
 * A recipe that cannot be read: its text is not JSON or YAML, or something in it is not legal. The
 * message names the source, the line and column, the offending value and what would be legal.
 */
public final class RecipeException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** Where the text came from. */
    private final String source;

    /** The line of the offending value, from 1; 0 where there is none. */
    private final int line;

    /** The column of the offending value, from 1; 0 where there is none. */
    private final int column;

    /**
     * Creates an exception.
     *
     * @param source where the text came from, such as a file's path
     * @param line the line of the offending value, from 1; 0 where there is none
     * @param column the column of the offending value, from 1; 0 where there is none
     * @param problem the offending value and what would be legal
     * @param cause the exception underneath, or null
     */
    public RecipeException(
            String source, int line, int column, String problem, @Nullable Throwable cause) {
        super(source + (line > 0 ? ":" + line + ":" + column : "") + ": " + problem, cause);
        this.source = source;
        this.line = line;
        this.column = column;
    }

    /**
     * Returns where the text came from.
     *
     * @return a file's path, a URL, or the name that the caller gave
     */
    public String source() {
        return source;
    }

    /**
     * Returns the line of the offending value.
     *
     * @return the line, from 1; 0 where there is none
     */
    public int line() {
        return line;
    }

    /**
     * Returns the column of the offending value.
     *
     * @return the column, from 1; 0 where there is none
     */
    public int column() {
        return column;
    }
}
