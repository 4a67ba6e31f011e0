package io.github.djlqat.samples.digitsreport;

import ai.djl.MalformedModelException;
import ai.djl.translate.TranslateException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.recipe.Presets;
import io.github.djlqat.report.Figures;
import io.github.djlqat.report.HtmlReport;
import io.github.djlqat.report.ReportJson;
import io.github.djlqat.report.data.ReportData;
import io.github.djlqat.samples.common.data.Digits;
import io.github.djlqat.samples.common.data.ImageSplit;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Trains a small network on handwritten digits, quantizes it to 8, 4 and 2 bits without training
 * and to 4 and 2 bits with it, and writes a report on all of them: {@code report.html}, {@code
 * report.json} and a folder of figures.
 *
 * <p>Takes one argument or none: the folder for the files, {@value #FOLDER} by default.
 */
public final class DigitsReport {

    private static final String FOLDER = "target/digits-report";
    private static final int SEED = 1;
    private static final int LATENCY_RUNS = 300;
    private static final int FP32_EPOCHS = 8;
    private static final int QAT_EPOCHS = 8;

    private DigitsReport() {}

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
        Path page =
                run(
                        folder,
                        Digits.split(SEED),
                        FP32_EPOCHS,
                        QAT_EPOCHS,
                        LATENCY_RUNS,
                        Console.system());
        System.out.println();
        System.out.println("Written to " + page);
    }

    /** Returns the page that it has written. */
    static Path run(
            Path folder,
            ImageSplit images,
            int fp32Epochs,
            int qatEpochs,
            int latencyRuns,
            Console console)
            throws IOException, TranslateException, MalformedModelException {
        DigitsExperiment experiment = new DigitsExperiment(folder, images, console);
        experiment.train("fp32", fp32Epochs);
        experiment.quantize("ptq-w8a8", Presets.named("w8a8"), 0);
        experiment.quantize("ptq-w4a4", Presets.named("w4a4"), 0);
        experiment.quantize("ptq-w2a2", Presets.named("w2a2"), 0);
        experiment.quantize("qat-w2a2", Presets.named("w2a2"), qatEpochs);
        experiment.quantize("qat-w4a4", Presets.named("w4a4"), qatEpochs);
        ReportData report = experiment.report(latencyRuns);
        Path page = folder.resolve("report.html");
        HtmlReport.write(report, page);
        ReportJson.write(report, folder.resolve("report.json"));
        Figures.write(report, folder.resolve("figures"));
        return page;
    }
}
