package io.github.djlqat.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command that holds all others. */
@Command(
        name = "djl-qat",
        description =
                "Quantizes models for Deep Java Library's PyTorch engine: DJL model folders,"
                        + " TorchScript files and safetensors weights.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        subcommands = {
            InspectCommand.class,
            RecipeCommand.class,
            CalibrateCommand.class,
            QuantizeCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            ExportCommand.class,
            CompareCommand.class,
            SearchCommand.class,
            ReportCommand.class,
            GenerateCompletion.class,
            HelpCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all went well",
            "1:a check that was asked for failed, such as accuracy below a baseline",
            "2:something is wrong with the command line, a recipe, a file or data",
            "3:something is wrong with this program",
            "130:interrupted"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat inspect model.pt",
            "  djl-qat quantize model.pt --recipe int8 --data calibration.npz --output int8.pt",
            "  djl-qat evaluate int8.pt --data test.npz --baseline baseline.json",
            "",
            "`djl-qat COMMAND --help` tells more about a command."
        })
final class RootCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec private CommandSpec spec;

    RootCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }
}
