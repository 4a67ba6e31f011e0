package io.github.djlqat.sensitivity;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a network may use: one or more limits, each on the sum over layers of what a candidate uses
 * there.
 */
public final class Budget {

    /** What one layer uses with one candidate. */
    @FunctionalInterface
    public interface Use {

        /**
         * Returns the use.
         *
         * @param layer the layer
         * @param candidate the candidate
         * @return the use, finite and not negative
         */
        double of(LayerSize layer, Candidate candidate);
    }

    /** What uses are divided by, such as the number of all weights for an average. */
    @FunctionalInterface
    interface Divisor {
        double of(List<LayerSize> layers);
    }

    /** One limit: the sum of uses over the divisor is at most this much. */
    record Limit(String quantity, String unit, double most, Use use, Divisor divisor) {
        Limit {
            if (!(most >= 0 && Double.isFinite(most))) {
                throw new IllegalArgumentException(
                        "The limit of "
                                + quantity
                                + " is finite and not negative, not "
                                + most
                                + ".");
            }
        }
    }

    private static final int SCALE_BYTES = 4;
    private static final Divisor ONE = layers -> 1;

    private final List<Limit> limits;

    private Budget(List<Limit> limits) {
        this.limits = List.copyOf(limits);
    }

    /**
     * Limits the average bits of weights, each element of a weight counting the same, and likewise
     * those of activations, each element of a layer's input counting the same.
     *
     * @param bits the average bits of either
     * @return the budget
     */
    public static Budget averageBits(double bits) {
        return averageWeightBits(bits).and(averageActivationBits(bits));
    }

    /**
     * Limits the average bits of weights, each element of a weight counting the same.
     *
     * @param bits the average bits
     * @return the budget
     */
    public static Budget averageWeightBits(double bits) {
        return of(
                new Limit(
                        "average weight bits",
                        "bits",
                        bits,
                        (layer, candidate) -> candidate.weightBits() * layer.weights(),
                        layers -> layers.stream().mapToDouble(LayerSize::weights).sum()));
    }

    /**
     * Limits the average bits of activations, each element of a layer's input counting the same.
     *
     * @param bits the average bits
     * @return the budget
     */
    public static Budget averageActivationBits(double bits) {
        return of(
                new Limit(
                        "average activation bits",
                        "bits",
                        bits,
                        (layer, candidate) -> candidate.activationBits() * layer.inputs(),
                        layers -> layers.stream().mapToDouble(LayerSize::inputs).sum()));
    }

    /**
     * Limits the size of the layers' weights: their packed bits, and a single precision scale for
     * each output channel of a quantized one. Other parameters, such as biases, are not counted.
     *
     * @param bytes the bytes
     * @return the budget
     */
    public static Budget modelBytes(long bytes) {
        return of(
                new Limit(
                        "size of weights",
                        "bytes",
                        bytes,
                        (layer, candidate) ->
                                Math.ceil(candidate.weightBits() * layer.weights() / Byte.SIZE)
                                        + (candidate.weights() == null
                                                ? 0
                                                : SCALE_BYTES * layer.channels()),
                        ONE));
    }

    /**
     * Limits the bit operations of one sample: multiplications times bits of the weight times bits
     * of the activation.
     *
     * @param operations the number of bit operations
     * @return the budget
     * @see <a href="https://arxiv.org/abs/2005.07093">van Baalen et al., Bayesian Bits</a>
     */
    public static Budget bitOperations(double operations) {
        return of(
                new Limit(
                        "bit operations",
                        "operations",
                        operations,
                        (layer, candidate) ->
                                candidate.weightBits()
                                        * candidate.activationBits()
                                        * layer.multiplications(),
                        ONE));
    }

    /**
     * Limits the time of one run by times measured for each layer and candidate.
     *
     * @param milliseconds the limit
     * @param table milliseconds by the layer's name, by the candidate's name
     * @return the budget; to search with it is refused where a layer or candidate is not in the
     *     table
     */
    public static Budget latency(
            double milliseconds, Map<String, ? extends Map<String, Double>> table) {
        Map<String, Map<String, Double>> copy = new TreeMap<>();
        table.forEach((layer, times) -> copy.put(layer, Map.copyOf(times)));
        return of(
                new Limit(
                        "latency",
                        "ms",
                        milliseconds,
                        (layer, candidate) -> time(copy, layer.name(), candidate.name()),
                        ONE));
    }

    /**
     * Limits a sum of the caller's own.
     *
     * @param quantity what is limited, for messages
     * @param unit its unit, for messages
     * @param most the limit
     * @param use what a layer uses with a candidate
     * @return the budget
     */
    public static Budget sum(String quantity, String unit, double most, Use use) {
        return of(new Limit(quantity, unit, most, use, ONE));
    }

    private static double time(
            Map<String, Map<String, Double>> table, String layer, String candidate) {
        Map<String, Double> times = table.getOrDefault(layer, Map.of());
        Double time = times.get(candidate);
        if (time == null) {
            throw new IllegalArgumentException(
                    "The latency table has no time for layer "
                            + layer
                            + " with "
                            + candidate
                            + "; it has "
                            + (times.isEmpty()
                                    ? "the layers " + table.keySet()
                                    : "for this layer " + times.keySet())
                            + ".");
        }
        return time;
    }

    private static Budget of(Limit limit) {
        return new Budget(List.of(limit));
    }

    /**
     * Adds another budget's limits to this one's.
     *
     * @param other another budget
     * @return the budget of both
     */
    public Budget and(Budget other) {
        List<Limit> both = new ArrayList<>(limits);
        both.addAll(other.limits);
        return new Budget(both);
    }

    List<Limit> limits() {
        return limits;
    }
}
