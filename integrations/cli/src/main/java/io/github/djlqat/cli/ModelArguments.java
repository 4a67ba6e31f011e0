package io.github.djlqat.cli;

import io.github.djlqat.workflow.model.ModelSource;
import io.github.djlqat.workflow.model.Shapes;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a model is opened. */
final class ModelArguments {

    @Option(
            names = "--block-factory",
            paramLabel = "CLASS",
            description =
                    "The class that makes the model's block, where its folder does not name one: an"
                            + " ai.djl.nn.BlockFactory, or a block with a constructor without"
                            + " parameters.")
    private @Nullable String blockFactory;

    @Option(
            names = "--classpath",
            paramLabel = "PATH",
            description =
                    "Jars and class folders to find this class in, with the platform's path"
                            + " separator between them.")
    private @Nullable String classPath;

    @Option(
            names = "--input-shape",
            paramLabel = "SHAPE",
            description =
                    "The shape of one sample without the batch, such as 3x32x32, where the model"
                            + " and the data do not tell. Once for each input.")
    private List<String> inputShapes = new ArrayList<>();

    ModelSource source(Path path) {
        List<Path> entries = new ArrayList<>();
        if (classPath != null) {
            for (String entry : classPath.split(File.pathSeparator, -1)) {
                if (!entry.isBlank()) {
                    entries.add(Path.of(entry));
                }
            }
        }
        return new ModelSource(
                path, blockFactory, entries, inputShapes.stream().map(Shapes::parse).toList());
    }
}
