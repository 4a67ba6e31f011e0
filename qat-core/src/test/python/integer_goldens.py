"""Writes what torch's fake quantization and ONNX Runtime's QuantizeLinear make of 2^20 float32 bit patterns.

Usage: python integer_goldens.py ../resources/io/github/djlqat/convention/integers.json

The patterns are those of format_goldens.py: half of them over the whole exponent range with subnormals, infinities and NaN,
half within 2^-28 and 2^19. Written are CRC-32s, of codes as bytes and, for torch, of the gradient's mask as bytes. torch runs
per tensor: its per-channel kernel overflows on huge values.
"""

import json
import sys
import zlib

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper

CASES = [(f"{sign}int{bits}", scale, zero)
         for bits in range(2, 9)
         for sign, scale, zero in (("", 0.1, 0), ("", 2.0**-9, 1), ("u", 1 / 3, 2**bits // 3), ("u", 1.7e4, 0))]
ORT_TYPES = {"int4": TensorProto.INT4, "uint4": TensorProto.UINT4, "int8": TensorProto.INT8, "uint8": TensorProto.UINT8}


def patterns():
    i = np.arange(1, 2**20 + 1, dtype=np.uint64)
    with np.errstate(over="ignore"):
        z = i * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits = ((z ^ (z >> np.uint64(31))) >> np.uint64(32)).astype(np.uint32)
    folded = (bits & np.uint32(0x807FFFFF)) | (((bits >> np.uint32(23)) & np.uint32(0xFF)) % np.uint32(48) + np.uint32(99)) << np.uint32(23)
    return np.where(np.arange(2**20) % 2 == 1, folded, bits).astype(np.uint32).view(np.float32)


def codes(name):
    bits = int(name.lstrip("uint"))
    return (0, 2**bits - 1) if name.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def crc(values):
    return zlib.crc32(values.astype(np.int64).astype(np.uint8).tobytes())


def recovered(y, scale, zero, name):
    q = np.rint(y.astype(np.float64) / np.float64(np.float32(scale))) + zero
    assert (((q - zero).astype(np.float32) * np.float32(scale)).astype(np.float32) == y).all(), name
    return q


def torch_case(x, name, scale, zero):
    qmin, qmax = codes(name)
    leaf = torch.from_numpy(x.copy()).requires_grad_()
    y = torch.fake_quantize_per_tensor_affine(leaf, float(np.float32(scale)), zero, qmin, qmax)
    y.backward(torch.ones_like(y))
    return {"codes": crc(recovered(y.detach().numpy(), scale, zero, name)), "mask": crc(leaf.grad.numpy())}


def ort_case(x, name, scale, zero):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    graph = helper.make_graph(
        [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]), helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"])],
        "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])],
        [helper.make_tensor("s", TensorProto.FLOAT, [], [float(np.float32(scale))]), helper.make_tensor("z", ORT_TYPES[name], [], [zero])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    y = onnxruntime.InferenceSession(model.SerializeToString(), options).run(None, {"x": x})[0]
    return {"codes": crc(recovered(y, scale, zero, name))}


def main():
    x = patterns()
    cases = []
    for name, scale, zero in CASES:
        for runtime, run in (("pytorch", torch_case), ("onnxruntime", ort_case)):
            if runtime == "pytorch" or name in ORT_TYPES:
                case = {"convention": runtime, "format": name, "scale": float(np.float32(scale)), "zeroPoint": zero}
                cases.append(case | run(x, name, scale, zero))
    goldens = {
        "versions": {m.__name__: m.__version__ for m in (torch, onnx, onnxruntime, np)},
        "inputs": zlib.crc32(x.tobytes()),
        "cases": cases,
    }
    with open(sys.argv[1], "w", encoding="utf-8") as target:
        json.dump(goldens, target, indent=1)
        target.write("\n")


main()
