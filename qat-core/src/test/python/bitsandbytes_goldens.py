"""Writes what bitsandbytes itself computes, for the tests of its 4-bit formats.

Usage: python bitsandbytes_goldens.py ../resources/io/github/djlqat/block/bitsandbytes.json

Runs bitsandbytes' own functions on the CPU, where its implementation in PyTorch takes the place of a compiled library. The
versions it ran with are in the file. FP4 has two codes of zero, which are written as one. Double quantization is tried on values
whose largest magnitudes add up exactly, for their mean depends on the order of summation otherwise. normal_rmse is of 16 million standard normal values in blocks of 64, of all at once as
with one large weight, and is given for plain and for doubly quantized scales.
"""

import json
import math
import sys
import zlib

import bitsandbytes
import bitsandbytes.functional as functional
import numpy as np
import torch


def stream(seed, count):
    """Bell-shaped values from a generator that Java repeats bit for bit."""
    state = seed
    values = np.empty(count)
    for i in range(count):
        total = 0.0
        for _ in range(4):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (state >> 40) / 2.0**24
        values[i] = (total - 2.0) ** 3
    return values.astype(np.float32)


def crc(tensor):
    return zlib.crc32(tensor.contiguous().numpy().tobytes())


def codes(packed, name):
    if name == "fp4":
        packed = torch.where(packed >> 4 == 8, packed & 0xF, packed)
        packed = torch.where(packed & 0xF == 8, packed & 0xF0, packed)
    return packed


def case(name, size, x):
    coarse = (x * 64).round() / 64
    packed, state = functional.quantize_4bit(x, blocksize=size, quant_type=name, compress_statistics=False)
    coarse_packed, double = functional.quantize_4bit(coarse, blocksize=size, quant_type=name, compress_statistics=True)
    return {
        "name": f"{name}-{size}",
        "codes_crc": crc(codes(packed, name)),
        "absmax_crc": crc(state.absmax),
        "decoded_crc": crc(functional.dequantize_4bit(packed, state) + 0),
        "double_codes_crc": crc(codes(coarse_packed, name)),
        "double_absmax_codes_crc": crc(double.absmax),
        "double_absmax_scales_crc": crc(double.state2.absmax),
        "double_absmax_offset": float(double.offset),
        "double_decoded_crc": crc(functional.dequantize_4bit(coarse_packed, double) + 0),
    }


def root_mean_square_errors(name):
    torch.manual_seed(1)
    x = torch.randn(1 << 24)
    errors = []
    for double in (False, True):
        packed, state = functional.quantize_4bit(x, blocksize=64, quant_type=name, compress_statistics=double)
        errors.append(math.sqrt((functional.dequantize_4bit(packed, state) - x).double().square().mean()))
    return errors


def main():
    x = torch.from_numpy(stream(11, 1 << 17))
    goldens = {
        "versions": {"bitsandbytes": bitsandbytes.__version__, "torch": torch.__version__, "numpy": np.__version__},
        "cases": [case(name, size, x) for name in ("nf4", "fp4") for size in (32, 64, 128)],
        "normal_rmse": {name: root_mean_square_errors(name) for name in ("nf4", "fp4")},
    }
    with open(sys.argv[1], "w", encoding="utf-8") as target:
        json.dump(goldens, target, indent=1)
        target.write("\n")


main()
