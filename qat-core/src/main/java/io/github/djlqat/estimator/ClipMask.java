package io.github.djlqat.estimator;

/** Where the straight-through gradient is 1 rather than 0. */
public enum ClipMask {
    /** Everywhere: values beyond the range keep their gradient, as in DoReFa and BitNet. */
    NONE,
    /** Where \( (q_{min} - z) s \le x \le (q_{max} - z) s \), judged on the input itself. */
    INPUT,
    /**
     * Where \( q_{min} \le \mathrm{rint}(x / s) + z \le q_{max} \), judged on the rounded code, as
     * torch's fake quantization: half a step more at each end than {@link #INPUT}.
     */
    CODE
}
