package io.github.djlqat.samples.mixedprecision;

import io.github.djlqat.mixedprecision.LossScaling;
import io.github.djlqat.mixedprecision.MixedPrecision;
import io.github.djlqat.mixedprecision.Precision;
import io.github.djlqat.mixedprecision.StepReport;
import java.util.function.Consumer;

/** In what a network is trained. */
enum Mode {
    /** Single precision throughout. */
    FP32("fp32", Precision.FLOAT32),
    /** Matrix products of values rounded to TF32. */
    TF32("tf32", Precision.TF32),
    /** Matrix products and convolutions in BF16. */
    BF16("bf16", Precision.BFLOAT16),
    /** In FP16, with dynamic loss scaling. */
    FP16("fp16", Precision.FLOAT16),
    /** In FP8, with delayed scaling. */
    FP8("fp8", Precision.FLOAT8);

    private final String label;
    private final Precision precision;

    Mode(String label, Precision precision) {
        this.label = label;
        this.precision = precision;
    }

    String label() {
        return label;
    }

    MixedPrecision settings(Consumer<StepReport> listener) {
        MixedPrecision.Builder builder =
                MixedPrecision.builder().optPrecision(precision).optStepListener(listener);
        return this == FP16
                ? builder.optLossScaling(LossScaling.dynamic().build()).build()
                : builder.build();
    }

    static Mode of(String label) {
        for (Mode mode : values()) {
            if (mode.label.equals(label)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "\"" + label + "\" is no mode; legal are fp32, tf32, bf16, fp16 and fp8.");
    }
}
