package io.github.djlqat.cli;

import io.github.djlqat.workflow.EvaluateRequest;
import io.github.djlqat.workflow.EvaluateResult;
import io.github.djlqat.workflow.EvaluateTask;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells how good a model is. */
@Command(
        name = "evaluate",
        description =
                "Tell how good a model is, and whether it is as good as it has to be: the exit code"
                        + " is 1 where it is not.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat evaluate model.pt --data test.npz --write-baseline baseline.json",
            "  djl-qat evaluate int8.onnx --data test.npz --baseline baseline.json --tolerance 0.01"
        })
final class EvaluateCommand extends BaseCommand {

    @Parameters(
            paramLabel = "MODEL",
            description = "A DJL model folder, or a TorchScript, safetensors or ONNX file.")
    private Path model;

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "DATA",
            description =
                    "Labelled samples: .npz, .npy, .csv, idx, CIFAR-10, or a folder of images; of a"
                            + " folder that holds several, the split test.")
    private Path data;

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            description =
                    "top1, top5, cross-entropy, mse or mae. Default: top1 where labels are classes,"
                            + " mse otherwise.")
    private @Nullable String metric;

    @Option(
            names = "--batch-size",
            paramLabel = "COUNT",
            defaultValue = "32",
            description = "How many samples are run at a time. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--limit-value",
            paramLabel = "NUMBER",
            description =
                    "The least value that passes; the greatest one of a metric of which less is"
                            + " better.")
    private @Nullable Double limit;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description =
                    "A file such as {\"metric\": \"top1\", \"value\": 0.915}, whose value has to be"
                            + " reached.")
    private @Nullable Path baseline;

    @Option(
            names = "--tolerance",
            paramLabel = "NUMBER",
            description = "By how much the baseline may be missed. Default: 0.")
    private @Nullable Double tolerance;

    @Option(
            names = "--write-baseline",
            paramLabel = "FILE",
            description = "Write the value to this file as a baseline.")
    private @Nullable Path newBaseline;

    @Mixin private ModelArguments modelArguments;
    @Mixin private DataArguments dataArguments;

    @Override
    public Integer call() {
        if (tolerance != null && baseline == null) {
            throw new IllegalArgumentException(
                    "--tolerance is by how much a baseline may be missed; give --baseline too.");
        }
        EvaluateResult result =
                new EvaluateTask()
                        .run(
                                new EvaluateRequest(
                                        modelArguments.source(model),
                                        dataArguments.source(data, "test"),
                                        batchSize,
                                        metric,
                                        limit,
                                        baseline,
                                        tolerance == null ? 0 : tolerance,
                                        newBaseline),
                                progress());
        print(result, out -> words(result, out));
        return result.passed() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private static void words(EvaluateResult result, PrintStream out) {
        out.println(
                result.model()
                        + ": "
                        + result.metric()
                        + " "
                        + Texts.value(result.value())
                        + " on "
                        + result.samples()
                        + " samples of "
                        + result.data()
                        + " in "
                        + Texts.seconds(result.seconds()));
        result.checks().forEach(check -> out.println(Texts.check(check)));
    }
}
