package io.github.djlqat.onnx;

import java.nio.file.Path;

/**
 * The time that a model file takes.
 *
 * @param path the file
 * @param batch the number of samples in a batch
 * @param medianMillis the median time of a batch in milliseconds
 * @param meanMillis the mean time of a batch in milliseconds
 */
public record Latency(Path path, long batch, double medianMillis, double meanMillis) {}
