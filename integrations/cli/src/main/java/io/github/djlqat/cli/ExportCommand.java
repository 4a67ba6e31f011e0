package io.github.djlqat.cli;

import io.github.djlqat.workflow.ExportFormat;
import io.github.djlqat.workflow.ExportRequest;
import io.github.djlqat.workflow.ExportResult;
import io.github.djlqat.workflow.ExportTask;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Exports a model. */
@Command(
        name = "export",
        description =
                "Write a model as a file of another kind. ONNX and TorchScript files of a quantized"
                        + " model hold integers, DJL folders its floats and scales, safetensors files"
                        + " its floats.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat export int8/ --classpath net.jar --output int8.onnx",
            "  djl-qat export int8.pt --data test.npz --output int8.onnx",
            "  djl-qat export model.pt --output weights.safetensors"
        })
final class ExportCommand extends BaseCommand {

    @Parameters(
            paramLabel = "MODEL",
            description = "A DJL model folder, or a TorchScript or safetensors file.")
    private Path model;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description =
                    "onnx, torchscript, djl or safetensors. Default: what the output's name tells.")
    private @Nullable ExportFormat format;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUTPUT",
            description = "The file or folder to write.")
    private Path output;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DATA",
            description =
                    "Samples that tell the shapes and types of the inputs, in place of"
                            + " --input-shape. Tokens need them, and quantized TorchScript files"
                            + " that become ONNX: the two are compared on the first ones.")
    private @Nullable Path data;

    @Mixin private ModelArguments arguments;
    @Mixin private DataArguments dataArguments;

    @Override
    public Integer call() {
        ExportResult result =
                new ExportTask()
                        .run(
                                new ExportRequest(
                                        arguments.source(model),
                                        format,
                                        output,
                                        data == null ? null : dataArguments.source(data, "test")),
                                progress());
        return print(
                result,
                out ->
                        out.println(
                                "Exported "
                                        + result.model()
                                        + " as "
                                        + result.format().name().toLowerCase(Locale.ROOT)
                                        + " in "
                                        + Texts.seconds(result.seconds())
                                        + ": "
                                        + result.output()
                                        + " ("
                                        + Texts.bytes(result.bytes())
                                        + ")"));
    }
}
