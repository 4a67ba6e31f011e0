package io.github.djlqat.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Runs a model file in ONNX Runtime, in this process and on the CPU, and compares it with the model
 * it was made from.
 *
 * <p>Close it to free the runtime's memory. It may be used by several threads.
 */
public final class OnnxVerifier implements AutoCloseable {

    private final Path path;
    private final OrtSession session;

    private OnnxVerifier(Path path, OrtSession session) {
        this.path = path;
        this.session = session;
    }

    /**
     * Loads a model file.
     *
     * @param path the file
     * @return the verifier
     * @throws IOException if there is no such file, or ONNX Runtime refuses it
     */
    public static OnnxVerifier load(Path path) throws IOException {
        try (OrtSession.SessionOptions options = options()) {
            return new OnnxVerifier(path, session(path, options));
        } catch (OrtException e) {
            throw refused(path, e);
        }
    }

    private static OrtSession session(Path path, OrtSession.SessionOptions options)
            throws IOException, OrtException {
        if (!Files.isRegularFile(path)) {
            throw new NoSuchFileException(path.toString(), null, "there is no such model file");
        }
        return SharedEnvironment.get().createSession(path.toString(), options);
    }

    private static OrtSession.SessionOptions options() throws OrtException {
        // First, as it says in an exception why the library cannot be loaded.
        SharedEnvironment.get();
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
        // Weight-only models compute in floating point; the runtime would round their activations
        // to 8 bits.
        options.addConfigEntry("session.qdq_matmulnbits_accuracy_level", "1");
        if (!ByteDotProducts.areKnown()) {
            options.addConfigEntry("session.x64quantprecision", "1");
        }
        return options;
    }

    private static IOException refused(Path path, OrtException e) {
        return new IOException("ONNX Runtime cannot run " + path + ": " + e.getMessage(), e);
    }

    /**
     * Runs the model on one input and returns its first output.
     *
     * @param data the input in row-major order
     * @param shape the input's shape, with the batch first
     * @return the first output in row-major order
     * @throws IOException if the runtime refuses the input
     */
    public float[] run(float[] data, Shape shape) throws IOException {
        String name = session.getInputNames().iterator().next();
        try (OnnxTensor tensor =
                        OnnxTensor.createTensor(
                                SharedEnvironment.get(), FloatBuffer.wrap(data), shape.getShape());
                OrtSession.Result result = session.run(Map.of(name, tensor))) {
            return floats(result.get(0));
        } catch (OrtException e) {
            throw refused(path, e);
        }
    }

    /**
     * Runs the model.
     *
     * @param manager what the outputs are attached to
     * @param inputs as many inputs as the model has, FLOAT32, INT32 or INT64
     * @return the outputs, as FLOAT32
     * @throws IOException if the runtime refuses the inputs
     */
    public NDList run(NDManager manager, NDList inputs) throws IOException {
        NDList outputs = new NDList();
        Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
        try {
            List<String> names = List.copyOf(session.getInputNames());
            if (names.size() != inputs.size()) {
                throw new IllegalArgumentException(
                        path
                                + " takes the inputs "
                                + names
                                + "; "
                                + inputs.size()
                                + " were given.");
            }
            for (int i = 0; i < names.size(); i++) {
                feeds.put(names.get(i), tensor(inputs.get(i)));
            }
            try (OrtSession.Result result = session.run(feeds)) {
                for (Map.Entry<String, OnnxValue> entry : result) {
                    OnnxTensor tensor = (OnnxTensor) entry.getValue();
                    outputs.add(
                            manager.create(floats(tensor), new Shape(tensor.getInfo().getShape())));
                }
            }
            return outputs;
        } catch (OrtException e) {
            throw refused(path, e);
        } finally {
            feeds.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(NDArray array) throws OrtException {
        OrtEnvironment environment = SharedEnvironment.get();
        long[] dims = array.getShape().getShape();
        DataType type = array.getDataType();
        return switch (type) {
            case FLOAT32 ->
                    OnnxTensor.createTensor(
                            environment, FloatBuffer.wrap(array.toFloatArray()), dims);
            case INT64 ->
                    OnnxTensor.createTensor(
                            environment, LongBuffer.wrap(array.toLongArray()), dims);
            case INT32 ->
                    OnnxTensor.createTensor(environment, IntBuffer.wrap(array.toIntArray()), dims);
            default ->
                    throw new IllegalArgumentException(
                            "An input has the data type "
                                    + type
                                    + "; legal are FLOAT32, INT32 and INT64.");
        };
    }

    private static float[] floats(OnnxValue value) throws OrtException {
        OnnxTensor tensor = (OnnxTensor) value;
        switch (tensor.getInfo().type) {
            case FLOAT -> {
                float[] data = new float[tensor.getFloatBuffer().remaining()];
                tensor.getFloatBuffer().get(data);
                return data;
            }
            case INT64 -> {
                LongBuffer longs = tensor.getLongBuffer();
                float[] data = new float[longs.remaining()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = longs.get(i);
                }
                return data;
            }
            case INT32 -> {
                IntBuffer ints = tensor.getIntBuffer();
                float[] data = new float[ints.remaining()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = ints.get(i);
                }
                return data;
            }
            case BOOL -> {
                var bytes = tensor.getByteBuffer();
                float[] data = new float[bytes.remaining()];
                for (int i = 0; i < data.length; i++) {
                    data[i] = bytes.get(i);
                }
                return data;
            }
            default ->
                    throw new IllegalArgumentException(
                            "The model returns "
                                    + tensor.getInfo().type
                                    + "; compared are FLOAT, INT32, INT64 and BOOL.");
        }
    }

    /**
     * Compares the model's first output with reference outputs, batch by batch.
     *
     * @param batches the inputs; neither changed nor closed
     * @param reference computes the reference outputs of a batch, with the batch as first axis; the
     *     first is compared and all are closed
     * @return the agreement over all batches
     * @throws IOException if the runtime refuses an input
     * @throws IllegalArgumentException if there are no batches, or the outputs differ in size
     */
    public Agreement compare(Iterable<NDList> batches, Function<NDList, NDList> reference)
            throws IOException {
        AgreementCounter counter = new AgreementCounter();
        for (NDList batch : batches) {
            try (NDList expected = reference.apply(batch);
                    NDManager scope = batch.head().getManager().newSubManager();
                    NDList actual = run(scope, batch)) {
                Shape shape = expected.head().getShape();
                if (!shape.equals(actual.head().getShape())) {
                    throw new IllegalArgumentException(
                            path
                                    + " returns the shape "
                                    + actual.head().getShape()
                                    + "; the reference has "
                                    + shape
                                    + ".");
                }
                int columns =
                        shape.dimension() == 0 ? 1 : Math.toIntExact(shape.size() / shape.get(0));
                counter.add(expected.head().toFloatArray(), actual.head().toFloatArray(), columns);
            }
        }
        Agreement agreement = counter.result();
        if (agreement.samples() == 0) {
            throw new IllegalArgumentException(
                    "There are no inputs to compare "
                            + path
                            + " on; at least one batch is needed.");
        }
        return agreement;
    }

    /**
     * Returns the operators that ONNX Runtime runs after it has optimized the model for this
     * machine.
     *
     * @return the number of nodes of each operator type, such as {@code QLinearConv}
     * @throws IOException if the runtime refuses the model
     */
    public Map<String, Integer> opTypes() throws IOException {
        Path optimized = Files.createTempFile("optimized", ".onnx");
        try (OrtSession.SessionOptions options = options()) {
            options.setOptimizedModelFilePath(optimized.toString());
            session(path, options).close();
            Map<String, Integer> counts = new TreeMap<>();
            for (NodeProto node :
                    ModelProto.parseFrom(Files.readAllBytes(optimized)).getGraph().getNodeList()) {
                counts.merge(node.getOpType(), 1, Integer::sum);
            }
            return counts;
        } catch (OrtException e) {
            throw refused(path, e);
        } finally {
            Files.deleteIfExists(optimized);
        }
    }

    /**
     * Measures how long model files take for one batch. The files take turns, so that a machine
     * whose speed drifts treats them alike.
     *
     * @param paths the files, which take the same input
     * @param data the input in row-major order
     * @param shape the input's shape, with the batch first
     * @param runs how often each file runs, after a fifth of that to warm up; at least 1
     * @return the latencies, in the order of the files
     * @throws IOException if a file is not there or the runtime refuses it or the input
     */
    public static List<Latency> latency(List<Path> paths, float[] data, Shape shape, int runs)
            throws IOException {
        if (runs < 1) {
            throw new IllegalArgumentException(
                    "A latency is measured over at least 1 run, not " + runs + ".");
        }
        List<OnnxVerifier> models = new ArrayList<>();
        try {
            for (Path path : paths) {
                models.add(load(path));
            }
            double[][] millis = new double[models.size()][runs];
            for (int run = -(runs / 5) - 1; run < runs; run++) {
                for (int i = 0; i < models.size(); i++) {
                    long start = System.nanoTime();
                    models.get(i).run(data, shape);
                    if (run >= 0) {
                        millis[i][run] = (System.nanoTime() - start) / 1e6;
                    }
                }
            }
            List<Latency> result = new ArrayList<>();
            for (int i = 0; i < millis.length; i++) {
                double mean = Arrays.stream(millis[i]).average().orElseThrow();
                Arrays.sort(millis[i]);
                result.add(new Latency(paths.get(i), shape.get(0), millis[i][runs / 2], mean));
            }
            return result;
        } finally {
            models.forEach(OnnxVerifier::close);
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(
                    "ONNX Runtime could not free " + path + ": " + e.getMessage(), e);
        }
    }
}
