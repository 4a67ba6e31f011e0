/** Fake quantization in training: prepare, calibrate and convert models of DJL blocks. */
@NullMarked
package io.github.djlqat.fakequant;

import org.jspecify.annotations.NullMarked;
