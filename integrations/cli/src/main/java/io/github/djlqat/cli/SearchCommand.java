package io.github.djlqat.cli;

import io.github.djlqat.workflow.SearchRequest;
import io.github.djlqat.workflow.SearchResult;
import io.github.djlqat.workflow.SearchTask;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Searches a mixed-precision recipe. */
@Command(
        name = "search",
        description =
                "Find a mixed-precision recipe: measure how much a model suffers from each number of"
                        + " bits at each layer, and choose what a budget buys best.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat search resnet/ --classpath net.jar --data cifar10/ --average-bits 4 --output"
                    + " mixed.yaml",
            "  djl-qat train resnet/ --classpath net.jar --data cifar10/ --recipe mixed.yaml"
                    + " --output mixed/"
        })
final class SearchCommand extends BaseCommand {

    @Parameters(
            paramLabel = "MODEL",
            description = "A DJL model folder, or a TorchScript or safetensors file.")
    private Path model;

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "DATA",
            description =
                    "Samples to measure on: .npz, .npy, .csv, idx, CIFAR-10, or a folder of"
                            + " images.")
    private Path data;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The recipe to write: .yaml or .json.")
    private Path output;

    @Mixin private SearchArguments search;
    @Mixin private ModelArguments modelArguments;
    @Mixin private DataArguments dataArguments;
    @Mixin private CalibrationArguments calibration;

    @Override
    public Integer call() {
        SearchResult result =
                new SearchTask()
                        .run(
                                new SearchRequest(
                                        modelArguments.source(model),
                                        dataArguments.source(data, "train"),
                                        calibration.calibration(),
                                        search.budget(),
                                        search.bits(),
                                        output,
                                        search.scores()),
                                progress());
        return print(result, out -> SearchTexts.print(result, out));
    }
}
