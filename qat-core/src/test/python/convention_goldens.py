"""Writes the golden values of ConventionGoldensTest: what the runtimes themselves choose and compute.

Run as: python convention_goldens.py ../resources/io/github/djlqat/convention/goldens.json
The versions it ran with are in the file. Floats are written as their 32 bits in hexadecimal, codes as two hexadecimal
digits each.
"""

import json
import sys

import gguf
import numpy as np
import onnx
import onnxruntime as ort
import tensorflow as tf
import torch
from gguf.quants import quantize
from onnxruntime.quantization.quant_utils import compute_scale_zp
from torch.ao.quantization import observer as ao

F = np.float32
RNG = np.random.default_rng(3)
FORMATS = {"int2": (-2, 1), "int4": (-8, 7), "int8": (-128, 127), "uint2": (0, 3), "uint4": (0, 15), "uint8": (0, 255),
           "narrow4": (-7, 7), "narrow8": (-127, 127)}


def bits(values):
    return "".join(f"{b:08x}" for b in np.asarray(values, dtype=F).view(np.uint32).reshape(-1))


def codes(values):
    return "".join(f"{int(c) & 255:02x}" for c in values)


# Numbers of steps: every tie of 4 bits, ties at the ends of 8 bits, the whole exponent range, noise and what is not finite.
STEPS = np.concatenate([
    np.arange(-40, 41) / 2, np.arange(250, 262) / 2, np.arange(508, 516) / 2, -np.arange(250, 262) / 2,
    [s * 2.0**e for e in range(-149, 128, 2) for s in (1, -1)], RNG.normal(size=300) * 8, RNG.normal(size=100) * 100,
    [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e30, -1e30, 2.0**31, -(2.0**31), 2.0**63, 0.25],
]).astype(F)


def values(scale):
    """Each number of steps times the scale, with both of its neighbours."""
    with np.errstate(all="ignore"):
        x = (STEPS * F(scale)).astype(F)
        return np.concatenate([x, np.nextafter(x, F(np.inf)), np.nextafter(x, F(-np.inf))]).astype(F)


def decoded(y, scale, zero_point, finite):
    """The codes that stand for y; fails unless every y is exactly (code - zero point) * scale."""
    q = np.rint(y.astype(np.float64) / np.float64(F(scale)))
    assert ((q.astype(F) * F(scale)).astype(F) == y)[finite].all()
    return q + zero_point


def case(convention, name, scale, zero_point, q):
    return {"convention": convention, "format": name, "scale": bits([scale]), "zeroPoint": zero_point, "codes": codes(q)}


GRID = [("int4", 1.0, 0), ("int4", 0.1, 0), ("int4", 1 / 3, 3), ("int4", 1e-20, -8), ("uint4", 0.3, 7), ("uint4", 1.7e10, 0),
        ("int8", 0.0371, 0), ("int8", 2.0**-9, -43), ("uint8", 0.0117647061124444, 85), ("uint8", 0.07, 128)]


def torch_codes():
    cases, overflow = [], []
    for name, scale, zero_point in GRID + [("int2", 0.3, 0), ("uint2", 0.9, 1), ("narrow4", 0.3, 0)]:
        qmin, qmax = FORMATS[name]
        x = values(scale)
        y = torch.fake_quantize_per_tensor_affine(torch.from_numpy(x), float(F(scale)), zero_point, qmin, qmax).numpy()
        q = decoded(y, scale, zero_point, np.ones(len(x), bool))
        cases.append(case("pytorch", name, scale, zero_point, q))
        c = torch.fake_quantize_per_channel_affine(torch.from_numpy(x)[None], torch.tensor([scale], dtype=torch.float32),
                                                   torch.tensor([zero_point], dtype=torch.int32), 0, qmin, qmax).numpy()[0]
        differs = c != y
        assert (x[differs].astype(np.float64) / F(scale) >= 2.0**31).all() and (y[differs] == y.max()).all() and (c[differs] == y.min()).all()
        overflow.append({"format": name, "perChannelSaturatesToTheWrongEnd": int(differs.sum())})
    return cases, overflow


def ort_values(name, scale, zero_point, x):
    """QuantizeLinear followed by DequantizeLinear."""
    kinds = {"int8": onnx.TensorProto.INT8, "uint8": onnx.TensorProto.UINT8, "int4": onnx.TensorProto.INT4,
             "uint4": onnx.TensorProto.UINT4}
    helper = onnx.helper
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    graph = helper.make_graph(
        [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]), helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"])],
        "g", [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["n"])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["n"])],
        [helper.make_tensor("s", onnx.TensorProto.FLOAT, [], [float(F(scale))]), helper.make_tensor("z", kinds[name], [], [zero_point])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    return ort.InferenceSession(model.SerializeToString(), options).run(None, {"x": x})[0]


def ort_codes():
    cases = []
    for name, scale, zero_point in GRID:
        x = values(scale)
        y = ort_values(name, scale, zero_point, x)
        cases.append(case("onnxruntime", name, scale, zero_point, decoded(y, scale, zero_point, np.ones(len(x), bool))))
    return cases


def ort_tail():
    """The last value of an odd number of 4-bit ones goes another way, where huge values overflow."""
    x = np.array([1e30, 2.0**40, 2.0**31, 7.6], dtype=F)
    return {"x": bits(x), "paired": codes([ort_values("int4", 1, 0, np.array([v, 0], dtype=F))[0] for v in x]),
            "last": codes([ort_values("int4", 1, 0, np.array([0, 0, v], dtype=F))[2] for v in x])}


def tensorflow_codes():
    cases = []
    ranges = [(-1.0, 2.0), (-0.3, 0.7), (0.0, 6.0), (0.5, 2.0), (-3.0, -1.0), (-1.7e-5, 3.1e-5), (-0.734, 1.921), (-5e9, 2e9)]
    for i, (low, high) in enumerate(ranges):
        for width, narrow in ((8, False), (4, False), (8, True), (3, False)):
            low, high = F(low), F(high)
            first = 1 if narrow else 0
            scale = F((high - low) / F(2**width - 1 - first))
            x = values(scale)
            y = tf.quantization.fake_quant_with_min_max_vars(x, low, high, num_bits=width, narrow_range=narrow).numpy()
            finite = ~np.isnan(x)
            lowest = int(np.rint(np.float64(y[finite].min()) / np.float64(scale)))
            q = np.where(finite, decoded(np.where(finite, y, 0).astype(F), scale, 0, finite), 0)
            zero_point = first - lowest
            if i < 4 or width == 4:
                cases.append({"min": bits([low]), "max": bits([high]), "bits": width, "narrow": narrow, "scale": bits([scale]),
                              "zeroPoint": zero_point, "codes": codes(np.where(finite, q + zero_point, first))})
    return cases


def ranges():
    special = [(0, 0), (-1e-6, 2e-6), (1, 2), (-3, -1), (0, 5), (-5, 0), (-1e-39, 1e-39), (-1, 1), (-1e30, 3e30), (-1e-10, 0),
               (0, 1e-10), (-0.5, 2), (-1, 0.5), (-1e-4, 1e-3), (-2, 2)]
    noise = [(-abs(a) * 10.0**e, abs(b) * 10.0**e) for a, b, e in zip(RNG.normal(size=25), RNG.normal(size=25), RNG.integers(-6, 6, 25))]
    return [(F(a), F(b)) for a, b in special + noise]


def torch_parameters(name, symmetric, low, high):
    qmin, qmax = FORMATS[name]
    custom = {} if name in ("int8", "uint8") else {"quant_min": qmin, "quant_max": qmax}
    observer = ao.MinMaxObserver(dtype=torch.quint8 if qmin == 0 else torch.qint8,
                                 qscheme=torch.per_tensor_symmetric if symmetric else torch.per_tensor_affine, **custom)
    observer(torch.tensor([low, high]))
    scale, zero_point = observer.calculate_qparams()
    return scale.item(), zero_point.item()


def ort_parameters(name, symmetric, low, high):
    qmin, qmax = FORMATS[name]
    kind = np.int8 if qmin < 0 else np.uint8
    zero_point, scale = compute_scale_zp(low, high, np.array(qmin, dtype=kind), np.array(qmax, dtype=kind), symmetric)
    return float(scale), int(zero_point)


def fbgemm_parameters(name, symmetric, low, high):
    if symmetric or name != "uint8":
        return None
    return torch._choose_qparams_per_tensor(torch.tensor([low, high]), False)


def awq_parameters(name, symmetric, low, high):
    """pseudo_quantize_tensor; its symmetric codes are signed, its affine ones unsigned."""
    qmin, qmax = FORMATS[name]
    if symmetric != (qmin < 0) or name.startswith("narrow"):
        return None
    low, high = torch.tensor(low), torch.tensor(high)
    if symmetric:
        return (torch.maximum(low.abs(), high.abs()).clamp(min=1e-5) / qmax).item(), 0
    scale = (high - low).clamp(min=1e-5) / qmax
    return scale.item(), int((-torch.round(low / scale)).clamp_(0, qmax))


def gptq_parameters(name, symmetric, low, high):
    """Quantizer.find_params; its codes are unsigned."""
    maxq = FORMATS[name][1]
    if FORMATS[name][0] < 0:
        return None
    xmin, xmax = torch.minimum(torch.tensor(low), torch.tensor(F(0))), torch.maximum(torch.tensor(high), torch.tensor(F(0)))
    if symmetric:
        xmax = torch.maximum(xmin.abs(), xmax)
        if xmin < 0:
            xmin = -xmax
    if xmin == 0 and xmax == 0:
        xmin, xmax = torch.tensor(F(-1)), torch.tensor(F(1))
    scale = (xmax - xmin) / maxq
    if scale < np.finfo(F).tiny:
        return None
    return scale.item(), int((maxq + 1) / 2 if symmetric else torch.round(-xmin / scale))


def no_clipping_parameters(name, symmetric, low, high):
    """torchao's SYMMETRIC_NO_CLIPPING_ERR, with torchao's floor of float32's epsilon."""
    qmin, qmax = FORMATS[name]
    if not symmetric or qmin == 0:
        return None
    low, high = torch.tensor(min(low, F(0))), torch.tensor(max(high, F(0)))
    below, above = low / float(qmin), high / float(qmax)
    return torch.clamp(torch.where(below > above, below, above), min=torch.finfo(torch.float32).eps).item(), 0


def parameters():
    cases = []
    rules = {"pytorch": torch_parameters, "onnxruntime": ort_parameters, "fbgemm": fbgemm_parameters, "awq": awq_parameters,
             "gptq": gptq_parameters, "no-clipping": no_clipping_parameters}
    for convention, rule in rules.items():
        for name in FORMATS:
            for symmetric in (True, False):
                if not symmetric and name.startswith("narrow"):
                    continue
                low, high, scales, zero_points = [], [], [], []
                for a, b in RANGES:
                    chosen = rule(name, symmetric, a, b)
                    if chosen is not None:
                        low.append(a), high.append(b), scales.append(chosen[0]), zero_points.append(chosen[1])
                if scales:
                    cases.append({"convention": convention, "format": name, "symmetric": symmetric, "min": bits(low),
                                  "max": bits(high), "scales": bits(scales), "zeroPoints": zero_points})
    return cases


def ggml_blocks():
    """Codes and stored scales of blocks of 32, from gguf's numpy port."""
    cases = []
    for spread in (1.0, 1e-3, 40.0):
        x = (RNG.normal(size=(6, 32)) * spread).astype(F)
        q8 = quantize(x, gguf.GGMLQuantizationType.Q8_0)
        q4 = quantize(x, gguf.GGMLQuantizationType.Q4_0)
        low = (q4[:, 2:] & 15).astype(int) - 8
        high = (q4[:, 2:] >> 4).astype(int) - 8
        for kind, d, q in (("ggml", q8[:, :2], q8[:, 2:].view(np.int8)), ("ggml-signed-max", q4[:, :2], np.concatenate([low, high], axis=1))):
            cases.append({"convention": kind, "format": "int8" if kind == "ggml" else "int4", "x": bits(x),
                          "stored": bits(d.copy().view(np.float16).astype(F)), "codes": codes(q.reshape(-1))})
    return cases


def bitsandbytes_rows():
    """int8_vectorwise_quant: round(x * (127 / absmax))."""
    x = torch.from_numpy(RNG.normal(size=(8, 128)).astype(F))
    q = torch.round(x * (127.0 / x.abs().amax(dim=1, keepdim=True)))
    return {"x": bits(x.numpy()), "rows": 8, "codes": codes(q.numpy().reshape(-1))}


def gradients():
    """FakeQuantWithMinMaxVars: dx where the gradient passes, and those of minimum and maximum."""
    cases = []
    for low, high, width, narrow in ((-1.0, 2.0, 8, False), (-0.3, 0.7, 4, False), (0.5, 2.0, 4, True), (-3.0, -1.0, 3, False)):
        x = (RNG.normal(size=60) * 2).astype(F)
        dy = RNG.integers(-8, 9, 60).astype(F)
        dx, dlow, dhigh = tf.quantization.fake_quant_with_min_max_vars_gradient(dy, x, low, high, num_bits=width, narrow_range=narrow)
        cases.append({"min": bits([low]), "max": bits([high]), "bits": width, "narrow": narrow, "x": bits(x), "dy": bits(dy),
                      "dx": bits(dx.numpy() + F(0)), "dmin": bits([dlow.numpy()]), "dmax": bits([dhigh.numpy()])})
    return cases


RANGES = ranges()


def main():
    torch_cases, overflow = torch_codes()
    goldens = {
        "versions": {"torch": torch.__version__, "onnxruntime": ort.__version__, "onnx": onnx.__version__,
                     "tensorflow": tf.__version__, "numpy": np.__version__},
        "steps": bits(STEPS),
        "codes": torch_cases + ort_codes(),
        "torchPerChannelOverflow": overflow,
        "onnxRuntimeTail": ort_tail(),
        "tensorflow": tensorflow_codes(),
        "tensorflowGradients": gradients(),
        "parameters": parameters(),
        "ggml": ggml_blocks(),
        "bitsandbytes": bitsandbytes_rows(),
    }
    with open(sys.argv[1], "w") as file:
        json.dump(goldens, file, indent=0, separators=(",", ":"))
        file.write("\n")


main()
