package io.github.djlqat.cli;

import io.github.djlqat.workflow.ReportRequest;
import io.github.djlqat.workflow.ReportResult;
import io.github.djlqat.workflow.ReportTask;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a report. */
@Command(
        name = "report",
        description =
                "Make a report of one HTML file: how good, large and fast models are, and what"
                        + " quantization does to the layers, weights and activations of the first"
                        + " quantized one of DJL blocks or of TorchScript.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat report int8/ int8.onnx --reference resnet/ --classpath net.jar --data"
                    + " cifar10/ \\",
            "    --output report.html",
            "  djl-qat train resnet/ --classpath net.jar --data cifar10/ --recipe w4a4 --output"
                    + " w4a4/ \\",
            "    --json > training.json",
            "  djl-qat report w4a4/ --classpath net.jar --data cifar10/ --training training.json"
                    + " \\",
            "    --output report.html"
        })
final class ReportCommand extends BaseCommand {

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Models of any kind.")
    private List<Path> models;

    @Option(
            names = "--reference",
            paramLabel = "MODEL",
            description = "The model in floating point that they are compared with.")
    private @Nullable Path reference;

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "DATA",
            description =
                    "Samples, labelled ones for a metric; of a folder that holds several, the split"
                            + " test.")
    private Path data;

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            description = "The report's title. Default: the first model's name.")
    private @Nullable String title;

    @Option(
            names = "--samples",
            paramLabel = "COUNT",
            defaultValue = "256",
            description =
                    "The number of samples that distributions are taken from. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int samples;

    @Option(
            names = "--training",
            paramLabel = "FILE",
            description = "What `train --json` printed, to show the training's curves.")
    private @Nullable Path training;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "The report: .html, or .json for its data.")
    private Path output;

    @Option(
            names = "--figures",
            paramLabel = "FOLDER",
            description = "Write the figures to this folder too, as SVG, PNG and JSON.")
    private @Nullable Path figures;

    @Mixin private ComparisonArguments comparison;
    @Mixin private ModelArguments modelArguments;
    @Mixin private DataArguments dataArguments;

    @Override
    public Integer call() {
        ReportResult result =
                new ReportTask()
                        .run(
                                new ReportRequest(
                                        title,
                                        reference == null ? null : modelArguments.source(reference),
                                        models.stream().map(modelArguments::source).toList(),
                                        dataArguments.source(data, "test"),
                                        samples,
                                        comparison.batchSize(),
                                        comparison.runs(),
                                        training,
                                        output,
                                        figures),
                                progress());
        return print(result, out -> words(result, out));
    }

    private static void words(ReportResult result, PrintStream out) {
        out.print(ComparedModelTexts.table(result.models(), result.metric()));
        result.notes().forEach(note -> out.println("\n" + note));
        out.println("\nReported in " + Texts.seconds(result.seconds()) + ": " + result.output());
    }
}
