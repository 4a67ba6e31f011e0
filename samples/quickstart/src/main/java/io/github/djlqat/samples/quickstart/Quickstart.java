package io.github.djlqat.samples.quickstart;

import ai.djl.MalformedModelException;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.samples.common.console.ResultsTable;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageSplit;
import io.github.djlqat.samples.common.training.DigitsVariants;
import io.github.djlqat.samples.common.training.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a small network on handwritten digits, quantizes it to 8, 4 and 2 bits without training
 * and to 4 and 2 bits with it, exports each to ONNX, and compares them.
 *
 * <p>Takes one argument or none: the folder for the files, {@value #FOLDER} by default.
 */
public final class Quickstart {

    private static final String FOLDER = "target/quickstart";
    private static final int SEED = 1;
    private static final int FP32_EPOCHS = 8;
    private static final int QAT_EPOCHS = 8;

    private Quickstart() {}

    /**
     * Runs the sample.
     *
     * @param arguments the folder for the files, or nothing
     * @throws IOException if a file cannot be written
     * @throws TranslateException if the images cannot be processed
     * @throws MalformedModelException if the trained network cannot be read back
     */
    public static void main(String[] arguments)
            throws IOException, TranslateException, MalformedModelException {
        Path folder = Path.of(arguments.length > 0 ? arguments[0] : FOLDER);
        ResultsTable table =
                run(folder, Digits.split(SEED), FP32_EPOCHS, QAT_EPOCHS, Console.system());
        System.out.println();
        System.out.print(table.format());
        System.out.println("Written to " + table.write(folder));
    }

    /** Makes one row for each variant of the network. */
    static ResultsTable run(
            Path folder, ImageSplit images, int fp32Epochs, int qatEpochs, Console console)
            throws IOException, TranslateException, MalformedModelException {
        DigitsVariants variants = new DigitsVariants(folder, images, console, name -> List.of());
        List<ResultsTable.Row> rows = new ArrayList<>();
        Clock clock = new Clock();
        DigitsVariants.Use use = variant -> rows.add(row(variant, variants, clock));
        variants.train("fp32", fp32Epochs, use);
        variants.quantize("ptq-w8a8", Presets.named("w8a8"), 0, use);
        variants.quantize("ptq-w4a4", Presets.named("w4a4"), 0, use);
        variants.quantize("ptq-w2a2", Presets.named("w2a2"), 0, use);
        variants.quantize("qat-w4a4", Presets.named("w4a4"), qatEpochs, use);
        variants.quantize("qat-w2a2", Presets.named("w2a2"), qatEpochs, use);
        return new ResultsTable(rows);
    }

    private static ResultsTable.Row row(
            DigitsVariants.Variant variant, DigitsVariants variants, Clock clock)
            throws IOException, TranslateException {
        Verification found = Verification.of(variant.file(), variant.block(), variants.test());
        return new ResultsTable.Row(
                variant.name(),
                found.evaluation().accuracy(),
                found.bytes(),
                found.agreement().agreement(),
                clock.lap());
    }

    /** Tells the seconds since it was asked last. */
    private static final class Clock {

        private long start = System.nanoTime();

        double lap() {
            long now = System.nanoTime();
            double seconds = (now - start) / 1e9;
            start = now;
            return seconds;
        }
    }
}
