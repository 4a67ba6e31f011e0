package io.github.djlqat.fakequant;

/**
 * What random numbers of training are drawn from. The same seed, step, draw and tensor give the
 * same numbers.
 *
 * @param seed the recipe's seed
 * @param step the number of training steps before
 * @param draw the number of draws before within the step
 */
record NoiseSeed(long seed, long step, long draw) {

    static final NoiseSeed FIRST = new NoiseSeed(0, 0, 0);

    NoiseSeed next() {
        return new NoiseSeed(seed, step, draw + 1);
    }

    /** Returns the seed of a tensor's numbers: each part moves all of its bits. */
    long of(String tensor) {
        long mixed = mix(seed);
        mixed = mix(mixed ^ step);
        mixed = mix(mixed ^ draw);
        return mix(mixed ^ tensor.hashCode());
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
