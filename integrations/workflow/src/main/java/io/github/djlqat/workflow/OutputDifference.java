package io.github.djlqat.workflow;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import org.jspecify.annotations.Nullable;

/** Adds up how the outputs of two models differ. */
final class OutputDifference {

    private double largest;
    private double sum;
    private long values;
    private long samples;
    private long same;
    private boolean classes = true;

    void add(NDList first, NDList second) {
        if (first.size() != second.size()) {
            throw new WorkflowException(
                    "The first model has "
                            + first.size()
                            + " outputs and the second "
                            + second.size()
                            + "; models that are compared have as many.");
        }
        for (int i = 0; i < first.size(); i++) {
            add(first.get(i), second.get(i), i == 0);
        }
    }

    private void add(NDArray first, NDArray second, boolean head) {
        if (!first.getShape().equals(second.getShape())) {
            throw new WorkflowException(
                    "The first model's output has the shape "
                            + first.getShape()
                            + " and the second's "
                            + second.getShape()
                            + "; models that are compared have the same.");
        }
        float[] a = first.toType(DataType.FLOAT32, false).toFloatArray();
        float[] b = second.toType(DataType.FLOAT32, false).toFloatArray();
        for (int i = 0; i < a.length; i++) {
            double difference = Float.compare(a[i], b[i]) == 0 ? 0 : Math.abs((double) a[i] - b[i]);
            largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
            sum += difference;
        }
        values += a.length;
        if (head) {
            classes &= first.getShape().dimension() == 2 && first.getShape().get(1) > 1;
            countSame(a, b, classes ? (int) first.getShape().get(1) : 0);
        }
    }

    private void countSame(float[] a, float[] b, int width) {
        for (int from = 0; width > 0 && from < a.length; from += width) {
            samples++;
            same += argMax(a, from, width) == argMax(b, from, width) ? 1 : 0;
        }
    }

    private static int argMax(float[] values, int from, int width) {
        int best = 0;
        for (int i = 1; i < width; i++) {
            best = values[from + i] > values[from + best] ? i : best;
        }
        return best;
    }

    @Nullable Double agreement() {
        return classes && samples > 0 ? (Double) ((double) same / samples) : null;
    }

    double largest() {
        return largest;
    }

    double mean() {
        return values == 0 ? 0 : sum / values;
    }
}
