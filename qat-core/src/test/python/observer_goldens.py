"""Writes the golden values of ObserverGoldensTest with torch's observers and fake quantization.

Run as: python observer_goldens.py ../resources/io/github/djlqat/observer/goldens.json
The versions it ran with are in the file.
"""

import json
import sys

import numpy as np
import torch
from torch.ao.quantization import observer as ao

FORMATS = {
    "quint8": (torch.quint8, 0, 255),
    "qint8": (torch.qint8, -128, 127),
    "narrow8": (torch.qint8, -127, 127),
    "int4": (torch.qint8, -8, 7),
    "uint4": (torch.quint8, 0, 15),
    "int2": (torch.qint8, -2, 1),
}


def stream(seed, count):
    """Bell-shaped values with a heavy tail, from a generator that Java repeats bit for bit."""
    state = seed
    values = []
    for _ in range(count):
        total = 0.0
        for _ in range(4):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (state >> 40) / 2.0**24
        centred = total - 2.0
        values.append(centred * centred * centred)
    return np.array(values, dtype=np.float64).astype(np.float32)


def parameters(observer):
    scale, zero_point = observer.calculate_qparams()
    return {"scales": [float(s) for s in scale.reshape(-1)], "zeroPoints": [int(z) for z in zero_point.reshape(-1)]}


def observe(kind, name, symmetric, batches, **extra):
    dtype, qmin, qmax = FORMATS[name]
    per_channel = "ch_axis" in extra
    scheme = {
        (False, False): torch.per_tensor_affine,
        (False, True): torch.per_tensor_symmetric,
        (True, False): torch.per_channel_affine,
        (True, True): torch.per_channel_symmetric,
    }[per_channel, symmetric]
    observer = kind(dtype=dtype, qscheme=scheme, quant_min=qmin, quant_max=qmax, **extra)
    for batch in batches:
        observer(torch.from_numpy(batch))
    return observer


def case(observer, kind, name, symmetric, seeds, shape, axis=-1):
    return {"kind": kind, "format": name, "symmetric": symmetric, "seeds": seeds, "shape": list(shape), "axis": axis,
            **parameters(observer)}


def observers():
    cases = []
    for name in FORMATS:
        for symmetric in (False, True):
            if symmetric and FORMATS[name][1] == 0:
                continue  # torch puts the zero point of symmetric unsigned formats in the middle
            shape = (6, 5)
            for kind, key in ((ao.MinMaxObserver, "min-max"), (ao.MovingAverageMinMaxObserver, "moving-average")):
                seeds = [1, 2, 3, 4]
                batches = [stream(s, 30).reshape(shape) for s in seeds]
                cases.append(case(observe(kind, name, symmetric, batches), key, name, symmetric, seeds, shape))
            for kind, key in ((ao.PerChannelMinMaxObserver, "min-max"),
                              (ao.MovingAveragePerChannelMinMaxObserver, "moving-average")):
                for axis in (0, 1):
                    seeds = [5, 6, 7]
                    batches = [stream(s, 30).reshape(shape) for s in seeds]
                    observer = observe(kind, name, symmetric, batches, ch_axis=axis)
                    cases.append(case(observer, key, name, symmetric, seeds, shape, axis))
    return cases


def histograms():
    cases = []
    for name in ("quint8", "qint8"):
        for symmetric in (False, True):
            if symmetric and name == "quint8":
                continue
            seeds = [11, 12, 13]
            batches = [stream(s, 2000) for s in seeds]
            observer = observe(ao.HistogramObserver, name, symmetric, batches)
            result = case(observer, "histogram", name, symmetric, seeds, (2000,))
            _, qmin, qmax = FORMATS[name]
            x = torch.from_numpy(np.concatenate(batches))
            y = torch.fake_quantize_per_tensor_affine(x, result["scales"][0], result["zeroPoints"][0], qmin, qmax)
            result["squaredError"] = float(((y.double() - x.double()) ** 2).sum())
            cases.append(result)
    return cases


def fake_quantization():
    cases = []
    x = stream(21, 40)
    ties = np.arange(-20, 20, dtype=np.float32) * np.float32(0.5)
    extremes = np.array([0.0, -0.0, 1e-30, 3e38, -3e38, 1e9, -1e9, 7.49999], dtype=np.float32)
    for values in (x, ties, extremes):
        for name, scale, zero_point in (("int4", 1.0, 0), ("int4", 0.1, 2), ("quint8", 0.0117647061124444, 85),
                                        ("qint8", 0.07, -43), ("int2", 0.3, 0), ("uint4", 0.3, 7)):
            _, qmin, qmax = FORMATS[name]
            y = torch.fake_quantize_per_tensor_affine(torch.from_numpy(values), scale, zero_point, qmin, qmax)
            cases.append({"format": name, "scale": float(np.float32(scale)), "zeroPoint": zero_point,
                          "values": [float(v) for v in values], "result": [float(v) for v in y]})
    return cases


def kl_bins(counts, levels):
    """NVIDIA's entropy calibration on counts of magnitudes, with stride 1 and the smoothing of the last bin."""
    bins = np.array(counts, dtype=np.float64)
    bins[0] = bins[1]
    divergences = []
    for kept in range(levels, len(bins) + 1):
        level = np.arange(kept) * levels // kept
        nonzero = bins[:kept] > 0
        sums = np.bincount(level, bins[:kept], minlength=levels)
        filled = np.bincount(level, nonzero, minlength=levels)
        q = np.where(nonzero, sums[level] / np.maximum(filled[level], 1), 0)
        p = bins[:kept].copy()
        p[-1] += bins[kept:].sum()
        if not q.sum():
            divergences.append(np.inf)
            continue
        total = q.sum()
        if p[-1] > 0 and q[-1] == 0:
            q[-1] = 1e-4
        p, q = p / p.sum(), q / total
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(p > 0, p * np.log(p / q), 0.0)
        divergences.append(terms.sum())
    divergences = np.array(divergences)
    return int(levels + len(divergences) - 1 - np.argmin(divergences[::-1]))


def entropy():
    cases = []
    for seed, bins, levels in ((31, 300, 128), (32, 500, 8), (33, 600, 40), (34, 256, 16)):
        magnitudes = np.abs(stream(seed, 20000).astype(np.float64))
        index = np.minimum((magnitudes * (bins / 8.0) * 2).astype(np.int64), bins - 1)
        counts = np.bincount(index, minlength=bins)
        cases.append({"counts": counts.tolist(), "levels": levels, "kept": kl_bins(counts, levels)})
    return cases


def main():
    goldens = {
        "versions": {"torch": torch.__version__, "numpy": np.__version__},
        "observers": observers(),
        "histograms": histograms(),
        "fakeQuantization": fake_quantization(),
        "entropy": entropy(),
    }
    with open(sys.argv[1], "w") as file:
        json.dump(goldens, file)
        file.write("\n")


main()
