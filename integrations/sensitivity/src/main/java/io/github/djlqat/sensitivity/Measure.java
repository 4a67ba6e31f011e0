package io.github.djlqat.sensitivity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;

/**
 * How much a network suffers where one layer is quantized to one candidate and all others are in
 * floating point.
 */
public enum Measure {
    /**
     * The mean over samples of \( D_{KL}(\mathrm{softmax}(z) \,\|\, \mathrm{softmax}(\hat z)) \) in
     * nats, for the logits \( z \) of floating point and \( \hat z \) of the quantized layer: 0 for
     * no loss. See {@link OutputKl}.
     */
    OUTPUT_KL("output-kl"),

    /**
     * The signal-to-quantization-noise ratio of the network's output in dB: infinite for no loss.
     * See {@link SignalToNoise}.
     */
    OUTPUT_SQNR("output-sqnr"),

    /**
     * The signal-to-quantization-noise ratio of the layer's own output in dB: infinite for no loss.
     * See {@link SignalToNoise}.
     */
    LAYER_SQNR("layer-sqnr"),

    /** By how much the loss on the labels rises; below 0 where it falls. */
    LOSS_INCREASE("loss-increase"),

    /**
     * The second-order score of HAWQ-V2, \( \overline{\mathrm{tr}}(H_w) \lVert Q(w) - w \rVert^2 +
     * \overline{\mathrm{tr}}(H_x) \lVert Q(x) - x \rVert^2 \), for the layer's weight \( w \) and
     * its input \( x \), by the mean of the Hessian's diagonal for each: 0 for no loss. A trace
     * whose estimate is below zero counts as zero.
     *
     * @see HutchinsonTrace
     * @see <a href="https://arxiv.org/abs/1911.03852">Dong et al., HAWQ-V2</a>
     */
    HAWQ_V2("hawq-v2");

    private static final double DECIBELS = 10;

    private final String id;

    Measure(String id) {
        this.id = id;
    }

    /**
     * Returns the name in files and on command lines, such as {@code output-kl}.
     *
     * @return the name
     */
    @JsonValue
    public String id() {
        return id;
    }

    /**
     * Returns the measure of a name.
     *
     * @param id the name in files, such as {@code output-kl}
     * @return the measure
     * @throws IllegalArgumentException if there is none of the name
     */
    @JsonCreator
    public static Measure of(String id) {
        for (Measure measure : values()) {
            if (measure.id.equals(id)) {
                return measure;
            }
        }
        List<String> legal = Arrays.stream(values()).map(Measure::id).toList();
        throw new IllegalArgumentException(
                "\"" + id + "\" is not a measure; legal are " + legal + ".");
    }

    /**
     * Returns whether a higher score is a lesser loss.
     *
     * @return true for signal-to-noise ratios
     */
    public boolean higherIsBetter() {
        return this == OUTPUT_SQNR || this == LAYER_SQNR;
    }

    /**
     * Returns what a search adds up over layers: the score itself, or the noise-to-signal ratio \(
     * 10^{-\mathrm{SQNR}/10} \), since noises add where they are independent.
     *
     * @param score a score of this measure
     * @return the cost
     */
    public double cost(double score) {
        return higherIsBetter() ? Math.pow(DECIBELS, -score / DECIBELS) : score;
    }

    /** Returns the score of a cost. */
    double score(double cost) {
        return higherIsBetter() ? -DECIBELS * Math.log10(cost) : cost;
    }
}
