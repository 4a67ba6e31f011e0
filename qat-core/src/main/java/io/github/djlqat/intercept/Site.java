package io.github.djlqat.intercept;

/**
 * The stable name of one operation in a model.
 *
 * @param name the full name of the op's weight parameter without its {@code _weight} ending, or the
 *     op's name where it has none; {@code #2}, {@code #3}, … tell later uses apart
 * @param op the name of the {@code NDArray} or {@code NDArrayEx} method, such as {@code
 *     convolution}
 */
public record Site(String name, String op) {
    @Override
    public String toString() {
        return name.equals(op) || name.startsWith(op + "#") ? name : name + " (" + op + ")";
    }
}
