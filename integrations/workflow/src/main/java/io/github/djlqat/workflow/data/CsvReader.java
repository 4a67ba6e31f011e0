package io.github.djlqat.workflow.data;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads tables of numbers: a row for each sample. A first row that is not of numbers names the
 * columns. The column named labels, label, targets, target or y, or else the last one, holds the
 * labels, which are classes where all of them are integers.
 */
public final class CsvReader implements SampleReader {

    /** Creates the reader. */
    public CsvReader() {}

    @Override
    public String description() {
        return "tables of numbers (.csv)";
    }

    @Override
    public boolean supports(DataSource source) {
        return Files.isRegularFile(source.path())
                && String.valueOf(source.path().getFileName())
                        .toLowerCase(Locale.ROOT)
                        .endsWith(".csv");
    }

    @Override
    public Samples read(DataSource source) throws IOException {
        List<double[]> rows = new ArrayList<>();
        int label = -1;
        try (Reader text = Files.newBufferedReader(source.path(), StandardCharsets.UTF_8);
                CSVParser parser = CSVFormat.DEFAULT.builder().setTrim(true).get().parse(text)) {
            for (CSVRecord row : parser) {
                if (rows.isEmpty() && label < 0) {
                    label = row.size() - 1;
                    if (isHeader(row)) {
                        label = label(row);
                        continue;
                    }
                }
                rows.add(numbers(source.path(), row, rows.isEmpty() ? -1 : rows.get(0).length));
            }
        } catch (UncheckedIOException e) {
            throw new IOException(source.path() + " is no table: " + e.getMessage(), e);
        }
        if (rows.isEmpty() || rows.get(0).length < 2) {
            throw new IOException(
                    source.path()
                            + " holds no rows of at least two numbers, the last of which is the"
                            + " label.");
        }
        return samples(source, rows, label);
    }

    private static Samples samples(DataSource source, List<double[]> rows, int label) {
        int length = rows.get(0).length - 1;
        float[] values = new float[Math.multiplyExact(rows.size(), length)];
        double[] labels = new double[rows.size()];
        int at = 0;
        for (int i = 0; i < rows.size(); i++) {
            double[] row = rows.get(i);
            for (int column = 0; column < row.length; column++) {
                if (column == label) {
                    labels[i] = row[column];
                } else {
                    values[at++] = (float) row[column];
                }
            }
        }
        Preparation preparation = source.preparation();
        Shape sample =
                preparation.sampleShape().isEmpty()
                        ? new Shape(length)
                        : new Shape(preparation.sampleShape());
        if (sample.size() != length) {
            throw new IllegalArgumentException(
                    source.path()
                            + " has rows of "
                            + length
                            + " numbers beside the label, which do not fill the shape "
                            + sample
                            + ".");
        }
        return new Samples(
                source.path().toString(),
                List.of(
                        new FloatColumn(
                                "values",
                                rows.size(),
                                sample,
                                Prepared.floats(values, sample, preparation))),
                labels(labels),
                List.of());
    }

    private static Column labels(double[] labels) {
        if (Arrays.stream(labels).allMatch(value -> value == Math.rint(value) && value >= 0)) {
            return LongColumn.classes(
                    "labels", Arrays.stream(labels).mapToLong(value -> (long) value).toArray());
        }
        float[] values = new float[labels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) labels[i];
        }
        return new FloatColumn("labels", values.length, new Shape(), values);
    }

    private static boolean isHeader(CSVRecord row) {
        for (String field : row) {
            try {
                Double.parseDouble(field);
            } catch (NumberFormatException e) {
                return true;
            }
        }
        return false;
    }

    private static int label(CSVRecord header) {
        for (int i = 0; i < header.size(); i++) {
            if (LabelNames.contains(header.get(i))) {
                return i;
            }
        }
        return header.size() - 1;
    }

    private static double[] numbers(Path path, CSVRecord row, int length) throws IOException {
        if (length >= 0 && row.size() != length) {
            throw new IOException(
                    path
                            + ", row "
                            + row.getRecordNumber()
                            + ": "
                            + row.size()
                            + " columns where "
                            + length
                            + " belong.");
        }
        double[] numbers = new double[row.size()];
        for (int i = 0; i < numbers.length; i++) {
            try {
                numbers[i] = Double.parseDouble(row.get(i));
            } catch (NumberFormatException e) {
                throw new IOException(
                        path
                                + ", row "
                                + row.getRecordNumber()
                                + ", column "
                                + (i + 1)
                                + ": \""
                                + row.get(i)
                                + "\" is no number.",
                        e);
            }
        }
        return numbers;
    }
}
