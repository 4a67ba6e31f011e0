"""Writes the golden values of OptimizerGoldensTest with torch's optimizers.

Run as: python optimizer_goldens.py ../resources/io/github/djlqat/mixedprecision/optimizer/goldens.json
The versions it ran with are in the file.
"""

import json
import platform
import sys

import torch

STEPS = 50
KEPT = [1, 2, 3, 5, 10, 20, 30, 40, 50]

CASES = {
    "sgd": ("SGD", dict(lr=0.1)),
    "sgd_decay": ("SGD", dict(lr=0.1, weight_decay=0.01)),
    "momentum": ("SGD", dict(lr=0.05, momentum=0.9)),
    "momentum_dampening_decay": ("SGD", dict(lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.001)),
    "nesterov_decay": ("SGD", dict(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.001)),
    "adam": ("Adam", dict(lr=0.001)),
    "adam_decay": ("Adam", dict(lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.01)),
    "adamw": ("AdamW", dict(lr=0.001)),
    "adamw_decay": ("AdamW", dict(lr=0.01, betas=(0.95, 0.9), weight_decay=0.1)),
}


def stream(seed, *shape):
    """Numbers between -1 and 1 from a generator that Java repeats bit for bit."""
    state = seed
    values = []
    for _ in range(torch.Size(shape).numel()):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((state >> 40) / 2.0**23 - 1)
    return torch.tensor(values).reshape(shape)


def parameters():
    shapes = [(8, 6), (8,), (3, 8), (3,)]
    return [torch.nn.Parameter(stream(100 + i, *shape) * 0.5) for i, shape in enumerate(shapes)]


def train(name, settings):
    """The network learns four batches in turn; every parameter after some of the steps."""
    weights = parameters()
    optimizer = getattr(torch.optim, name)(weights, **settings)
    kept = {}
    for step in range(1, STEPS + 1):
        x, y = stream(200 + step % 4, 16, 6), stream(300 + step % 4, 16, 3)
        optimizer.zero_grad()
        h = torch.tanh(torch.nn.functional.linear(x, weights[0], weights[1]))
        error = torch.nn.functional.linear(h, weights[2], weights[3]) - y
        error.square().mean().backward()
        optimizer.step()
        if step in KEPT:
            kept[step] = [w.flatten().tolist() for w in weights]
    return kept


def follow(name, settings):
    """One parameter under given gradients, without a network."""
    weight = torch.nn.Parameter(stream(1, 64))
    optimizer = getattr(torch.optim, name)([weight], **settings)
    for step in range(1, STEPS + 1):
        x = stream(400 + step, 64)
        weight.grad = x * x * x
        optimizer.step()
    return weight.flatten().tolist()


def main(path):
    torch.set_num_threads(1)
    cases = {
        key: {"optimizer": name, "settings": settings, "network": train(name, settings),
              "gradients": follow(name, settings)}
        for key, (name, settings) in CASES.items()
    }
    average = torch.optim.swa_utils.AveragedModel(
        torch.nn.Linear(4, 4, bias=False), multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    model = torch.nn.Linear(4, 4, bias=False)
    for step in range(5):
        with torch.no_grad():
            model.weight.copy_(stream(500 + step, 4, 4))
        average.update_parameters(model)
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    golden = {"versions": versions, "cases": cases, "ema": average.module.weight.flatten().tolist()}
    with open(path, "w") as out:
        json.dump(golden, out, indent=0)
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
