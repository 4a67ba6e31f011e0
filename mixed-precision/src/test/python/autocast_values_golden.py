"""Writes autocast_values.json: results and gradients of a small network under torch's autocast on the CPU.

The network is convolution, relu, batch normalization, addition, average pooling, linear, softmax. CPU and CUDA autocast
agree on these, save for softmax, which is taken outside.

Usage: python autocast_values_golden.py > ../resources/io/github/djlqat/mixedprecision/autocast_values.json
"""

import json

import torch
import torch.nn.functional as F

torch.manual_seed(42)
torch.set_num_threads(1)


def run(dtype):
    x = torch.randn(2, 3, 6, 6)
    parameters = {
        "conv": torch.randn(4, 3, 3, 3) * 0.3, "convBias": torch.randn(4) * 0.1, "gamma": torch.rand(4) + 0.5,
        "beta": torch.randn(4) * 0.1, "linear": torch.randn(5, 4) * 0.5, "linearBias": torch.randn(5) * 0.1,
    }
    for p in parameters.values():
        p.requires_grad_(True)
    labels = torch.tensor([3, 1])
    types = {}
    with torch.autocast("cpu", dtype=dtype):
        a = F.conv2d(x, parameters["conv"], parameters["convBias"], padding=1)
        r = F.relu(a)
        b = F.batch_norm(r, None, None, parameters["gamma"], parameters["beta"], True)
        s = b + r
        p = F.adaptive_avg_pool2d(s, 1).flatten(1)
        y = F.linear(p, parameters["linear"], parameters["linearBias"])
    loss = F.cross_entropy(y.float(), labels) * 64
    loss.backward()
    return {
        "dtype": str(dtype).removeprefix("torch."), "x": x.flatten().tolist(), "labels": labels.tolist(),
        "parameters": {k: v.flatten().tolist() for k, v in parameters.items()},
        "gradients": {k: v.grad.flatten().tolist() for k, v in parameters.items()},
        "convolution": a.float().flatten().tolist(), "output": y.float().flatten().tolist(), "loss": loss.item(),
    }


print(json.dumps({"torch": torch.__version__, "cases": [run(torch.bfloat16), run(torch.float16)]}, separators=(",", ":")))
