package io.github.djlqat.fakequant;

import org.jspecify.annotations.Nullable;

/**
 * A weight argument of a quantized layer.
 *
 * @param quantizer the name of the quantizer
 * @param outputAxis the axis of the parameter that counts output channels
 * @param fold the BatchNorm that is folded into the weight, or null
 */
record WeightUse(String quantizer, int outputAxis, @Nullable BatchNormFold fold) {}
