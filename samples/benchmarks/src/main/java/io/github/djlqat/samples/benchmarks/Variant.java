package io.github.djlqat.samples.benchmarks;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.fakequant.Quantization;
import io.github.djlqat.fakequant.QuantizedBlock;
import io.github.djlqat.intercept.InterceptedBlock;
import io.github.djlqat.intercept.OpCall;
import io.github.djlqat.recipe.Presets;
import java.util.List;

/**
 * What a training step is run with; the first variant is the one that the others are compared with.
 */
public enum Variant {
    /** The block as it is. */
    PLAIN("plain"),
    /** Wrapped for interception, without an interceptor. */
    INTERCEPTION_NONE("interception-none"),
    /** Under one interceptor that lets every operation pass. */
    INTERCEPTION_PASS_THROUGH("interception-pass-through"),
    /** Prepared by the preset {@code int8}, calibrated, and still observing. */
    QAT_W8A8("qat-w8a8"),
    /** Prepared by the preset {@code w4a4}, whose scales are learned, and calibrated. */
    QAT_W4A4("qat-w4a4");

    private final String label;

    Variant(String label) {
        this.label = label;
    }

    /**
     * Returns the name that results give.
     *
     * @return the name, such as {@code qat-w8a8}
     */
    public String label() {
        return label;
    }

    /**
     * Returns the variant of a name.
     *
     * @param label what {@link #label()} returns
     * @return the variant
     * @throws IllegalArgumentException if there is none of that name
     */
    public static Variant labelled(String label) {
        for (Variant variant : values()) {
            if (variant.label.equals(label)) {
                return variant;
            }
        }
        throw new IllegalArgumentException("There is no variant \"" + label + "\".");
    }

    /** Wraps or prepares an initialized block of this input shape. */
    Block apply(Block block, NDManager manager, NDList data) {
        return switch (this) {
            case PLAIN -> block;
            case INTERCEPTION_NONE -> new InterceptedBlock(block);
            case INTERCEPTION_PASS_THROUGH -> new InterceptedBlock(block, OpCall::proceed);
            case QAT_W8A8 -> quantized("int8", block, manager, data);
            case QAT_W4A4 -> quantized("w4a4", block, manager, data);
        };
    }

    private static Block quantized(String preset, Block block, NDManager manager, NDList data) {
        Shape shape = data.head().getShape();
        Shape oneImage = new Shape(1).addAll(shape.slice(1));
        QuantizedBlock prepared =
                Quantization.prepare(block, manager, Presets.named(preset), oneImage);
        Quantization.calibrate(prepared, manager, List.of(data));
        return prepared;
    }
}
