"""Writes clipping.json: what torch's clipping, loss scaling and schedules make of a small network, step by step.

Usage: python clipping_golden.py > ../resources/io/github/djlqat/mixedprecision/clipping.json
"""

import json

import torch

torch.manual_seed(60)
START = [(torch.randn(shape) * 0.4) for shape in [(7, 5), (7,), (3, 7), (3,)]]
BATCHES = [(torch.randn(8, 5), torch.randn(8, 3) * 4) for _ in range(8)]
BAD = {2, 5}


def listed(array):
    """The shortest decimals that are these floats."""
    return [float(f"{value:.9g}") for value in array.flatten().tolist()]


def run(optimizer, options, max_norm=None, max_value=None):
    """Batches in BAD hold an infinity. The schedule moves where the optimizer has."""
    weights = [torch.nn.Parameter(w.clone()) for w in START]
    chosen = getattr(torch.optim, optimizer)(weights, **options)
    schedule = torch.optim.lr_scheduler.ExponentialLR(chosen, 0.5)
    scaler = torch.amp.GradScaler("cpu", growth_interval=3)
    steps = []
    for i, (x, y) in enumerate(BATCHES):
        x = x.clone()
        if i in BAD:
            x[0, 0] = float("inf")
        chosen.zero_grad()
        h = torch.relu(torch.nn.functional.linear(x, weights[0], weights[1]))
        loss = (torch.nn.functional.linear(h, weights[2], weights[3]) - y).square().mean() / 2
        scaler.scale(loss).backward()
        scaler.unscale_(chosen)
        norm = torch.nn.utils.get_total_norm([w.grad for w in weights]).item()
        if max_norm is not None:
            torch.nn.utils.clip_grad_norm_(weights, max_norm)
        if max_value is not None:
            torch.nn.utils.clip_grad_value_(weights, max_value)
        scale = scaler.get_scale()
        scaler.step(chosen)
        scaler.update()
        skipped = scaler.get_scale() < scale
        if not skipped:
            schedule.step()
        steps.append({
            "norm": None if i in BAD else norm,
            "skipped": skipped,
            "scale": scaler.get_scale(),
            "parameters": [listed(w) for w in weights],
        })
    return {"optimizer": optimizer, "max_norm": max_norm, "max_value": max_value, "steps": steps}


SGD = dict(lr=0.1, momentum=0.9)
ADAM = dict(lr=0.05)
print(json.dumps({
    "torch": torch.__version__,
    "start": [listed(w) for w in START],
    "batches": [[listed(x), listed(y)] for x, y in BATCHES],
    "bad": sorted(BAD),
    "cases": [
        run("SGD", SGD),
        run("SGD", SGD, max_norm=0.5),
        run("SGD", SGD, max_norm=1000.0),
        run("SGD", SGD, max_value=0.1),
        run("SGD", SGD, max_norm=1.0, max_value=0.2),
        run("Adam", ADAM),
        run("Adam", ADAM, max_norm=0.5),
        run("Adam", ADAM, max_value=0.1),
    ],
}, separators=(",", ":")))
