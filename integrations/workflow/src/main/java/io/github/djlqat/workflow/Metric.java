package io.github.djlqat.workflow;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.github.djlqat.workflow.data.Column;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What tells how good a model's outputs are. The first output and the first label count. */
public enum Metric {
    /** The share of samples whose largest output is their class's, 0 to 1. */
    TOP1(true) {
        @Override
        double sum(float[] outputs, int width, float[] labels) {
            return hits(outputs, width, labels, 1);
        }
    },
    /** The share of samples whose class's output is among the five largest, 0 to 1. */
    TOP5(true) {
        @Override
        double sum(float[] outputs, int width, float[] labels) {
            return hits(outputs, width, labels, 5);
        }
    },
    /** The mean of \( -\log \mathrm{softmax}(z)_y \), in nats. */
    CROSS_ENTROPY(false) {
        @Override
        double sum(float[] outputs, int width, float[] labels) {
            double sum = 0;
            for (int i = 0; i < labels.length; i++) {
                int label = requireClass(labels[i], width);
                double largest = Double.NEGATIVE_INFINITY;
                for (int j = 0; j < width; j++) {
                    largest = Math.max(largest, outputs[i * width + j]);
                }
                double total = 0;
                for (int j = 0; j < width; j++) {
                    total += Math.exp(outputs[i * width + j] - largest);
                }
                sum += Math.log(total) + largest - outputs[i * width + label];
            }
            return sum;
        }
    },
    /** The mean of \( (z - y)^2 \). */
    MSE(false) {
        @Override
        double sum(float[] outputs, int width, float[] labels) {
            double sum = 0;
            for (int i = 0; i < labels.length; i++) {
                double difference = (double) outputs[i] - labels[i];
                sum += difference * difference;
            }
            return sum;
        }
    },
    /** The mean of \( |z - y| \). */
    MAE(false) {
        @Override
        double sum(float[] outputs, int width, float[] labels) {
            double sum = 0;
            for (int i = 0; i < labels.length; i++) {
                sum += Math.abs((double) outputs[i] - labels[i]);
            }
            return sum;
        }
    };

    private final boolean higherIsBetter;

    Metric(boolean higherIsBetter) {
        this.higherIsBetter = higherIsBetter;
    }

    /** Adds up over the samples, or over their elements for differences. */
    abstract double sum(float[] outputs, int width, float[] labels);

    /**
     * Returns whether larger values are better.
     *
     * @return whether larger values are better
     */
    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /**
     * Returns the name, such as {@code top1} or {@code cross-entropy}.
     *
     * @return the name
     */
    public String metricName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns whether labels are classes, rather than values to come near to.
     *
     * @return whether labels are classes
     */
    boolean isOfClasses() {
        return this != MSE && this != MAE;
    }

    /**
     * Finds a metric.
     *
     * @param name its name
     * @return the metric
     * @throws WorkflowException if there is none of the name
     */
    public static Metric of(String name) {
        for (Metric metric : values()) {
            if (metric.metricName().equals(name)) {
                return metric;
            }
        }
        throw new WorkflowException(
                "There is no metric "
                        + name
                        + "; legal are "
                        + Arrays.stream(values())
                                .map(Metric::metricName)
                                .collect(Collectors.joining(", "))
                        + ".");
    }

    /** Finds a metric, or the usual one for the labels: top1 for classes, mse for floats. */
    static Metric of(@Nullable String name, Column labels) {
        if (name != null) {
            return of(name);
        }
        return labels.isInteger() ? TOP1 : MSE;
    }

    /** The sum over a batch, and what to divide it by. */
    record Part(double sum, long count) {}

    Part of(NDList outputs, NDList labels) {
        NDArray output = outputs.head();
        NDArray label = labels.head();
        long samples = label.getShape().get(0);
        if (output.getShape().dimension() == 0
                || output.getShape().get(0) != samples
                || output.getDataType() != DataType.FLOAT32) {
            throw new WorkflowException(
                    "The model gives "
                            + output.getDataType()
                            + " of shape "
                            + output.getShape()
                            + " for "
                            + samples
                            + " samples; "
                            + metricName()
                            + " needs float32 with the samples as its first dimension.");
        }
        float[] values = output.toFloatArray();
        float[] wanted = label.toType(DataType.FLOAT32, false).toFloatArray();
        if (isOfClasses() && (wanted.length != samples || values.length < 2 * samples)) {
            throw new WorkflowException(
                    "The metric "
                            + metricName()
                            + " needs a class and an output for each class of every sample; there"
                            + " are labels of shape "
                            + label.getShape()
                            + " and outputs of shape "
                            + output.getShape()
                            + ".");
        }
        if (!isOfClasses() && wanted.length != values.length) {
            throw new WorkflowException(
                    "The metric "
                            + metricName()
                            + " needs a label for each output; there are labels of shape "
                            + label.getShape()
                            + " and outputs of shape "
                            + output.getShape()
                            + ". Labels that are classes are integers, or evaluated by top1.");
        }
        int width = samples == 0 ? 0 : (int) (values.length / samples);
        return new Part(sum(values, width, wanted), wanted.length);
    }

    private static int requireClass(float label, int width) {
        int number = (int) label;
        if (number != label || number < 0 || number >= width) {
            throw new WorkflowException(
                    "The label "
                            + (number == label ? String.valueOf(number) : String.valueOf(label))
                            + " is no class of a model with "
                            + width
                            + " outputs; legal are 0 to "
                            + (width - 1)
                            + ".");
        }
        return number;
    }

    private static double hits(float[] outputs, int width, float[] labels, int most) {
        double hits = 0;
        for (int i = 0; i < labels.length; i++) {
            int label = requireClass(labels[i], width);
            float own = outputs[i * width + label];
            int before = Float.isNaN(own) ? width : 0;
            for (int j = 0; j < width; j++) {
                float other = outputs[i * width + j];
                // Of equal outputs the first is the largest, as for argMax.
                before += other > own || other == own && j < label ? 1 : 0;
            }
            hits += before < most ? 1 : 0;
        }
        return hits;
    }
}
