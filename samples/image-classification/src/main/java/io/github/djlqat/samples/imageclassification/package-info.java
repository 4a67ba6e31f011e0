/**
 * Quantizes image classifiers on CIFAR-10 and MNIST: train or load, quantize, fine-tune, export,
 * verify.
 */
@NullMarked
package io.github.djlqat.samples.imageclassification;

import org.jspecify.annotations.NullMarked;
