package io.github.djlqat.workflow.data;

import java.io.IOException;

/**
 * Reads samples of one kind of files. Readers are found by {@link java.util.ServiceLoader}; those
 * of other jars are asked like those of this one.
 */
public interface SampleReader {

    /**
     * Describes what the reader reads, for messages.
     *
     * @return a phrase such as {@code "NumPy arrays (.npy, .npz)"}
     */
    String description();

    /**
     * Tells whether a source looks like samples of this kind.
     *
     * @param source a source whose path exists
     * @return whether {@link #read} may be tried
     * @throws IOException if the path cannot be looked at
     */
    boolean supports(DataSource source) throws IOException;

    /**
     * Reads samples.
     *
     * @param source where they are
     * @return the samples, all of them; the limit is the caller's
     * @throws IOException if a file cannot be read or is damaged
     * @throws IllegalArgumentException if what the source says does not fit the files
     */
    Samples read(DataSource source) throws IOException;
}
