package io.github.djlqat.cli;

import io.github.djlqat.workflow.CalibrateRequest;
import io.github.djlqat.workflow.CalibrateResult;
import io.github.djlqat.workflow.CalibrateTask;
import io.github.djlqat.workflow.QuantizerInfo;
import java.io.PrintStream;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prepares and calibrates a model. */
@Command(
        name = "calibrate",
        description =
                "Put quantizers into a model and choose the ranges of its activations from data."
                        + " The result can be inspected, trained, evaluated, quantized and exported.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat calibrate model.pt --recipe int8 --data calibration.npz --output"
                    + " calibrated.pt",
            "  djl-qat calibrate resnet/ --classpath net.jar --recipe w4a4 \\",
            "    --data cifar10/ --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225 --output"
                    + " calibrated/"
        })
final class CalibrateCommand extends BaseCommand {

    @Parameters(
            paramLabel = "MODEL",
            description = "A DJL model folder, or a TorchScript or safetensors file.")
    private Path model;

    @Option(
            names = {"-r", "--recipe"},
            required = true,
            paramLabel = "RECIPE",
            description = "The name of a recipe, or a file.")
    private String recipe;

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "DATA",
            description = "Samples: .npz, .npy, .csv, idx, CIFAR-10, or a folder of images.")
    private Path data;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "OUTPUT",
            description = "The folder to write, or the .pt file for a TorchScript model.")
    private Path output;

    @Mixin private ModelArguments modelArguments;
    @Mixin private DataArguments dataArguments;
    @Mixin private CalibrationArguments calibration;

    @Override
    public Integer call() {
        CalibrateResult result =
                new CalibrateTask()
                        .run(
                                new CalibrateRequest(
                                        modelArguments.source(model),
                                        recipe,
                                        dataArguments.source(data, "train"),
                                        calibration.calibration(),
                                        output),
                                progress());
        return print(result, out -> words(result, out));
    }

    private static void words(CalibrateResult result, PrintStream out) {
        out.println(
                "Calibrated "
                        + result.model()
                        + " by the recipe "
                        + result.recipe()
                        + " on "
                        + result.samples()
                        + " samples in "
                        + Texts.seconds(result.seconds())
                        + ": "
                        + result.output());
        Notes.unseen(result.unseen(), out);
        if (!result.quantizers().isEmpty()) {
            TextTable table = new TextTable("quantizer", "of a", "scales");
            for (QuantizerInfo quantizer : result.quantizers()) {
                table.add(
                        quantizer.name(),
                        quantizer.weight() ? "weight" : "activation",
                        QuantizerTexts.scales(quantizer));
            }
            out.print("\n" + table.format());
        }
    }
}
