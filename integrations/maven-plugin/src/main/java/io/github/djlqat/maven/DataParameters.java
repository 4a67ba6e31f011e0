package io.github.djlqat.maven;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.data.Preparation;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Samples, as a POM names them: {@code <data><path>samples.npz</path></data>}. */
public final class DataParameters {

    /** A file or folder of samples: .npz, .npy, .csv, IDX, CIFAR-10, or a folder of images. */
    @Parameter(required = true)
    private @Nullable File path;

    /** A file of labels, where they are not in the file of the samples. */
    @Parameter private @Nullable File labels;

    /** Which part of a folder that holds several is meant, such as train or test. */
    @Parameter private @Nullable String split;

    /** The number of samples to take from the beginning at most; 0 for all. */
    @Parameter private int limit;

    /** What values are multiplied by; 1/255 for images of bytes and 1 for arrays by default. */
    @Parameter private @Nullable Double scale;

    /** The mean of each channel, or one for all. */
    @Parameter private List<Double> mean = List.of();

    /** The standard deviation of each channel, or one for all. */
    @Parameter private List<Double> deviation = List.of();

    /** Height and width that images are resized to, such as 224x224. */
    @Parameter private @Nullable String imageSize;

    /** The shape of one sample, for samples that are rows of numbers, such as 1x28x28. */
    @Parameter private @Nullable String sampleShape;

    DataSource source() {
        Path file = path == null ? null : path.toPath();
        if (file == null) {
            throw new IllegalArgumentException("Samples need a <path>.");
        }
        return new DataSource(
                file,
                labels == null ? null : labels.toPath(),
                split,
                Preparation.parse(scale, mean, deviation, imageSize, sampleShape),
                limit);
    }

    /** The files and folders that a source is read from. */
    static List<Path> files(DataSource source) {
        return source.labels() == null
                ? List.of(source.path())
                : List.of(source.path(), source.labels());
    }
}
