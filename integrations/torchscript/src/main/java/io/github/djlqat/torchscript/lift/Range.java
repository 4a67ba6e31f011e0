package io.github.djlqat.torchscript.lift;

/**
 * The numbers of a loop.
 *
 * @param from the first
 * @param to the end, which is not among them
 * @param step the distance, not 0
 */
record Range(long from, long to, long step) {
    boolean holds(long i) {
        return step > 0 ? i < to : i > to;
    }
}
