"""Writes delayed_scaling.json: FP8 scales over scripted sequences of largest magnitudes.

The rules are those of TransformerEngine's transformer_engine/pytorch/quantization.py (the default scale computation
and the amax history), which needs a GPU; they are restated here in torch tensors. The quotient is a true one, as in its
fused kernel: a Python number over a tensor would be multiplied by a reciprocal.

Usage: python delayed_scaling_golden.py > ../resources/io/github/djlqat/mixedprecision/delayed_scaling.json
"""

import json
import random

import torch

random.seed(41)
FP8_MAX = 448.0


def run(amaxes, length, margin, most_recent):
    history = torch.zeros(length)
    scale = torch.ones(())
    scales = []
    for step in amaxes:
        for amax in step:
            history[0] = torch.max(history[0], torch.tensor(amax))
        amax = history[0] if most_recent else torch.max(history)
        computed = (torch.full_like(amax, FP8_MAX) / amax) / (2 ** margin)
        computed = torch.where(amax > 0.0, computed, scale)
        computed = torch.where(torch.isfinite(amax), computed, scale)
        computed = torch.where(torch.isinf(computed), torch.full_like(computed, torch.finfo(torch.float32).max), computed)
        scale = computed
        history = torch.roll(history, -1, 0)
        history[0] = 0.0
        scales.append(scale.item())
    return {"length": length, "margin": margin, "mostRecent": most_recent,
            "amaxes": [[str(v) for v in step] for step in amaxes], "scales": scales, "history": history.tolist()}


def noise(n):
    return [[float(torch.tensor(abs(random.gauss(0, 10.0 ** random.randint(-6, 6))))) for _ in range(random.randint(1, 3))]
            for _ in range(n)]


special = [[0.0], [1.0], [3.0], [float("inf")], [2.0], [0.5], [0.25], [0.125], [1e-45], [1e-40], [1e-38], [0.0],
           [float("nan")], [1.0], [2.0], [3.0], [4.0], [448.0], [1e30]]
cases = [run(noise(40), 8, 0, False), run(noise(40), 8, 2, True), run(noise(40), 1, -1, False),
         run(noise(40), 1024, 0, False), run(special, 4, 0, False), run(special, 4, 0, True), run(special, 3, 1, True)]
print(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")))
