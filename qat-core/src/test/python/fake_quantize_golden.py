"""Writes fake_quantize_golden.json: what torch.fake_quantize_per_tensor_affine makes of ties, bounds and noise.

Usage: python fake_quantize_golden.py > ../resources/io/github/djlqat/kernel/fake_quantize_golden.json
"""

import json
import random

import torch

random.seed(20)
cases = []
for bits in (*range(2, 9), 16):
    for signed in (True, False):
        for affine in (True, False):
            qmin = -(1 << (bits - 1)) if signed else 0
            qmax = qmin + (1 << bits) - 1
            zero_point = random.randint(qmin, qmax) if affine else 0
            scale = torch.tensor(random.choice([0.5, 0.1, 0.0371, 3.7, 1.0 / 3]))
            codes = [random.randint(qmin - 1, qmax + 1) - zero_point for _ in range(12)]
            ties = [(code + 0.5) * scale.item() for code in codes]
            noise = [random.gauss(0, (qmax - qmin) * scale.item() / 2) for _ in range(16)]
            x = torch.tensor(ties + noise + [0.0, 1e30, -1e30, 1e-40])
            y = torch.fake_quantize_per_tensor_affine(x, scale.item(), zero_point, qmin, qmax)
            cases.append(
                {
                    "qmin": qmin,
                    "qmax": qmax,
                    "scale": scale.item(),
                    "zeroPoint": zero_point,
                    "x": x.tolist(),
                    "y": y.tolist(),
                }
            )
print(json.dumps({"torch": torch.__version__, "cases": cases}))
