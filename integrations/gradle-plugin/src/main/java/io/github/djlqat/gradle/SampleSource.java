package io.github.djlqat.gradle;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.data.Preparation;
import java.io.File;
import java.util.List;
import org.gradle.api.file.ConfigurableFileCollection;
import org.gradle.api.provider.ListProperty;
import org.gradle.api.provider.Property;
import org.gradle.api.tasks.Input;
import org.gradle.api.tasks.InputFiles;
import org.gradle.api.tasks.Internal;
import org.gradle.api.tasks.Optional;
import org.gradle.api.tasks.PathSensitive;
import org.gradle.api.tasks.PathSensitivity;
import org.jspecify.annotations.Nullable;

/** Samples, as a build script names them. */
public abstract class SampleSource {

    /** Gradle creates the instances. */
    public SampleSource() {}

    /**
     * The file or folder of the samples: .npz, .npy, .csv, IDX, CIFAR-10, or a folder of images.
     *
     * @return the property
     */
    @Internal
    public abstract Property<File> getPath();

    /**
     * A file of labels, where they are not in the file of the samples.
     *
     * @return the property
     */
    @Internal
    public abstract Property<File> getLabels();

    /**
     * The files that decide whether a task is up to date.
     *
     * @return the files
     */
    @InputFiles
    @PathSensitive(PathSensitivity.RELATIVE)
    public abstract ConfigurableFileCollection getFiles();

    /**
     * Which part of a folder that holds several is meant, such as train or test.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<String> getSplit();

    /**
     * The number of samples to take from the beginning at most; 0, the default, for all.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<Integer> getLimit();

    /**
     * What values are multiplied by; 1/255 for images of bytes and 1 for arrays by default.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<Double> getScale();

    /**
     * The mean of each channel, or one for all.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract ListProperty<Double> getMean();

    /**
     * The standard deviation of each channel, or one for all.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract ListProperty<Double> getDeviation();

    /**
     * Height and width that images are resized to, such as 224x224.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<String> getImageSize();

    /**
     * The shape of one sample, for samples that are rows of numbers, such as 1x28x28.
     *
     * @return the property
     */
    @Input
    @Optional
    public abstract Property<String> getSampleShape();

    /** Returns the source, or null where no path is named. */
    @Nullable DataSource source() {
        File path = getPath().getOrNull();
        if (path == null) {
            return null;
        }
        File labels = getLabels().getOrNull();
        return new DataSource(
                path.toPath(),
                labels == null ? null : labels.toPath(),
                getSplit().getOrNull(),
                Preparation.parse(
                        getScale().getOrNull(),
                        getMean().getOrElse(List.of()),
                        getDeviation().getOrElse(List.of()),
                        getImageSize().getOrNull(),
                        getSampleShape().getOrNull()),
                getLimit().getOrElse(0));
    }
}
