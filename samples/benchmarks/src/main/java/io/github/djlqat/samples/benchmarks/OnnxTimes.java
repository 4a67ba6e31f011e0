package io.github.djlqat.samples.benchmarks;

import ai.djl.ndarray.types.Shape;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * How long files take in ONNX Runtime, which take turns.
 *
 * <p>All sessions share one pool of threads: threads of a session of its own go on spinning for a
 * while after it and slow the next one down.
 */
final class OnnxTimes {

    /** ONNX Runtime recurses over the process's command, which a class path makes long. */
    private static final long STACK = 256L << 20;

    private final OrtEnvironment environment;

    /**
     * Opens ONNX Runtime, which a process can do once.
     *
     * @param threads the threads of an operation
     */
    OnnxTimes(int threads) throws InterruptedException, ExecutionException {
        FutureTask<OrtEnvironment> making = new FutureTask<>(() -> environment(threads));
        new Thread(null, making, "onnxruntime-environment", STACK).start();
        environment = making.get();
    }

    private static OrtEnvironment environment(int threads) throws OrtException {
        OrtEnvironment.ThreadingOptions options = new OrtEnvironment.ThreadingOptions();
        options.setGlobalIntraOpNumThreads(threads);
        return OrtEnvironment.getEnvironment(
                OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "benchmarks", options);
    }

    /**
     * Measures files with the same input.
     *
     * @param files the files
     * @param shape the input's shape
     * @param warmups the rounds before those that count
     * @param rounds the rounds that count, in each of which each file runs once
     * @return for each file its times in nanoseconds
     */
    List<double[]> measure(List<Path> files, Shape shape, int warmups, int rounds)
            throws OrtException {
        List<OrtSession> sessions = new ArrayList<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OnnxTensor input =
                        OnnxTensor.createTensor(
                                environment,
                                FloatBuffer.wrap(gaussians(shape)),
                                shape.getShape())) {
            options.disablePerSessionThreads();
            for (Path file : files) {
                sessions.add(environment.createSession(file.toString(), options));
            }
            List<double[]> times = sessions.stream().map(session -> new double[rounds]).toList();
            Integer[] turns = new Integer[sessions.size()];
            for (int i = 0; i < turns.length; i++) {
                turns[i] = i;
            }
            for (int round = -warmups; round < rounds; round++) {
                for (int i : RoundOrder.of(turns, round + warmups)) {
                    long start = System.nanoTime();
                    sessions.get(i)
                            .run(Map.of(sessions.get(i).getInputNames().iterator().next(), input))
                            .close();
                    long time = System.nanoTime() - start;
                    if (round >= 0) {
                        times.get(i)[round] = time;
                    }
                }
            }
            return times;
        } finally {
            for (OrtSession session : sessions) {
                session.close();
            }
        }
    }

    private static float[] gaussians(Shape shape) {
        Random random = new Random(1);
        float[] data = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return data;
    }
}
