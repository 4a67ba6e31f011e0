package io.github.djlqat.mixedprecision.checkpoint;

/**
 * Seeds for every epoch and batch of a run, as a function of one seed and the position.
 *
 * <p>The engine's generator has no state that can be read. Seeding it anew at each position makes
 * the position its state.
 *
 * @param seed the seed of the run
 */
record SeedSequence(long seed) {

    private static final long ORDER = -1;

    /** The seed that an epoch's order is drawn from. */
    int ofEpoch(int epoch) {
        return mixed(epoch, ORDER);
    }

    /** The seed of what is random in a batch: augmentation, dropout. */
    int ofBatch(TrainingPosition position) {
        return mixed(position.epoch(), position.batch());
    }

    private int mixed(long epoch, long batch) {
        long hash = finalized(seed + 0x9E3779B97F4A7C15L);
        hash = finalized(hash + epoch + 0x9E3779B97F4A7C15L);
        hash = finalized(hash + batch + 0x9E3779B97F4A7C15L);
        return (int) (hash >>> 32);
    }

    /** The output function of SplitMix64. */
    private static long finalized(long state) {
        long z = (state ^ (state >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
