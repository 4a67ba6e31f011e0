package io.github.djlqat.samples.imageclassification;

import ai.djl.MalformedModelException;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeException;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.safetensors.SafetensorsException;
import io.github.djlqat.samples.common.console.EngineThreads;
import io.github.djlqat.samples.common.console.SampleCommand;
import io.github.djlqat.samples.common.training.Evaluation;
import io.github.djlqat.samples.common.training.ImageTask;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line: a dataset, weights or none, recipes, and how to fine-tune. */
@Command(
        name = "image-classification",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        sortOptions = false,
        description =
                "Quantizes an image classifier after training and by training, and exports it to ONNX.")
public final class ImageClassification implements Callable<Integer> {

    private static final List<Class<? extends Exception>> USERS_TO_MEND =
            List.of(
                    IOException.class,
                    IllegalArgumentException.class,
                    RecipeException.class,
                    SafetensorsException.class);

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "CIFAR-10's binary files or MNIST's idx files; downloaded where not given")
    private @Nullable Path data;

    @Option(
            names = "--download",
            paramLabel = "NAME",
            defaultValue = "cifar10",
            description = "what is downloaded without --data: cifar10 or mnist")
    private String download = "";

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "floating-point weights in a safetensors file; trained where not given")
    private @Nullable Path weights;

    @Option(
            names = "--recipe",
            paramLabel = "NAME|FILE",
            split = ",",
            defaultValue = "int8",
            description = "presets, or recipes in YAML or JSON files")
    private List<String> recipes = List.of();

    @Option(
            names = "--auto-bits",
            paramLabel = "BITS",
            split = ",",
            description =
                    "searches a mixed-precision recipe of that many bits on average, for weights and for activations")
    private List<Double> autoBits = List.of();

    @Option(
            names = "--epochs",
            defaultValue = "0",
            description = "epochs of fine-tuning; 0 quantizes after training only")
    private int epochs;

    @Option(
            names = "--fp32-epochs",
            defaultValue = "10",
            description = "epochs of training without --weights")
    private int fp32Epochs;

    @Option(
            names = "--learning-rate",
            defaultValue = "0.001",
            description = "first learning rate of fine-tuning, with Adam")
    private float learningRate;

    @Option(
            names = "--fp32-learning-rate",
            defaultValue = "0.1",
            description = "first learning rate of training, with SGD and momentum")
    private float fp32LearningRate;

    @Option(
            names = "--weight-decay",
            defaultValue = "1e-4",
            description = "weight decay of training")
    private float weightDecay;

    @Option(names = "--batch-size", defaultValue = "64", description = "images in a training batch")
    private int batchSize;

    @Option(
            names = "--seed",
            split = ",",
            defaultValue = "1",
            description =
                    "different seeds; fine-tuning is repeated for each, the rest is done with the first")
    private List<Integer> seeds = List.of();

    @Option(
            names = "--distill",
            description = "fine-tune towards the floating-point network's outputs as well")
    private boolean distill;

    @Option(
            names = "--time-limit",
            paramLabel = "MINUTES",
            defaultValue = "Infinity",
            description = "no epoch is begun that would end later")
    private double minutes;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "target/image-classification",
            description = "folder of the results")
    private Path folder = Path.of("");

    @Mixin private final EngineThreads threads = new EngineThreads();

    private final PrintStream out;

    private ImageClassification(PrintStream out) {
        this.out = out;
    }

    /**
     * Runs the sample and ends the process: with 0, with 1 if it fails, with 2 if the command line
     * is wrong.
     *
     * @param arguments the command line
     */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    /**
     * Runs the sample.
     *
     * @param out where results are printed
     * @param err where it is said what is wrong
     * @param arguments the command line
     * @return the exit status
     */
    static int run(PrintStream out, PrintStream err, String... arguments) {
        return SampleCommand.run(new ImageClassification(out), err, USERS_TO_MEND, arguments);
    }

    @Override
    public Integer call()
            throws IOException, TranslateException, MalformedModelException, InterruptedException {
        requireDistinct("--seed", seeds);
        List<Recipe> toTry = new ArrayList<>();
        for (String recipe : recipes) {
            toTry.add(recipe(recipe));
        }
        requireDistinct("--recipe", toTry.stream().map(Recipe::name).toList());
        requireDistinct("--auto-bits", autoBits);
        List<PrecisionSearch> searches = autoBits.stream().map(PrecisionSearch::new).toList();
        Schedule tuning =
                epochs > 0 ? schedule(Schedule.Method.ADAM, epochs, learningRate, 0) : null;
        Schedule fp32 =
                weights == null
                        ? schedule(Schedule.Method.SGD, fp32Epochs, fp32LearningRate, weightDecay)
                        : null;
        threads.apply();
        ImageTask task = Datasets.read(data != null ? data : Downloads.get(download));
        Experiment experiment = new Experiment(task, folder, Console.system(), out);
        if (weights != null) {
            experiment.loadFp32(weights);
        } else if (fp32 != null) {
            experiment.trainFp32(fp32, seeds.get(0));
        }
        for (PrecisionSearch search : searches) {
            toTry.add(experiment.search(search, seeds.get(0)));
        }
        List<SeedSummary> summaries = new ArrayList<>();
        for (Recipe recipe : toTry) {
            experiment.quantize(recipe, seeds.get(0));
            if (tuning != null) {
                fineTune(experiment, recipe, tuning).ifPresent(summaries::add);
            }
        }
        experiment.printLatencies();
        experiment.finish();
        summaries.forEach(out::println);
        return CommandLine.ExitCode.OK;
    }

    /** Rows are named by recipe and seed, and a repetition would tell nothing. */
    private static void requireDistinct(String option, List<?> values) {
        for (Object value : values) {
            if (Collections.frequency(values, value) > 1) {
                throw new IllegalArgumentException(
                        option + " names " + value + " more than once; name each once.");
            }
        }
    }

    private Optional<SeedSummary> fineTune(Experiment experiment, Recipe recipe, Schedule schedule)
            throws IOException, TranslateException, MalformedModelException {
        String name = "qat-" + recipe.name();
        List<Double> accuracies = new ArrayList<>();
        for (int seed : seeds) {
            Evaluation evaluation =
                    experiment.fineTune(
                            seeds.size() == 1 ? name : name + "-seed" + seed,
                            recipe,
                            schedule,
                            seed,
                            distill);
            accuracies.add(evaluation.accuracy());
        }
        return seeds.size() == 1
                ? Optional.empty()
                : Optional.of(new SeedSummary(name, accuracies));
    }

    private Schedule schedule(Schedule.Method method, int count, float rate, float decay) {
        return new Schedule(method, count, batchSize, rate, decay, minutes);
    }

    private static Recipe recipe(String nameOrFile) {
        String lower = nameOrFile.toLowerCase(Locale.ROOT);
        boolean file = lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
        return file ? RecipeReader.read(Path.of(nameOrFile)) : Presets.named(nameOrFile);
    }
}
