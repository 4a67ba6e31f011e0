package io.github.djlqat.workflow.data;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where samples are, and how they become a model's inputs.
 *
 * @param path a file or folder
 * @param labels a file of labels, where they are not in the file of the samples; or null
 * @param split which part of a folder that holds several is meant, such as {@code train} or {@code
 *     test}; null for all that there is
 * @param preparation what is done to the values
 * @param limit the number of samples to take from the beginning at most; 0 for all
 */
public record DataSource(
        Path path,
        @Nullable Path labels,
        @Nullable String split,
        Preparation preparation,
        int limit) {

    /**
     * Checks the limit.
     *
     * @param path a file or folder
     * @param labels a file of labels, where they are not in the file of the samples; or null
     * @param split which part of a folder that holds several is meant, such as {@code train} or
     *     {@code test}; null for all that there is
     * @param preparation what is done to the values
     * @param limit the number of samples to take from the beginning at most; 0 for all
     * @throws IllegalArgumentException if the limit is negative
     */
    public DataSource {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(preparation, "preparation");
        if (limit < 0) {
            throw new IllegalArgumentException(
                    "The number of samples to take is "
                            + limit
                            + "; it is at least 1, or 0 for all.");
        }
    }

    /**
     * Refuses a file of labels, where the samples have their own.
     *
     * @throws IllegalArgumentException if there is one
     */
    void requireNoLabels() {
        if (labels != null) {
            throw new IllegalArgumentException(
                    path + " has labels of its own; a file of labels, " + labels + ", has no use.");
        }
    }

    /** Says that the split names none of those that a folder holds. */
    IllegalArgumentException noSuchSplit(Collection<String> splits) {
        return new IllegalArgumentException(
                path
                        + " holds the splits "
                        + splits
                        + "; name one of them"
                        + (split == null ? "." : ", not " + split + "."));
    }

    /**
     * Creates a source of samples as they are.
     *
     * @param path a file or folder
     * @return the source
     */
    public static DataSource of(Path path) {
        return new DataSource(path, null, null, Preparation.NONE, 0);
    }

    /**
     * Returns this source with a file of labels.
     *
     * @param newLabels the file, or null
     * @return the source
     */
    public DataSource withLabels(@Nullable Path newLabels) {
        return new DataSource(path, newLabels, split, preparation, limit);
    }

    /**
     * Returns this source with a split.
     *
     * @param newSplit the name of the split, or null
     * @return the source
     */
    public DataSource withSplit(@Nullable String newSplit) {
        return new DataSource(path, labels, newSplit, preparation, limit);
    }

    /**
     * Returns this source with another preparation.
     *
     * @param newPreparation what is done to the values
     * @return the source
     */
    public DataSource withPreparation(Preparation newPreparation) {
        return new DataSource(path, labels, split, newPreparation, limit);
    }

    /**
     * Returns this source with a limit.
     *
     * @param newLimit the number of samples to take at most; 0 for all
     * @return the source
     */
    public DataSource withLimit(int newLimit) {
        return new DataSource(path, labels, split, preparation, newLimit);
    }
}
