package io.github.djlqat.samples.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The order in which a round runs what is compared. */
final class RoundOrder {

    private RoundOrder() {}

    /**
     * Each round begins with another variant, and every second one goes backwards, so that no
     * variant's place is fixed.
     */
    static <T> List<T> of(T[] variants, int round) {
        List<T> order = new ArrayList<>(Arrays.asList(variants));
        Collections.rotate(order, -round);
        if (round % 2 == 1) {
            Collections.reverse(order);
        }
        return order;
    }
}
