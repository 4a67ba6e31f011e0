"""Writes goldens.json: forward and gradients of torch's and TensorFlow's own fake quantizers.

Usage: python estimator_goldens.py > ../resources/io/github/djlqat/estimator/goldens.json
"""

import json
import random

import numpy
import tensorflow
import torch

random.seed(30)


def codes():
    bits = random.randint(2, 8)
    qmin = random.choice([-(1 << (bits - 1)), 0])
    return qmin, qmin + (1 << bits) - 1


def inputs(scale, zero_point, qmin, qmax, n):
    """Ties, bounds and noise around the range."""
    bounds = [qmin - zero_point - 0.6, qmin - zero_point - 0.4, qmin - zero_point, qmax - zero_point,
              qmax - zero_point + 0.4, qmax - zero_point + 0.6]
    ties = [random.randint(qmin - 1, qmax + 1) - zero_point + 0.5 for _ in range(4)]
    spread = (qmax - qmin) / 2
    noise = [random.gauss((qmin + qmax) / 2 - zero_point, spread) for _ in range(n - len(bounds) - len(ties))]
    return [v * scale for v in bounds + ties + noise]


def scale():
    return float(numpy.float32(random.choice([0.5, 0.1, 0.0371, 3.7, 1.0 / 3, random.random() + 0.01])))


def leaf(values):
    return torch.tensor(values, dtype=torch.float32, requires_grad=True)


def case(operator, x, y, dy, dx, **rest):
    return {"operator": operator, "x": x.flatten().tolist(), "y": y.flatten().tolist(),
            "dy": dy.flatten().tolist(), "dx": dx.flatten().tolist(), **rest}


cases = []
for _ in range(12):
    qmin, qmax = codes()
    s, z = scale(), random.randint(qmin, qmax)
    x = leaf(inputs(s, z, qmin, qmax, 24))
    y = torch.fake_quantize_per_tensor_affine(x, s, z, qmin, qmax)
    dy = torch.randn_like(y)
    y.backward(dy)
    cases.append(case("fake_quantize_per_tensor_affine", x, y, dy, x.grad, qmin=qmin, qmax=qmax,
                      scale=[s], zeroPoint=[z]))
for _ in range(8):
    qmin, qmax = codes()
    ss, zs = [scale() for _ in range(3)], [random.randint(qmin, qmax) for _ in range(3)]
    x = leaf([inputs(s, z, qmin, qmax, 16) for s, z in zip(ss, zs)])
    y = torch.fake_quantize_per_channel_affine(x, torch.tensor(ss), torch.tensor(zs, dtype=torch.int32), 0, qmin, qmax)
    dy = torch.randn_like(y)
    y.backward(dy)
    cases.append(case("fake_quantize_per_channel_affine", x, y, dy, x.grad, qmin=qmin, qmax=qmax,
                      scale=ss, zeroPoint=zs))
for channels in (1, 3):
    for _ in range(12):
        qmin, qmax = codes()
        ss = [scale() for _ in range(channels)]
        zs = [random.uniform(qmin - 1, qmax + 1) for _ in range(channels)]
        x = leaf([inputs(s, round(z), qmin, qmax, 20) for s, z in zip(ss, zs)])
        ts, tz = leaf(ss), leaf(zs)
        factor = random.choice([1.0, 0.25, 0.01])
        if channels == 1:
            y = torch._fake_quantize_learnable_per_tensor_affine(x, ts, tz, qmin, qmax, factor)
        else:
            y = torch._fake_quantize_learnable_per_channel_affine(x, ts, tz, 0, qmin, qmax, factor)
        dy = torch.randn_like(y)
        y.backward(dy)
        cases.append(case("learnable", x, y, dy, x.grad, qmin=qmin, qmax=qmax, scale=ss, zeroPoint=tz.tolist(),
                          gradientScale=factor, ds=ts.grad.tolist(), dz=tz.grad.tolist()))
for channels in (1, 3):
    for _ in range(10):
        bits, narrow = random.randint(2, 8), random.random() < 0.5
        ranges = [random.choice([(-1.0, 1.0), (0.0, 6.0), (-0.1, 5.9), (-3.3, 1.7), (-6.0, 0.0), (0.0, 0.0),
                                 (-random.random(), random.random())]) for _ in range(channels)]
        values = numpy.array([[random.gauss((lo + hi) / 2, (hi - lo + 0.1) * 0.6) for lo, hi in ranges]
                              for _ in range(24)], dtype=numpy.float32)
        if channels == 1:
            values = values[:, 0]
        x = tensorflow.Variable(values)
        lo = tensorflow.Variable(numpy.array([r[0] for r in ranges], dtype=numpy.float32))
        hi = tensorflow.Variable(numpy.array([r[1] for r in ranges], dtype=numpy.float32))
        dy = numpy.random.RandomState(len(cases)).randn(*values.shape).astype(numpy.float32)
        with tensorflow.GradientTape() as tape:
            if channels == 1:
                y = tensorflow.quantization.fake_quant_with_min_max_vars(
                    x, tensorflow.reshape(lo, []), tensorflow.reshape(hi, []), bits, narrow)
            else:
                y = tensorflow.quantization.fake_quant_with_min_max_vars_per_channel(x, lo, hi, bits, narrow)
        dx, dlo, dhi = tape.gradient(y, [x, lo, hi], output_gradients=tensorflow.constant(dy))
        cases.append(case("fake_quant_with_min_max_vars", x.numpy(), y.numpy(), dy, dx.numpy(), bits=bits,
                          narrow=narrow, minimum=lo.numpy().tolist(), maximum=hi.numpy().tolist(),
                          dminimum=dlo.numpy().flatten().tolist(), dmaximum=dhi.numpy().flatten().tolist()))
versions = {"torch": torch.__version__, "tensorflow": tensorflow.__version__, "numpy": numpy.__version__}
print(json.dumps({"versions": versions, "cases": cases}))
