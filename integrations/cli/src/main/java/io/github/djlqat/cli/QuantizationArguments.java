package io.github.djlqat.cli;

import io.github.djlqat.workflow.Calibration;
import io.github.djlqat.workflow.SearchOptions;
import io.github.djlqat.workflow.model.ModelSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What becomes a quantized model, by which recipe, and where it goes. */
final class QuantizationArguments {

    @Parameters(
            paramLabel = "MODEL",
            description =
                    "A DJL model folder, or a TorchScript or safetensors file, in floating point or"
                            + " calibrated.")
    private Path model;

    @Option(
            names = {"-r", "--recipe"},
            paramLabel = "RECIPE",
            description = "The name of a recipe, or a file. A calibrated model has its own.")
    private @Nullable String recipe;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUTPUT",
            description =
                    "What to write, of the kind that its name tells: .onnx, .pt, .safetensors, or a"
                            + " DJL folder.")
    private Path output;

    @Mixin private ModelArguments modelArguments;
    @Mixin private CalibrationArguments calibration;

    @ArgGroup(
            exclusive = false,
            heading =
                    "%nA budget, by which a mixed-precision recipe is searched on the samples in"
                            + " place of --recipe, and written beside the output:%n")
    private SearchArguments search = new SearchArguments();

    ModelSource model() {
        return modelArguments.source(model);
    }

    @Nullable String recipe() {
        return recipe;
    }

    Calibration calibration() {
        return calibration.calibration();
    }

    Path output() {
        return output;
    }

    @Nullable SearchOptions search() {
        return search.before(output);
    }
}
