package io.github.djlqat.cli;

import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeWriter;
import io.github.djlqat.workflow.ExplainRecipeTask;
import io.github.djlqat.workflow.ExplainRequest;
import io.github.djlqat.workflow.ExplainResult;
import io.github.djlqat.workflow.LayerDecision;
import io.github.djlqat.workflow.Recipes;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with recipes. */
@Command(
        name = "recipe",
        description =
                "List, print, validate and explain recipes, which say what is quantized and how.",
        subcommands = {
            RecipeCommand.ListRecipes.class,
            RecipeCommand.Print.class,
            RecipeCommand.Validate.class,
            RecipeCommand.Explain.class
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  djl-qat recipe list",
            "  djl-qat recipe print w4a4 > mine.yaml",
            "  djl-qat recipe validate mine.yaml",
            "  djl-qat recipe explain mine.yaml model.pt"
        })
final class RecipeCommand extends BaseCommand {

    @Spec private CommandSpec commandSpec;

    @Override
    public Integer call() {
        throw new ParameterException(
                commandSpec.commandLine(),
                "A command is missing: list, print, validate or explain.");
    }

    /** Names the presets. */
    @Command(name = "list", description = "List the recipes that have names.")
    static final class ListRecipes extends BaseCommand {

        @Override
        public Integer call() {
            List<String> names = Presets.names();
            return print(Map.of("recipes", names), out -> names.forEach(out::println));
        }
    }

    /** Prints a recipe. */
    @Command(
            name = "print",
            description =
                    "Print a recipe as YAML with every default written out, or as JSON. What is"
                            + " printed is a recipe's file.")
    static final class Print extends BaseCommand {

        @Parameters(paramLabel = "RECIPE", description = "The name of a recipe, or a file.")
        private String recipe;

        @Override
        public Integer call() {
            Recipe loaded = Recipes.load(recipe);
            PrintStream out = terminal().out();
            out.print(json() ? RecipeWriter.toJson(loaded) : RecipeWriter.toYaml(loaded));
            out.flush();
            return ExitCode.OK;
        }
    }

    /** Checks a recipe. */
    @Command(
            name = "validate",
            description =
                    "Check that a file holds a legal recipe. What is wrong is told with line and"
                            + " column, and the exit code is 2.")
    static final class Validate extends BaseCommand {

        @Parameters(paramLabel = "RECIPE", description = "The file, or the name of a recipe.")
        private String recipe;

        @Override
        public Integer call() {
            Recipe loaded = Recipes.load(recipe);
            return print(
                    Map.of("recipe", loaded.name(), "valid", true),
                    out -> out.println(recipe + " is the legal recipe \"" + loaded.name() + "\"."));
        }
    }

    /** Explains a recipe. */
    @Command(
            name = "explain",
            description =
                    "Say what a recipe makes of each layer of a model, and by which of its rules. A"
                            + " recipe that the model cannot be quantized by is refused.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  djl-qat recipe explain w4a4 model.pt",
                "  djl-qat recipe explain mine.yaml resnet/ --classpath net.jar"
            })
    static final class Explain extends BaseCommand {

        @Parameters(
                index = "0",
                paramLabel = "RECIPE",
                description = "The name of a recipe, or a file.")
        private String recipe;

        @Parameters(
                index = "1",
                paramLabel = "MODEL",
                description = "A DJL model folder, or a TorchScript or safetensors file.")
        private Path model;

        @Mixin private ModelArguments arguments;

        @Override
        public Integer call() {
            ExplainResult result =
                    new ExplainRecipeTask()
                            .run(new ExplainRequest(arguments.source(model), recipe), progress());
            return print(result, out -> words(result, out));
        }

        private static void words(ExplainResult result, PrintStream out) {
            TextTable table = new TextTable("layer", "op", "weights", "activations", "why");
            for (LayerDecision decision : result.layers()) {
                boolean weighted = decision.layer().kind().equals("layer");
                table.add(
                        decision.layer().name(),
                        decision.layer().op(),
                        weighted ? decision.weights() : "-",
                        decision.activations(),
                        decision.why());
            }
            out.print(table.format());
            if (!Double.isNaN(result.averageWeightBits())) {
                out.println(
                        String.format(
                                Locale.ROOT,
                                "%nweights have %.2f bits on average",
                                result.averageWeightBits()));
            }
        }
    }
}
