"""Writes what ml_dtypes, numpy, torch, ONNX Runtime, bitsandbytes' formulas and ggml make of the elementary formats.

Usage: python format_goldens.py ../resources/io/github/djlqat/format

float_formats.json: per format of ml_dtypes (and numpy's float16) every code decoded, and finfo.
float_casts.json: per library, format and overflow convention the CRC-32 of the codes of
  - every value, every midpoint of neighbours, and the float32 on either side of each of these, and
  - 2^20 pseudo-random float32 bit patterns,
  with a sample of inputs and codes that shows where a difference lies. The CRC-32 of the inputs is
  there too, because the test makes them again. Codes of NaN inputs are replaced by one code a
  format, since libraries differ in the sign and payload they keep.
codebooks.json: the tables, and the CRC-32 of the values that inputs become.
"""

import json
import pathlib
import sys
import warnings
import zlib

import gguf
import ml_dtypes
import numpy as np
import onnx
import onnx.helper
import onnxruntime
import torch
from gguf.quants import IQ4_NL

warnings.simplefilter("ignore")
VERSIONS = {
    m.__name__: m.__version__ for m in (ml_dtypes, np, torch, onnx, onnxruntime)
} | {"gguf": __import__("importlib.metadata").metadata.version("gguf")}

# The name here and the name in ml_dtypes.
ML_DTYPES = {
    "bfloat16": "bfloat16",
    "float4_e2m1fn": "float4_e2m1fn",
    "float6_e2m3fn": "float6_e2m3fn",
    "float6_e3m2fn": "float6_e3m2fn",
    "float8_e3m4": "float8_e3m4",
    "float8_e4m3ieee": "float8_e4m3",
    "float8_e4m3fn": "float8_e4m3fn",
    "float8_e4m3fnuz": "float8_e4m3fnuz",
    "float8_e4m3b11fnuz": "float8_e4m3b11fnuz",
    "float8_e5m2": "float8_e5m2",
    "float8_e5m2fnuz": "float8_e5m2fnuz",
    "float8_e8m0fnu": "float8_e8m0fnu",
}
TORCH = {
    "float16": (torch.float16, "NON_FINITE"),
    "bfloat16": (torch.bfloat16, "NON_FINITE"),
    "float8_e4m3fn": (torch.float8_e4m3fn, "SATURATE"),
    "float8_e5m2": (torch.float8_e5m2, "NON_FINITE"),
    "float8_e4m3fnuz": (torch.float8_e4m3fnuz, "NON_FINITE"),
    "float8_e5m2fnuz": (torch.float8_e5m2fnuz, "NON_FINITE"),
    "float8_e8m0fnu": (torch.float8_e8m0fnu, "NON_FINITE"),
}
ONNX = {
    "float16": onnx.TensorProto.FLOAT16,
    "bfloat16": onnx.TensorProto.BFLOAT16,
    "float8_e4m3fn": onnx.TensorProto.FLOAT8E4M3FN,
    "float8_e5m2": onnx.TensorProto.FLOAT8E5M2,
    "float8_e4m3fnuz": onnx.TensorProto.FLOAT8E4M3FNUZ,
    "float8_e5m2fnuz": onnx.TensorProto.FLOAT8E5M2FNUZ,
}
ONNX_E8M0_ROUNDING = {"HALF_EVEN": "nearest", "TOWARD_ZERO": "down"}


def numpy_type(name):
    return np.float16 if name == "float16" else getattr(ml_dtypes, ML_DTYPES[name])


def code_type(name):
    return np.uint16 if name.endswith("float16") else np.uint8


def decode_all(name):
    bits = 16 if name == "float16" else ml_dtypes.finfo(numpy_type(name)).bits
    codes = np.arange(1 << bits, dtype=code_type(name))
    return codes.view(numpy_type(name)).astype(np.float32)


def crc(array):
    return zlib.crc32(np.ascontiguousarray(array).tobytes())


def bits_of(x):
    return np.asarray(x, np.float32).view(np.uint32)


def random_floats(count=1 << 20):
    """SplitMix64's upper halves as float32; of every second one the exponent is folded into 2^-28..2^19."""
    with np.errstate(over="ignore"):
        i = np.arange(1, count + 1, dtype=np.uint64)
        z = i * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    bits = (z >> np.uint64(32)).astype(np.uint32)
    exponent = (bits >> np.uint32(23)) & np.uint32(0xFF)
    folded = (bits & np.uint32(0x807FFFFF)) | ((exponent % np.uint32(48) + np.uint32(99)) << np.uint32(23))
    bits[1::2] = folded[1::2]
    return bits.view(np.float32)


def with_neighbours(points):
    points = np.asarray(points, np.float32)
    inf = np.float32(np.inf)
    return np.stack([np.nextafter(points, -inf), points, np.nextafter(points, inf)], axis=1).reshape(-1)


def neighbours(decoded):
    values = np.unique(decoded[np.isfinite(decoded)]).astype(np.float64) + 0.0  # one zero, positive
    top = values[-1] + (values[-1] - values[-2]) * np.array([0.5, 1, 1.5, 2])
    points = np.concatenate([values, (values[:-1] + values[1:]) / 2, top, -top])
    with np.errstate(over="ignore"):
        points = points.astype(np.float32)
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan], np.float32)
    return np.concatenate([with_neighbours(points), special])


def onnx_cast(to, code, **attributes):
    node = onnx.helper.make_node("Cast", ["x"], ["y"], to=to, **attributes)
    graph = onnx.helper.make_graph(
        [node],
        "cast",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None])],
        [onnx.helper.make_tensor_value_info("y", to, [None])],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 24)], ir_version=11)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    def cast(x):
        binding = session.io_binding()
        binding.bind_ortvalue_input("x", onnxruntime.OrtValue.ortvalue_from_numpy(x))
        y = np.zeros(x.shape, code)
        binding.bind_output("y", "cpu", 0, to, y.shape, y.ctypes.data)
        session.run_with_iobinding(binding)
        return y

    return cast


def torch_cast(dtype, code):
    integer = torch.uint8 if code == np.uint8 else torch.int16
    return lambda x: torch.from_numpy(x).to(dtype).view(integer).numpy().view(code)


def references():
    for name in ["float16", *ML_DTYPES]:
        cast = lambda x, name=name: x.astype(numpy_type(name)).view(code_type(name))
        yield "numpy" if name == "float16" else "ml_dtypes", name, "NON_FINITE", "HALF_EVEN", cast
    for name, (dtype, overflow) in TORCH.items():
        yield "torch", name, overflow, "HALF_EVEN", torch_cast(dtype, code_type(name))
    for name, to in ONNX.items():
        if "float8" not in name:
            yield "onnxruntime", name, "NON_FINITE", "HALF_EVEN", onnx_cast(to, code_type(name))
            continue
        for saturate, overflow in enumerate(("NON_FINITE", "SATURATE")):
            yield "onnxruntime", name, overflow, "HALF_EVEN", onnx_cast(to, code_type(name), saturate=saturate)
    name, to = "float8_e8m0fnu", onnx.TensorProto.FLOAT8E8M0
    for rounding, mode in ONNX_E8M0_ROUNDING.items():
        yield "onnxruntime", name, "SATURATE", rounding, onnx_cast(to, np.uint8, saturate=1, round_mode=mode)


def nan_code(decoded):
    """The quiet NaN of positive sign: the first NaN whose upper mantissa bit is set."""
    nans = np.flatnonzero(np.isnan(decoded))
    if len(nans) == 0:
        return 0
    positive = nans[nans < len(decoded) // 2] if len(nans) > 1 else nans
    return int(positive[len(positive) // 2])


def float_casts():
    noise = random_floats()
    inputs = {"random": crc(bits_of(noise)), "neighbours": {}}
    casts = []
    for library, name, overflow, rounding, cast in references():
        decoded = decode_all(name)
        near = neighbours(decoded)
        inputs["neighbours"][name] = crc(bits_of(np.where(np.isnan(near), np.float32(np.nan), near)))
        record = {"library": library, "format": name, "overflow": overflow, "rounding": rounding}
        for what, x in (("neighbours", near), ("random", noise)):
            codes = cast(x)
            got = decoded[codes[np.isnan(x)]]
            assert np.all(np.isnan(got) | (got == 0)), (library, name)
            codes = np.where(np.isnan(x), code_type(name)(nan_code(decoded)), codes)
            record[what] = crc(codes)
            step = max(1, len(x) // 40)
            record[what + "Sample"] = [[int(b), int(c)] for b, c in zip(bits_of(x)[::step], codes[::step])]
        casts.append(record)
    return {"versions": VERSIONS, "inputs": inputs, "casts": casts}


def float_formats():
    formats = {}
    for name in ["float16", *ML_DTYPES]:
        decoded = decode_all(name)
        decoded = np.where(np.isnan(decoded), np.float32(np.nan), decoded)
        info = ml_dtypes.finfo(numpy_type(name))
        described = {
            "bits": int(info.bits),
            "max": float(info.max),
            "min": float(info.min),
            "smallestNormal": float(info.smallest_normal),
            "smallestSubnormal": float(info.smallest_subnormal),
            "epsilon": float(info.eps),
            "valueCount": len(np.unique(decoded[np.isfinite(decoded)])),
            "hasNaN": bool(np.isnan(decoded).any()),
            "hasInfinity": bool(np.isinf(decoded).any()),
            "hasNegativeZero": bool(((decoded == 0) & np.signbit(decoded)).any()),
            "decodedCrc": crc(bits_of(decoded)),
        }
        if len(decoded) <= 256:
            described["decoded"] = [str(v) if not np.isfinite(v) else float(v) for v in decoded]
        formats[name] = described
    return {"versions": VERSIONS, "formats": formats}


def bitsandbytes_4bit(table, x):
    """_get_4bit_quantize_bounds and quantize_4bit of bitsandbytes/backends/default/ops.py, without the scaling."""
    code = torch.tensor(table)
    code.div_(code.abs().max())
    order = torch.argsort(code, stable=True)
    midpoints = (code[order[:-1]] + code[order[1:]]) / 2
    return code.numpy(), code[order[torch.bucketize(torch.from_numpy(x), midpoints)]].numpy()


def ggml_best_index(table, x):
    """best_index_int8 of ggml-quants.c, in single precision."""
    upper = np.clip(np.searchsorted(table, x, side="right"), 1, len(table) - 1)
    below, above = x - table[upper - 1], table[upper] - x
    nearest = np.where(below < above, upper - 1, upper)
    nearest = np.where(x <= table[0], 0, np.where(x >= table[-1], len(table) - 1, nearest))
    return table[nearest]


def codebooks():
    nf4 = [
        -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022833234, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ]  # fmt: skip
    fp4 = [0.0, 0.0625, 8.0, 12.0, 4.0, 6.0, 2.0, 3.0, 0.0, -0.0625, -8.0, -12.0, -4.0, -6.0, -2.0, -3.0]
    iq4 = np.array(IQ4_NL.kvalues, np.float32)
    noise = random_floats()
    noise = noise[~np.isnan(noise)]
    result = {}
    for name, table in (("nf4", nf4), ("fp4_bitsandbytes", fp4)):
        values, rounded = bitsandbytes_4bit(table, noise)
        distinct = np.unique(values)
        near = with_neighbours(np.concatenate([distinct, (distinct[:-1] + distinct[1:]) / np.float32(2)]))
        result[name] = (values, near, bitsandbytes_4bit(table, near)[1], rounded)
    near = with_neighbours(np.concatenate([iq4, (iq4[:-1] + iq4[1:]) / np.float32(2)]))
    result["iq4_nl"] = (iq4, near, ggml_best_index(iq4, near), ggml_best_index(iq4, noise))
    return {
        "versions": VERSIONS,
        "codebooks": {
            name: {
                "values": [float(v) for v in values],
                "inputs": [int(b) for b in bits_of(near)],
                "rounded": [int(b) for b in bits_of(rounded + np.float32(0))],
                "randomCrc": crc(bits_of(random + np.float32(0))),
            }
            for name, (values, near, rounded, random) in result.items()
        },
    }


folder = pathlib.Path(sys.argv[1])
for file, content in (
    ("float_formats.json", float_formats()),
    ("float_casts.json", float_casts()),
    ("codebooks.json", codebooks()),
):
    (folder / file).write_text(json.dumps(content) + "\n")
