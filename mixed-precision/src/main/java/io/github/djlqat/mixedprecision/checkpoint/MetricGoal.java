package io.github.djlqat.mixedprecision.checkpoint;

import java.util.Comparator;

/** Which of two metrics is the better one. */
public enum MetricGoal {
    /** The smaller one, as with a loss. */
    MINIMIZE,
    /** The greater one, as with an accuracy. */
    MAXIMIZE;

    /** The order of metrics, the best one first. */
    Comparator<Double> bestFirst() {
        return this == MINIMIZE ? Comparator.naturalOrder() : Comparator.reverseOrder();
    }
}
