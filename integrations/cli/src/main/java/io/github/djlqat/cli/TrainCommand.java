package io.github.djlqat.cli;

import io.github.djlqat.workflow.EpochResult;
import io.github.djlqat.workflow.TrainOptions;
import io.github.djlqat.workflow.TrainRequest;
import io.github.djlqat.workflow.TrainResult;
import io.github.djlqat.workflow.TrainTask;
import java.io.PrintStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a model as quantized. */
@Command(
        name = "train",
        description =
                "Train a model as quantized (QAT) with Adam, whose learning rate falls along a"
                        + " cosine, and write it. The loss is softmax cross-entropy where labels are"
                        + " classes, and the squared difference otherwise.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat train model.pt --recipe w4a4 --data train.npz --validation test.npz \\",
            "    --epochs 3 --output w4a4.pt",
            "  djl-qat train calibrated/ --classpath net.jar --data cifar10/ --validation cifar10/"
                    + " --output w4a4/",
            "  djl-qat train resnet/ --classpath net.jar --data cifar10/ --average-bits 4 --output"
                    + " mixed/"
        })
final class TrainCommand extends BaseCommand {

    @Option(
            names = {"-d", "--data"},
            required = true,
            paramLabel = "DATA",
            description =
                    "Labelled samples to train on: .npz, .npy, .csv, idx, CIFAR-10, or a folder of"
                            + " images.")
    private Path data;

    @Option(
            names = "--validation",
            paramLabel = "DATA",
            description =
                    "Labelled samples to evaluate on, prepared as those trained on; of a folder"
                            + " that holds several, the split test.")
    private @Nullable Path validation;

    @Option(
            names = "--validation-labels",
            paramLabel = "FILE",
            description = "A file of labels, where they are not in the validation data's own file.")
    private @Nullable Path validationLabels;

    @Option(
            names = "--epochs",
            paramLabel = "COUNT",
            defaultValue = "1",
            description = "The number of passes over the data. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "COUNT",
            defaultValue = "32",
            description = "The number of samples in a step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--learning-rate",
            paramLabel = "NUMBER",
            defaultValue = "0.001",
            description = "The first learning rate. Default: ${DEFAULT-VALUE}.")
    private double learningRate;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description = "What the order of the samples is drawn from. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin private QuantizationArguments arguments;
    @Mixin private DataArguments dataArguments;

    @Override
    public Integer call() {
        TrainResult result =
                new TrainTask()
                        .run(
                                new TrainRequest(
                                        arguments.model(),
                                        arguments.recipe(),
                                        dataArguments.source(data, "train"),
                                        validation == null
                                                ? null
                                                : dataArguments.other(
                                                        validation, validationLabels, "test"),
                                        arguments.calibration(),
                                        new TrainOptions(epochs, batchSize, learningRate, seed),
                                        arguments.output(),
                                        arguments.search()),
                                progress());
        return print(result, out -> words(result, out));
    }

    private static void words(TrainResult result, PrintStream out) {
        if (result.search() != null) {
            SearchTexts.print(result.search(), out);
        }
        TextTable table =
                new TextTable(
                        "epoch", "loss", "accuracy", "validation loss", "validation accuracy");
        for (EpochResult epoch : result.epochs()) {
            table.add(
                    String.valueOf(epoch.epoch()),
                    Texts.value(epoch.trainLoss()),
                    Texts.value(epoch.trainAccuracy()),
                    Texts.value(epoch.validationLoss()),
                    Texts.value(epoch.validationAccuracy()));
        }
        out.print(table.format());
        if (result.metric() != null) {
            out.println(
                    "\n"
                            + result.metric()
                            + ": as given "
                            + Texts.value(result.floatValue())
                            + ", calibrated "
                            + Texts.value(result.calibratedValue())
                            + ", trained "
                            + Texts.value(result.trainedValue()));
        }
        out.println(
                "Trained "
                        + result.model()
                        + " by the recipe "
                        + result.recipe()
                        + " in "
                        + Texts.seconds(result.seconds())
                        + ": "
                        + result.output());
    }
}
