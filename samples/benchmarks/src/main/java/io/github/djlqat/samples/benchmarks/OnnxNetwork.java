package io.github.djlqat.samples.benchmarks;

import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import io.github.djlqat.samples.common.model.CifarResNet;
import java.util.List;

/** A network that is exported to ONNX and timed there. */
enum OnnxNetwork {
    /** ResNet-20 on images of CIFAR-10. */
    RES_NET_20("resnet-20", new Shape(3, 32, 32), List.of(1, 8, 32)),
    /** DJL's MobileNetV2 on images of ImageNet's size. */
    MOBILE_NET_V2("mobilenet-v2", new Shape(3, 224, 224), List.of(1, 8));

    private static final int IMAGE_NET_CLASSES = 1000;

    private final String label;
    private final Shape image;
    private final List<Integer> batches;

    OnnxNetwork(String label, Shape image, List<Integer> batches) {
        this.label = label;
        this.image = image;
        this.batches = batches;
    }

    /** Returns the name in results and files. */
    String label() {
        return label;
    }

    /** Returns the batch sizes that are timed. */
    List<Integer> batches() {
        return batches;
    }

    /** Returns the shape of a batch. */
    Shape input(int batch) {
        return new Shape(batch).addAll(image);
    }

    Block block() {
        return this == RES_NET_20
                ? CifarResNet.resNet20()
                : MobileNetV2.builder().setOutSize(IMAGE_NET_CLASSES).build();
    }
}
