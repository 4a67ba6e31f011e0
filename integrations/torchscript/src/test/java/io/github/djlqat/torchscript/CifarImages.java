package io.github.djlqat.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Images of CIFAR-10's binary files, normalised as ResNet-20 was trained. */
final class CifarImages {

    static final Path FOLDER = Path.of("../../../shared/data/cifar10/cifar-10-batches-bin");

    private static final int PIXELS = 32 * 32;
    private static final int RECORD = 1 + 3 * PIXELS;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private final byte[] bytes;

    CifarImages(String file) {
        try {
            bytes = Files.readAllBytes(FOLDER.resolve(file + ".bin"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    int size() {
        return bytes.length / RECORD;
    }

    float[] images(int from, int to) {
        float[] values = new float[(to - from) * 3 * PIXELS];
        int at = 0;
        for (int image = from; image < to; image++) {
            for (int i = 0; i < 3 * PIXELS; i++) {
                int channel = i / PIXELS;
                float value = (bytes[image * RECORD + 1 + i] & 0xFF) / 255f;
                values[at++] = (value - MEAN[channel]) / DEVIATION[channel];
            }
        }
        return values;
    }

    NDArray batch(NDManager manager, int from, int to) {
        return manager.create(images(from, to), new Shape(to - from, 3, 32, 32));
    }

    float[] labels(int from, int to) {
        float[] labels = new float[to - from];
        for (int i = from; i < to; i++) {
            labels[i - from] = bytes[i * RECORD];
        }
        return labels;
    }

    /** The number of images whose largest logit is that of their label. */
    int right(int from, NDArray logits) {
        long[] predicted = logits.argMax(1).toLongArray();
        float[] labels = labels(from, from + predicted.length);
        int right = 0;
        for (int i = 0; i < predicted.length; i++) {
            right += predicted[i] == (long) labels[i] ? 1 : 0;
        }
        return right;
    }
}
