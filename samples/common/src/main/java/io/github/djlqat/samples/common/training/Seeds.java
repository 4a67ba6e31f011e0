package io.github.djlqat.samples.common.training;

import ai.djl.engine.Engine;

/**
 * Makes runs repeat.
 *
 * <p>On a CPU a run repeats bit for bit with the same seeds and the same number of threads. The
 * engine's seed decides the initial weights; datasets have seeds of their own.
 */
public final class Seeds {

    private static final String THREADS = "ai.djl.pytorch.num_threads";

    private Seeds() {}

    /**
     * Seeds the default engine, from which DJL's initializers and dropout draw.
     *
     * @param seed the seed
     */
    public static void set(int seed) {
        Engine.getInstance().setRandomSeed(seed);
    }

    /**
     * Sets the number of threads that one operation uses. It counts only before the engine is first
     * used.
     *
     * @param threads the number of threads, at least 1
     * @throws IllegalArgumentException if the number is below 1
     */
    public static void setThreads(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "An operation uses at least one thread, not " + threads + ".");
        }
        System.setProperty(THREADS, Integer.toString(threads));
    }
}
