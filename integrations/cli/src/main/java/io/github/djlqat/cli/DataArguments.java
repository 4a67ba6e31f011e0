package io.github.djlqat.cli;

import io.github.djlqat.workflow.data.DataSource;
import io.github.djlqat.workflow.data.Preparation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How samples are read and prepared. */
final class DataArguments {

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "A file of labels, where they are not in the data's own file.")
    private @Nullable Path labels;

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "Which part of a folder that holds several, such as train or test.")
    private @Nullable String split;

    @Option(
            names = "--scale",
            paramLabel = "NUMBER",
            description =
                    "What values are multiplied by first. Default: 1/255 for images of bytes, 1 for"
                            + " arrays.")
    private @Nullable Double scale;

    @Option(
            names = "--mean",
            split = ",",
            paramLabel = "NUMBER",
            description =
                    "The means that are taken off, one for each channel or one for all:"
                            + " 0.485,0.456,0.406.")
    private List<Double> mean = new ArrayList<>();

    @Option(
            names = "--std",
            split = ",",
            paramLabel = "NUMBER",
            description =
                    "The standard deviations that values are divided by then: 0.229,0.224,0.225.")
    private List<Double> deviation = new ArrayList<>();

    @Option(
            names = "--image-size",
            paramLabel = "HxW",
            description = "The height and width that images in folders are resized to.")
    private @Nullable String imageSize;

    @Option(
            names = "--sample-shape",
            paramLabel = "SHAPE",
            description = "The shape of a sample, where it is a row of numbers: 1x8x8.")
    private @Nullable String sampleShape;

    @Option(
            names = "--limit",
            paramLabel = "COUNT",
            description = "Take the first COUNT samples. Default: all.")
    private int limit;

    DataSource source(Path path, String usualSplit) {
        return source(path, labels, usualSplit);
    }

    /** Another file that is read in the same way, without the file of labels. */
    DataSource other(Path path, @Nullable Path otherLabels, String usualSplit) {
        return source(path, otherLabels, usualSplit);
    }

    private DataSource source(Path path, @Nullable Path fileOfLabels, String usualSplit) {
        Preparation preparation = Preparation.parse(scale, mean, deviation, imageSize, sampleShape);
        return new DataSource(
                path, fileOfLabels, split == null ? usualSplit : split, preparation, limit);
    }
}
