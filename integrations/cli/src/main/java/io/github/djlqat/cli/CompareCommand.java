package io.github.djlqat.cli;

import io.github.djlqat.workflow.CompareLimits;
import io.github.djlqat.workflow.CompareRequest;
import io.github.djlqat.workflow.CompareResult;
import io.github.djlqat.workflow.CompareTask;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two models. */
@Command(
        name = "compare",
        description =
                "Run two models on the same inputs and tell how alike they are, how good, how large"
                        + " and how fast. The exit code is 1 where they differ by more than is"
                        + " allowed.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat compare model.pt int8.pt --data test.npz --max-drop 0.01",
            "  djl-qat compare int8/ int8.onnx --classpath net.jar --max-difference 1e-4"
        })
final class CompareCommand extends BaseCommand {

    @Parameters(index = "0", paramLabel = "FIRST", description = "A model of any kind.")
    private Path first;

    @Parameters(index = "1", paramLabel = "SECOND", description = "Another one.")
    private Path second;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DATA",
            description =
                    "Samples, with labels or without. Default: 64 inputs from a normal"
                            + " distribution.")
    private @Nullable Path data;

    @Option(
            names = "--metric",
            paramLabel = "METRIC",
            description = "As for evaluate, where the samples have labels.")
    private @Nullable String metric;

    @Option(
            names = "--min-agreement",
            paramLabel = "SHARE",
            description = "The least share of samples that both models put into one class, 0 to 1.")
    private @Nullable Double agreement;

    @Option(
            names = "--max-difference",
            paramLabel = "NUMBER",
            description = "The greatest difference between two outputs.")
    private @Nullable Double difference;

    @Option(
            names = "--max-drop",
            paramLabel = "NUMBER",
            description = "By how much the second model's metric may be worse.")
    private @Nullable Double drop;

    @Mixin private ComparisonArguments comparison;
    @Mixin private ModelArguments modelArguments;
    @Mixin private DataArguments dataArguments;

    @Override
    public Integer call() {
        CompareResult result =
                new CompareTask()
                        .run(
                                new CompareRequest(
                                        modelArguments.source(first),
                                        modelArguments.source(second),
                                        data == null ? null : dataArguments.source(data, "test"),
                                        comparison.batchSize(),
                                        metric,
                                        comparison.runs(),
                                        new CompareLimits(agreement, difference, drop)),
                                progress());
        print(result, out -> words(result, out));
        return result.passed() ? ExitCode.OK : ExitCode.CHECK_FAILED;
    }

    private static void words(CompareResult result, PrintStream out) {
        out.print(
                ComparedModelTexts.table(
                        List.of(result.first(), result.second()), result.metric()));
        out.println(
                "\nagreement "
                        + Texts.value(result.agreement())
                        + ", largest difference "
                        + Texts.small(result.maxDifference())
                        + ", mean difference "
                        + Texts.small(result.meanDifference())
                        + ", on "
                        + result.samples()
                        + " samples");
        result.checks().forEach(check -> out.println(Texts.check(check)));
    }
}
