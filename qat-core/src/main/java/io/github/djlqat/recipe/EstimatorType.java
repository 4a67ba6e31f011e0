package io.github.djlqat.recipe;

/** A published quantizer with a scale and a gradient of its own, which a tensor is trained with. */
public enum EstimatorType {
    /** DoReFa-Net, arXiv:1606.06160: weights in 1 to 8 bits, activations clipped to [0, 1]. */
    DOREFA,
    /** PACT, arXiv:1805.06085: activations clipped at a learned level. */
    PACT,
    /** LSQ+, arXiv:2004.09576: a learned scale and a learned offset. */
    LSQ_PLUS,
    /** Additive powers of two, arXiv:1909.13144, within a learned clipping level. */
    APOT,
    /** BitNet b1.58, arXiv:2402.17764: ternary weights by mean magnitude, INT8 by token. */
    BITNET,
    /** BinaryConnect, arXiv:1511.00363: the weights' signs. */
    BINARY_CONNECT,
    /** XNOR-Net, arXiv:1603.05279: the weights' signs times the mean magnitude of a filter. */
    XNOR_NET,
    /** Learned step and limit, arXiv:1905.11452, from which the number of bits follows. */
    LEARNED_BIT_WIDTH
}
