package io.github.djlqat.samples.numberformats;

import ai.djl.MalformedModelException;
import ai.djl.translate.TranslateException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.io.AtomicFile;
import io.github.djlqat.recipe.Recipe;
import io.github.djlqat.recipe.RecipeException;
import io.github.djlqat.recipe.RecipeFormat;
import io.github.djlqat.recipe.RecipeReader;
import io.github.djlqat.samples.common.console.EngineThreads;
import io.github.djlqat.samples.common.console.SampleCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Prints the accuracy of networks by number format: weights only, and weights and activations,
 * after rounding and after training on.
 */
@Command(
        name = "number-formats",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Accuracy by number format on the embedded digits and, where given, on CIFAR-10.")
public final class NumberFormats implements Callable<Integer> {

    private static final String DIGITS = "digits";
    private static final String RES_NET = "resnet-20";

    private static final List<Class<? extends Exception>> USERS_TO_MEND =
            List.of(IOException.class, IllegalArgumentException.class, RecipeException.class);

    @Option(
            names = "--format",
            paramLabel = "NAME",
            split = ",",
            defaultValue =
                    "bfloat16,float16,float8_e4m3fn,float8_e5m2,mxfp8-e4m3-floor,int8,mxint8-floor,"
                            + "float6_e2m3fn,float6_e3m2fn,int4,float4_e2m1fn,nf4-64,fp4-64,mxfp4-floor,"
                            + "nvfp4-torchao-tensor,ternary",
            description = "formats as recipes name them")
    private List<String> formats = List.of();

    @Option(
            names = "--epochs",
            defaultValue = "3",
            description = "epochs of training under each format; 0 for none")
    private int epochs;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "CIFAR-10's binary files; with --weights, ResNet-20 is tried too")
    private @Nullable Path data;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "ResNet-20's parameters in a safetensors file")
    private @Nullable Path weights;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            split = ",",
            description =
                    "networks, of digits and resnet-20; all that there is data for where not given")
    private @Nullable List<String> networks;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "5000",
            description = "CIFAR-10's training images that ResNet-20 is trained on with")
    private int images;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "target/number-formats",
            description = "folder of the results")
    private Path folder = Path.of("");

    @Mixin private final EngineThreads threads = new EngineThreads();

    private final PrintStream out;

    private NumberFormats(PrintStream out) {
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
        return SampleCommand.run(new NumberFormats(out), err, USERS_TO_MEND, arguments);
    }

    @Override
    public Integer call() throws IOException, TranslateException, MalformedModelException {
        if ((data == null) != (weights == null)) {
            throw new IllegalArgumentException("--data and --weights go together.");
        }
        Map<String, List<Recipe>> recipes = new LinkedHashMap<>();
        for (String format : formats) {
            recipes.put(format, List.of(recipe(format, false), recipe(format, true)));
        }
        if (images < 1) {
            throw new IllegalArgumentException("--images is at least 1, not " + images + ".");
        }
        threads.apply();
        List<Subject> subjects = subjects();
        List<FormatRow> rows = new ArrayList<>();
        for (Subject subject : subjects) {
            addRows(rows, subject, recipes);
        }
        print(rows);
        out.println("Written to " + write(rows));
        return CommandLine.ExitCode.OK;
    }

    private List<Subject> subjects() throws IOException {
        Set<String> legal = data == null ? Set.of(DIGITS) : Set.of(DIGITS, RES_NET);
        List<String> names = networks == null ? List.copyOf(new TreeSet<>(legal)) : networks;
        List<Subject> subjects = new ArrayList<>();
        for (String name : names) {
            if (!legal.contains(name)) {
                throw new IllegalArgumentException(
                        "--network "
                                + name
                                + " is none of "
                                + new TreeSet<>(legal)
                                + "; "
                                + RES_NET
                                + " needs --data and --weights.");
            }
            subjects.add(
                    name.equals(DIGITS)
                            ? Subject.digits()
                            : Subject.resNet20(
                                    Objects.requireNonNull(data),
                                    Objects.requireNonNull(weights),
                                    images));
        }
        return subjects;
    }

    /** Adds the rows of a network, and keeps each on disk as soon as it is known. */
    private void addRows(List<FormatRow> rows, Subject subject, Map<String, List<Recipe>> recipes)
            throws IOException, TranslateException, MalformedModelException {
        Trial trial = new Trial(subject, folder.resolve(subject.task().name()), Console.system());
        double fp32 = trial.start();
        rows.add(new FormatRow(subject.task().name(), "float32", fp32, fp32, null, null));
        for (Map.Entry<String, List<Recipe>> entry : recipes.entrySet()) {
            List<Double> ptq = new ArrayList<>();
            List<@Nullable Double> qat = new ArrayList<>();
            for (Recipe recipe : entry.getValue()) {
                ptq.add(trial.accuracy(recipe.name(), recipe, 0));
                qat.add(epochs > 0 ? trial.accuracy(recipe.name(), recipe, epochs) : null);
            }
            rows.add(
                    new FormatRow(
                            subject.task().name(),
                            entry.getKey(),
                            ptq.get(0),
                            ptq.get(1),
                            qat.get(0),
                            qat.get(1)));
            write(rows);
        }
    }

    private static Recipe recipe(String format, boolean activations) {
        String weight = "weights: {format: " + format + "}\n";
        String text =
                activations
                        ? "name: "
                                + format
                                + "\n"
                                + weight
                                + "activations: {format: "
                                + format
                                + "}"
                        : "name: " + format + " weights\n" + weight;
        return RecipeReader.read(text, RecipeFormat.YAML);
    }

    private void print(List<FormatRow> rows) {
        out.printf("%n%-10s %-22s %17s %17s%n", "", "", "weights only", "and activations");
        out.printf(
                "%-10s %-22s %8s %8s %8s %8s%n", "network", "format", "PTQ", "QAT", "PTQ", "QAT");
        for (FormatRow row : rows) {
            out.printf(
                    "%-10s %-22s %8s %8s %8s %8s%n",
                    row.network(),
                    row.format(),
                    percent(row.weightsPtq()),
                    percent(row.weightsQat()),
                    percent(row.bothPtq()),
                    percent(row.bothQat()));
        }
    }

    private static String percent(@Nullable Double accuracy) {
        return accuracy == null ? "" : String.format(Locale.ROOT, "%.2f", 100 * accuracy);
    }

    private Path write(List<FormatRow> rows) throws IOException {
        Path file = Files.createDirectories(folder).resolve("formats.json");
        byte[] json =
                new ObjectMapper()
                        .enable(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsBytes(
                                Map.of("epochs", epochs, "images", images, "rows", rows));
        AtomicFile.write(file, json);
        return file;
    }
}
