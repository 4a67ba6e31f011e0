package io.github.djlqat.samples.benchmarks;

import ai.djl.translate.TranslateException;
import ai.onnxruntime.OrtException;
import io.github.djlqat.extension.console.Console;
import io.github.djlqat.extension.console.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Exports networks in single precision and in int8, and compares their times in ONNX Runtime. */
final class OnnxReport {

    private final BenchmarkOptions options;
    private final OnnxFiles files;

    OnnxReport(BenchmarkOptions options) {
        this.options = options;
        files = new OnnxFiles(options.output().resolve("onnx"));
    }

    /** Writes the files, runs them, prints their times, and returns their ratios. */
    Map<String, Quartiles> run(Console console)
            throws IOException,
                    TranslateException,
                    OrtException,
                    InterruptedException,
                    ExecutionException {
        OnnxTimes times =
                new OnnxTimes(
                        options.threads() == 0
                                ? Runtime.getRuntime().availableProcessors()
                                : options.threads());
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        int done = 0;
        try (Progress progress = console.start("ONNX Runtime", OnnxNetwork.values().length)) {
            for (OnnxNetwork network : OnnxNetwork.values()) {
                files.write(network, options.weights(), options.data());
                for (int batch : network.batches()) {
                    ratios.putAll(compare(times, network, batch));
                }
                progress.update(++done, network.label());
            }
        }
        return ratios;
    }

    private Map<String, Quartiles> compare(OnnxTimes times, OnnxNetwork network, int batch)
            throws OrtException {
        List<Path> paths = new ArrayList<>(List.of(files.fp32(network), files.int8(network)));
        boolean hasPeer = Files.exists(files.peer(network));
        if (hasPeer) {
            paths.add(files.peer(network));
        }
        List<double[]> measured =
                times.measure(
                        paths,
                        network.input(batch),
                        options.warmupRounds(),
                        options.onnxRounds() / batch + options.rounds());
        for (int i = 0; i < paths.size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "%s, batch %d: %.3f ms%n",
                    paths.get(i).getFileName(),
                    batch,
                    Quartiles.of(measured.get(i)).median() / 1e6);
        }
        String name = network.label() + "-batch" + batch;
        Map<String, Quartiles> ratios = new LinkedHashMap<>();
        ratios.put(name + "-fp32/int8", Quartiles.ofRatios(measured.get(0), measured.get(1)));
        if (hasPeer) {
            ratios.put(name + "-int8/peer", Quartiles.ofRatios(measured.get(1), measured.get(2)));
        }
        return ratios;
    }
}
