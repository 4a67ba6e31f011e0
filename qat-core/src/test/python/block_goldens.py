"""Writes the golden values of the block formats' tests with the reference implementations.

Usage: python block_goldens.py path/to/libggml-base.so ../resources/io/github/djlqat/block/goldens.json

ggml's library, built with -ffp-contract=off, quantizes; gguf-py quantizes too where it can, and dequantizes. What they
disagree on is counted, and the library counts. The rules of MX and NVFP4 are written here from their specifications, on
ml_dtypes' casts. The dynamic map is built by torch on a processor with AVX2. The versions it ran with are in the file.
"""

import ctypes
import importlib.metadata
import json
import sys
import zlib

import gguf
import ml_dtypes
import numpy as np
import torch
from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType as Type

GGML = ctypes.CDLL(sys.argv[1])
GGML.quantize_iq4_nl.restype = ctypes.c_size_t
TYPES = ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q6_K", "IQ4_NL", "TQ1_0", "TQ2_0", "MXFP4", "NVFP4"]


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


def bits(seed, count):
    """Uniform bytes from the same generator."""
    state = seed
    values = bytearray()
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append(state >> 56)
    return np.frombuffer(bytes(values), dtype=np.uint8)


def inputs():
    """Blocks of 256 values: ordinary, scaled over the exponent range, on grids full of ties, and degenerate."""
    x = stream(7, 256 * 40).reshape(-1, 256)
    rows = [x[:16]]
    rows.append(np.ldexp(x[16:32], np.arange(-16, 16)[::2].reshape(-1, 1) + np.arange(256) // 32).astype(np.float32))
    rows.append(np.rint(x[32:36] * 8) / np.float32(2))
    rows.append(np.rint(x[36:40] * 64) / np.float32(16))
    grid = np.arange(256, dtype=np.float32)
    rows.append(np.stack([np.zeros(256), -np.zeros(256), np.ones(256), -np.ones(256), grid, -grid, grid - 128, np.abs(grid - 128),
                          np.where(grid % 32 == 5, -3, 0), np.where(grid % 16 == 0, 3, 0.25), grid / 32 - 4, grid / 256 + 1,
                          grid % 13 - 6, 6 - grid % 13, (grid % 29 - 14) / 2, grid % 64 / 4 - 8]))
    return np.concatenate(rows).astype(np.float32)


def ggml_quantize(name, rows):
    block, size = GGML_QUANT_SIZES[Type[name]]
    rows = np.ascontiguousarray(rows)
    out = np.zeros(rows.size // block * size, dtype=np.uint8)
    source, target = ctypes.c_void_p(rows.ctypes.data), ctypes.c_void_p(out.ctypes.data)
    if name == "IQ4_NL":
        GGML.quantize_iq4_nl(source, target, ctypes.c_int64(1), ctypes.c_int64(rows.size), None)
    else:
        reference = getattr(GGML, f"quantize_row_{name[:-1].lower() + name[-1] if name.endswith('_K') else name.lower()}_ref")
        reference.restype = None
        reference(source, target, ctypes.c_int64(rows.size))
    return out.reshape(-1, size)


def ggml_case(name):
    rows = inputs()
    block, size = GGML_QUANT_SIZES[Type[name]]
    quantized = ggml_quantize(name, rows)
    disagreements = None
    try:
        disagreements = int((gguf.quantize(rows, Type[name]).reshape(-1, size) != quantized).any(axis=1).sum())
    except NotImplementedError:
        pass
    patterns = bits(11, 64 * size).reshape(64, size).copy()
    with np.errstate(all="ignore"):
        decoded = gguf.dequantize(patterns, Type[name]).astype(np.float32)
        own = gguf.dequantize(quantized, Type[name]).astype(np.float32)
    # The bits of a NaN's payload are not specified.
    decoded, own = (np.where(np.isnan(d), np.float32("nan"), d) for d in (decoded, own))
    return {"name": name, "blocks": [zlib.crc32(b.tobytes()) for b in quantized], "sample": quantized[:3].tobytes().hex(),
            "gguf_disagreements": disagreements, "decoded_crc": [zlib.crc32(d.view(np.uint32).tobytes()) for d in decoded],
            "decoded_sample": [float(v) if np.isfinite(v) else str(v) for v in decoded[0][:8]],
            "own_crc": zlib.crc32(own.tobytes())}


MX = {"mxfp4": (ml_dtypes.float4_e2m1fn, 6.0, 2, 1), "mxfp6-e2m3": (ml_dtypes.float6_e2m3fn, 7.5, 2, 3),
      "mxfp6-e3m2": (ml_dtypes.float6_e3m2fn, 28.0, 4, 2), "mxfp8-e4m3": (ml_dtypes.float8_e4m3fn, 448.0, 8, 3),
      "mxfp8-e5m2": (ml_dtypes.float8_e5m2, 57344.0, 15, 2), "mxint8": (None, 127 / 64, 0, 6)}


def exponent(rule, amax, vmax, emax, mantissa):
    """The definitions of the four rules, in exact arithmetic on the binary exponent of a float64."""
    fraction, power = np.frexp(amax.astype(np.float64))  # amax = fraction * 2^power with fraction in [0.5, 1)
    if rule == "floor":
        e = power - 1 - emax
    elif rule == "even":
        rounded = np.floor(fraction * 2.0 ** (mantissa + 1) + 0.5) / 2.0 ** (mantissa + 1)
        e = power - 1 + (rounded >= 1) - emax
    elif rule == "ceil":
        e = power - (fraction == 0.5) - emax
    else:
        quotient = (amax / np.float32(vmax)).astype(np.float64)
        fraction, power = np.frexp(quotient)
        e = np.where(quotient == 0, -127, power - (fraction == 0.5))
    return np.where(amax == 0, -127, np.clip(e, -127, 127))


def mx_case(name, rule):
    dtype, vmax, emax, mantissa = MX[name]
    x = np.concatenate([inputs().reshape(-1, 32), boundary_blocks()]).astype(np.float32)
    e = exponent(rule, np.abs(x).max(axis=1), vmax, emax, mantissa)
    scaled = x.astype(np.float64) * 2.0 ** -e.astype(np.float64)[:, None]
    if dtype is None:
        codes = np.clip(np.rint(scaled * 64), -127, 127).astype(np.int8).view(np.uint8)
        values = codes.view(np.int8) / 64.0
    else:
        codes = np.clip(scaled, -vmax, vmax).astype(dtype).view(np.uint8)
        values = codes.view(dtype).astype(np.float64)
    bytes_ = {4: lambda c: c[:, ::2] | c[:, 1::2] << 4,
              6: lambda c: np.packbits(np.unpackbits(c[:, :, None], axis=2, bitorder="little")[:, :, :6].reshape(len(c), -1), axis=1, bitorder="little"),
              8: lambda c: c}[8 if dtype is None else int(name[4])](codes)
    decoded = (values * 2.0 ** e.astype(np.float64)[:, None]).astype(np.float32)
    return {"name": f"{name}-{rule}", "codes_crc": [zlib.crc32(b.tobytes()) for b in np.array_split(np.ascontiguousarray(bytes_), 20)],
            "scales": (e + 127).astype(np.uint8).tobytes().hex(), "decoded_crc": zlib.crc32(decoded.tobytes())}


def boundary_blocks():
    """One extreme value a block around the places where the scale rules part, over the exponent range."""
    rows = []
    for power in (-149, -140, -127, -126, -125, -20, 0, 3, 100, 127):
        for extreme in (1.0, 1.5, 1.75, 1.751, 1.76, 1.875, 1.9375, 1.96875, 1.984375, 1.9921875, 1.99609375, 1.999):
            value = np.float32(np.ldexp(extreme, power))
            rows.append(value * np.float32(1 / 32) * np.arange(1, 33, dtype=np.float32) * np.float32(-1) ** np.arange(32, dtype=np.float32))
            rows[-1][31] = value
    return np.array(rows, dtype=np.float32)


def e4m3(x):
    return np.clip(x, 0, 448).astype(ml_dtypes.float8_e4m3fn)


def nv_case(variant, tensor):
    f = np.float32
    rows = inputs()
    x = rows.reshape(-1, 16)
    amax = np.abs(x).max(axis=1)
    whole = f(1)
    if tensor:
        whole = f(448 * 6) / amax.max() if variant == "compressed_tensors" else amax.max() / f(448 * 6)
    with np.errstate(all="ignore"):
        if variant == "torchao":
            s = e4m3(np.maximum(amax / f(6) / whole, f(2.0**-6)))
            scaled = x * ((f(1) / whole) / s.astype(f))[:, None]
            step = s.astype(f) * whole
        elif variant == "modelopt":
            s = amax / (f(6) * whole)
            s = e4m3(np.maximum(np.where(s == 0, f(1), s), f(2.0**-9)))
            scaled = x / (s.astype(f) * whole)[:, None]
            step = s.astype(f) * whole
        else:
            s = e4m3(whole * (amax / f(6)))
            s = np.where(s.astype(f) == 0, ml_dtypes.float8_e4m3fn(0.125), s)
            step = s.astype(f) / whole
            scaled = x / step[:, None]
    codes = np.clip(scaled, -6, 6).astype(ml_dtypes.float4_e2m1fn)
    decoded = codes.astype(f) * step[:, None]
    packed = codes.view(np.uint8)[:, ::2] | codes.view(np.uint8)[:, 1::2] << 4
    return {"name": f"nvfp4-{variant}{'-tensor' if tensor else ''}", "tensor_scale": float(whole),
            "codes_crc": [zlib.crc32(b.tobytes()) for b in np.array_split(np.ascontiguousarray(packed), 20)],
            "scales_crc": zlib.crc32(np.asarray(s).view(np.uint8).tobytes()), "decoded_crc": zlib.crc32(decoded.astype(f).tobytes())}


def dynamic_map():
    """The signed map of 7 exponent bits: for each, the middles of equal parts of [0.1, 1] times a power of ten."""
    values = [0.0, 1.0]
    for i in range(7):
        edges = torch.linspace(0.1, 1, 2**i + 1, dtype=torch.float32)
        middles = (edges[:-1] + edges[1:]) / 2.0
        values += ((10 ** (i - 6)) * middles).tolist()
        values += (-(10 ** (i - 6)) * middles).tolist()
    return sorted(values)


# The tables of bitsandbytes in the order of their codes.
NF4 = torch.tensor([-1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
                    -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
                    0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
                    0.7229568362236023, 1.0])
FP4 = torch.tensor([0, 0.0625, 8, 12, 4, 6, 2, 3, -0.0, -0.0625, -8, -12, -4, -6, -2, -3]) / 12


def bitsandbytes_case(name, table, size):
    """bucketize on the midpoints in torch, then the codes of the sorted values, two a byte."""
    x = torch.from_numpy(inputs().reshape(-1, size))
    absmax = x.abs().amax(dim=1)
    ordered, order = torch.sort(table, stable=True)
    if name == "fp4":
        keep = order != 8  # the second zero
        ordered, order = ordered[keep], order[keep]
    scaled = torch.where(absmax[:, None] > 0, x * (1 / absmax)[:, None], torch.zeros(()))
    code = order[torch.bucketize(scaled, (ordered[:-1] + ordered[1:]) / 2)].to(torch.uint8)
    packed = (code[:, ::2] << 4 | code[:, 1::2]).numpy()
    decoded = (table[code.long()] * absmax[:, None]).numpy() + np.float32(0)
    return {"name": f"{name}-{size}", "codes_crc": [zlib.crc32(b.tobytes()) for b in np.array_split(packed, 20)],
            "absmax_crc": zlib.crc32(absmax.numpy().tobytes()), "decoded_crc": zlib.crc32(decoded.tobytes())}


def main():
    goldens = {
        "versions": {"ml_dtypes": ml_dtypes.__version__, "numpy": np.__version__, "torch": torch.__version__},
        "inputs_crc": zlib.crc32(inputs().tobytes()),
        "boundary_crc": zlib.crc32(boundary_blocks().tobytes()),
        "ggml": [ggml_case(name) for name in TYPES],
        "mx": [mx_case(name, rule) for name in MX for rule in ("floor", "even", "ceil", "rceil")],
        "nv": [nv_case(v, t) for v in ("torchao", "modelopt", "compressed_tensors") for t in (False, True)],
        "dynamic_map": dynamic_map(),
        "bitsandbytes": [bitsandbytes_case(n, t, s) for n, t in (("nf4", NF4), ("fp4", FP4)) for s in (32, 64, 256)],
    }
    goldens["versions"]["gguf"] = importlib.metadata.version("gguf")
    GGML.ggml_version.restype = ctypes.c_char_p
    goldens["versions"]["ggml"] = GGML.ggml_version().decode()
    with open(sys.argv[2], "w", encoding="utf-8") as target:
        json.dump(goldens, target, indent=0)
        target.write("\n")


main()
