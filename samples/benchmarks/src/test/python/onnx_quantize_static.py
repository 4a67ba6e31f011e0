"""Quantizes the benchmarks' ONNX files by ONNX Runtime's own quantizer, for comparison: python onnx_quantize_static.py DIR [CIFAR].

DIR is the folder that the benchmarks wrote with --only onnx, such as target/benchmarks/onnx. NAME-fp32.onnx is quantized with
the images of NAME-calibration.f32 to NAME-peer.onnx, which the benchmarks time when they run again. With the folder of CIFAR-10
the accuracies of ResNet-20's files on the first 1,000 test images are printed. Ran with onnx 1.23.1 and onnxruntime 1.30.0.
Not needed to build, test or run the project.
"""

import pathlib
import sys

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

IMAGES = {"resnet-20": (3, 32, 32), "mobilenet-v2": (3, 224, 224)}
BATCH = 100


class Images(CalibrationDataReader):
    def __init__(self, images):
        self.batches = iter([{"input": images[i : i + BATCH]} for i in range(0, len(images), BATCH)])

    def get_next(self):
        return next(self.batches, None)


def accuracy(file, images, labels):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return int((session.run(None, {"input": images})[0].argmax(1) == labels).sum())


def cifar_test(folder):
    rows = np.fromfile(pathlib.Path(folder) / "test_batch.bin", np.uint8).reshape(-1, 3073)[:1000]
    mean = np.float32([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1)
    deviation = np.float32([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1)
    images = rows[:, 1:].reshape(-1, 3, 32, 32).astype(np.float32) / 255
    return (images - mean) / deviation, rows[:, 0]


def main(folder, cifar=None):
    folder = pathlib.Path(folder)
    for name, shape in IMAGES.items():
        images = np.fromfile(folder / f"{name}-calibration.f32", np.float32).reshape(-1, *shape)
        prepared = folder / f"{name}-prepared.onnx"
        quant_pre_process(folder / f"{name}-fp32.onnx", prepared)
        quantize_static(
            prepared,
            folder / f"{name}-peer.onnx",
            Images(images),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
    if cifar:
        images, labels = cifar_test(cifar)
        for kind in ("fp32", "int8", "peer"):
            print(kind, accuracy(folder / f"resnet-20-{kind}.onnx", images, labels), "of", len(labels))


main(*sys.argv[1:])
