package io.github.djlqat.samples.benchmarks;

/** A kernel that is timed, beside the one of PyTorch that does the same. */
public enum KernelVariant {
    /** A copy of the array: what memory alone costs. */
    COPY("copy"),
    /** {@code torch.fake_quantize_per_tensor_affine}, forward and backward. */
    TORCH_INT8_PER_TENSOR("torch-int8-per-tensor"),
    /** INT8 fake quantization with one scale, forward and backward. */
    INT8_PER_TENSOR("int8-per-tensor"),
    /** {@code torch.fake_quantize_per_channel_affine}, forward and backward. */
    TORCH_INT8_PER_CHANNEL("torch-int8-per-channel"),
    /** INT8 fake quantization with a scale for each channel, forward and backward. */
    INT8_PER_CHANNEL("int8-per-channel"),
    /** A cast to {@code float8_e4m3fn} and back. */
    TORCH_E4M3("torch-e4m3"),
    /** Rounding to FP8 E4M3, forward. */
    E4M3("e4m3"),
    /** A cast to {@code float8_e5m2} and back. */
    TORCH_E5M2("torch-e5m2"),
    /** Rounding to FP8 E5M2, forward. */
    E5M2("e5m2"),
    /** Encoding to NF4 in blocks of 64. */
    NF4_ENCODE("nf4-encode"),
    /** Decoding NF4 in blocks of 64. */
    NF4_DECODE("nf4-decode");

    private final String label;

    KernelVariant(String label) {
        this.label = label;
    }

    /**
     * Returns the variant's name in results.
     *
     * @return the name
     */
    public String label() {
        return label;
    }

    /** The kernel of PyTorch that does the same; itself where there is none, or it is PyTorch's. */
    KernelVariant reference() {
        return switch (this) {
            case INT8_PER_TENSOR -> TORCH_INT8_PER_TENSOR;
            case INT8_PER_CHANNEL -> TORCH_INT8_PER_CHANNEL;
            case E4M3 -> TORCH_E4M3;
            case E5M2 -> TORCH_E5M2;
            default -> this;
        };
    }
}
