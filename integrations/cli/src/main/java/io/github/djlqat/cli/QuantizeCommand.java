package io.github.djlqat.cli;

import io.github.djlqat.workflow.QuantizeRequest;
import io.github.djlqat.workflow.QuantizeResult;
import io.github.djlqat.workflow.QuantizeTask;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Quantizes a model. */
@Command(
        name = "quantize",
        description = "Quantize a model after training, and write it.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat quantize model.pt --recipe int8 --data calibration.npz --output int8.pt",
            "  djl-qat quantize resnet/ --classpath net.jar --recipe int8 --data cifar10/ --output"
                    + " int8.onnx",
            "  djl-qat quantize model.pt --recipe int8-weight-only --output int8.pt",
            "  djl-qat quantize model.pt --average-bits 4 --data calibration.npz --output mixed.pt"
        })
final class QuantizeCommand extends BaseCommand {

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DATA",
            description =
                    "Samples to calibrate with: .npz, .npy, .csv, idx, CIFAR-10, or a folder of"
                            + " images. Not needed for recipes of weights only.")
    private @Nullable Path data;

    @Mixin private QuantizationArguments arguments;
    @Mixin private DataArguments dataArguments;

    @Override
    public Integer call() {
        QuantizeResult result =
                new QuantizeTask()
                        .run(
                                new QuantizeRequest(
                                        arguments.model(),
                                        arguments.recipe(),
                                        data == null ? null : dataArguments.source(data, "train"),
                                        arguments.calibration(),
                                        arguments.output(),
                                        arguments.search()),
                                progress());
        return print(result, out -> words(result, out));
    }

    private static void words(QuantizeResult result, PrintStream out) {
        if (result.search() != null) {
            SearchTexts.print(result.search(), out);
        }
        out.println(
                "Quantized "
                        + result.model()
                        + " ("
                        + Texts.bytes(result.modelBytes())
                        + ") by the recipe "
                        + result.recipe()
                        + " in "
                        + Texts.seconds(result.seconds())
                        + ": "
                        + result.output()
                        + " ("
                        + Texts.bytes(result.outputBytes())
                        + ")");
        Notes.unseen(result.unseen(), out);
    }
}
