package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;
import io.github.djlqat.numpy.NumpyArray;
import io.github.djlqat.numpy.NumpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads NumPy's arrays: an {@code .npy} file of inputs with one of labels, or an {@code .npz} file
 * with both, in which the array named labels, label, targets, target or y holds the labels and the
 * others, in their order, the inputs.
 *
 * <p>The first dimension counts samples. Floats, booleans and bytes become FLOAT32; wider integers
 * stay integers, as tokens and classes are.
 */
public final class NumpyReader implements SampleReader {

    /** Creates the reader. */
    public NumpyReader() {}

    @Override
    public String description() {
        return "NumPy arrays (.npy, .npz)";
    }

    @Override
    public boolean supports(DataSource source) {
        return Files.isRegularFile(source.path()) && NumpyFile.isNamedSo(source.path());
    }

    @Override
    public Samples read(DataSource source) throws IOException {
        List<Column> inputs = new ArrayList<>();
        @Nullable Column labels = null;
        for (Map.Entry<String, NumpyArray> entry : NumpyFile.read(source.path()).entrySet()) {
            if (source.labels() == null && LabelNames.contains(entry.getKey())) {
                labels = label(entry.getValue());
            } else {
                inputs.add(input(entry.getValue(), source.preparation()));
            }
        }
        if (source.labels() != null) {
            labels = label(NumpyFile.read(source.labels()).values().iterator().next());
        }
        return new Samples(source.path().toString(), inputs, labels, List.of());
    }

    private static Column input(NumpyArray array, Preparation preparation) throws IOException {
        int size = size(array);
        Shape shape = array.shape();
        Shape sample =
                preparation.sampleShape().isEmpty()
                        ? shape.slice(1)
                        : new Shape(preparation.sampleShape());
        if (size > 0 && sample.size() * size != shape.size()) {
            throw new IllegalArgumentException(
                    array.name()
                            + " of shape "
                            + shape
                            + " does not hold "
                            + size
                            + " samples of shape "
                            + sample
                            + ".");
        }
        if (array.isInteger()) {
            return new LongColumn(array.name(), size, sample, array.longs());
        }
        return new FloatColumn(
                array.name(), size, sample, Prepared.floats(array.floats(), sample, preparation));
    }

    private static Column label(NumpyArray array) throws IOException {
        int size = size(array);
        Shape sample = array.shape().slice(1);
        return array.isFloat()
                ? new FloatColumn(array.name(), size, sample, array.floats())
                : new LongColumn(array.name(), size, sample, array.longs());
    }

    private static int size(NumpyArray array) throws IOException {
        if (array.shape().dimension() == 0) {
            throw new IOException(
                    array.name() + " is a single number; the first dimension counts samples.");
        }
        return Math.toIntExact(array.shape().get(0));
    }
}
