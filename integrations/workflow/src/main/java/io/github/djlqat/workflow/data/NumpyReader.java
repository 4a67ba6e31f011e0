package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
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

    private static final Set<String> LABELS = Set.of("labels", "label", "targets", "target", "y");
    private static final String ARRAY = ".npy";
    private static final int MOST_ARRAYS = 64;

    /** Creates the reader. */
    public NumpyReader() {}

    @Override
    public String description() {
        return "NumPy arrays (.npy, .npz)";
    }

    @Override
    public boolean supports(DataSource source) {
        String name = String.valueOf(source.path().getFileName()).toLowerCase(Locale.ROOT);
        return Files.isRegularFile(source.path())
                && (name.endsWith(ARRAY) || name.endsWith(".npz"));
    }

    @Override
    public Samples read(DataSource source) throws IOException {
        List<Column> inputs = new ArrayList<>();
        @Nullable Column labels = null;
        for (Map.Entry<String, NumpyArray> entry : arrays(source.path()).entrySet()) {
            if (source.labels() == null && LABELS.contains(entry.getKey())) {
                labels = label(entry.getValue());
            } else {
                inputs.add(input(entry.getValue(), source.preparation()));
            }
        }
        if (source.labels() != null) {
            labels = label(arrays(source.labels()).values().iterator().next());
        }
        return new Samples(source.path().toString(), inputs, labels, List.of());
    }

    /** Reads a file's arrays by name. */
    static Map<String, NumpyArray> arrays(Path path) throws IOException {
        Map<String, NumpyArray> arrays = new LinkedHashMap<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
            if (path.toString().toLowerCase(Locale.ROOT).endsWith(ARRAY)) {
                arrays.put("", NumpyArray.read(in, path.toString()));
                return arrays;
            }
            ZipInputStream zip = new ZipInputStream(in);
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String name = entry.getName().replaceFirst("\\.npy$", "");
                if (arrays.size() == MOST_ARRAYS) {
                    throw new IOException(path + " holds more than " + MOST_ARRAYS + " arrays.");
                }
                arrays.put(name, NumpyArray.read(zip, path + ", " + name));
            }
        } catch (ZipException | java.io.EOFException e) {
            throw new IOException(path + " is damaged: " + e.getMessage() + ".", e);
        }
        if (arrays.isEmpty()) {
            throw new IOException(path + " holds no arrays, or is no .npz file.");
        }
        return arrays;
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
