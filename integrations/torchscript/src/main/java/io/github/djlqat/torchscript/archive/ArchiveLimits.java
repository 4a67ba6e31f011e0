package io.github.djlqat.torchscript.archive;

import io.github.djlqat.torchscript.pickle.PickleLimits;

/**
 * Limits that keep an archive from taking more memory or time than it is worth.
 *
 * @param maxEntries the largest number of entries
 * @param maxBytes the largest size of all entries together, unpacked, in bytes
 * @param maxRatio the largest size of a compressed entry, and of all together, in relation to the
 *     size in the archive; an entry of up to 1 MiB may exceed it, and all of up to 16 MiB
 * @param pickles the limits of its pickles
 */
public record ArchiveLimits(int maxEntries, long maxBytes, int maxRatio, PickleLimits pickles) {

    /**
     * Checks the limits.
     *
     * @param maxEntries the largest number of entries
     * @param maxBytes the largest size of all entries together, unpacked, in bytes
     * @param maxRatio the largest size of a compressed entry, and of all together, in relation to
     *     the size in the archive; an entry of up to 1 MiB may exceed it, and all of up to 16 MiB
     * @param pickles the limits of its pickles
     */
    public ArchiveLimits {
        if (maxEntries < 1 || maxBytes < 1 || maxRatio < 1) {
            throw new IllegalArgumentException(
                    "The limits are "
                            + maxEntries
                            + " entries, "
                            + maxBytes
                            + " bytes and a ratio of "
                            + maxRatio
                            + "; they are at least 1.");
        }
    }

    /**
     * Returns limits that real models do not reach: 100,000 entries of 64 GiB together, none
     * compressed to less than a hundredth.
     *
     * @return the limits
     */
    public static ArchiveLimits defaults() {
        return new ArchiveLimits(100_000, 64L << 30, 100, PickleLimits.defaults());
    }

    /**
     * Returns these limits with another size.
     *
     * @param bytes the largest size of all entries together, unpacked, in bytes
     * @return the new limits
     */
    public ArchiveLimits withMaxBytes(long bytes) {
        return new ArchiveLimits(maxEntries, bytes, maxRatio, pickles);
    }
}
