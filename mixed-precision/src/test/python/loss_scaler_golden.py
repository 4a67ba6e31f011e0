"""Writes loss_scaler.json: torch.amp.GradScaler's scale and growth tracker over scripted good and bad steps.

Usage: python loss_scaler_golden.py > ../resources/io/github/djlqat/mixedprecision/loss_scaler.json
"""

import json
import random

import torch

random.seed(40)


def run(pattern, **options):
    scaler = torch.amp.GradScaler("cpu", **options)
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([weight], lr=0.0)
    states = []
    for good in pattern:
        optimizer.zero_grad()
        loss = (weight * (1.0 if good else float("inf"))).sum()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        state = scaler.state_dict()
        states.append([state["scale"], state["_growth_tracker"]])
    return {"options": options, "good": pattern, "states": states}


cases = [
    run([True] * 2001 + [False, True, False, False] + [True] * 20),
    run([True, True, False, True, True, True, False, False] * 6, growth_interval=3),
    run([random.random() < 0.8 for _ in range(200)], init_scale=1000.0, growth_factor=1.7, backoff_factor=0.3,
        growth_interval=4),
    # Growth beyond the largest float is not taken.
    run([True] * 30, init_scale=2.0 ** 120, growth_interval=2),
    run([False] * 40, init_scale=2.0 ** 16),
]
print(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")))
