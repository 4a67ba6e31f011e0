"""Writes the golden values of OptimizerGoldensTest with torch's optimizers.

Run as: python optimizer_goldens.py ../resources/io/github/djlqat/mixedprecision/optimizer/goldens.json
The versions it ran with are in the file.
"""

import json
import platform
import sys

import numpy as np
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


def dynamic_map(signed):
    """bitsandbytes' create_dynamic_map with 7 exponent bits of 8, in its own steps."""
    data = [0.0, 1.0]
    for i in range(7):
        items = 2**i + 1 if signed else 2 ** (i + 1) + 1
        boundaries = torch.linspace(0.1, 1, items, dtype=torch.float32)
        means = (boundaries[:-1] + boundaries[1:]) / 2.0
        data += (10 ** (i - 6) * means).tolist()
        if signed:
            data += (-(10 ** (i - 6)) * means).tolist()
    assert len(data) == 256
    return np.sort(np.array(data, dtype=np.float32))


def nearest(values, codes_of):
    """The nearest code of each value: of two, the lower."""
    return np.abs(values[..., None].astype(np.float64) - codes_of.astype(np.float64)).argmin(-1)


def follow_in_8_bits(size, steps, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    """Adam with block-wise quantized moments as bitsandbytes' kernel describes it, in double precision."""
    signed, unsigned = dynamic_map(True), dynamic_map(False)
    blocks = -(-size // 256)
    weight = stream(1, size).numpy().astype(np.float64)
    codes = [np.zeros((blocks, 256), dtype=int), np.zeros((blocks, 256), dtype=int)]
    absmax = [np.zeros(blocks, dtype=np.float32), np.zeros(blocks, dtype=np.float32)]
    for step in range(1, steps + 1):
        x = np.zeros(blocks * 256, dtype=np.float32)
        x[:size] = stream(400 + step, size).numpy()
        g = (x * x * x).reshape(blocks, 256).astype(np.float64)
        mean = signed[codes[0]] * absmax[0][:, None].astype(np.float64)
        square = unsigned[codes[1]] * absmax[1][:, None].astype(np.float64)
        mean = beta1 * mean + (1 - beta1) * g
        square = beta2 * square + (1 - beta2) * g * g
        correction1, correction2 = 1 - beta1**step, (1 - beta2**step) ** 0.5
        update = lr * correction2 / correction1 * mean / (np.sqrt(square) + correction2 * eps)
        weight -= update.reshape(-1)[:size]
        for i, (values, table) in enumerate(((mean, signed), (square, unsigned))):
            absmax[i] = np.abs(values).max(1).astype(np.float32)
            codes[i] = nearest(values / absmax[i][:, None], table)
        codes[0] = np.where((mean < 0) & (signed[codes[0]] == 0), codes[0] - 1, codes[0])
    return {
        "size": size, "steps": steps, "lr": lr, "weight": weight[::125].tolist(),
        "codes": [c.reshape(-1)[::29].tolist() for c in codes],
        "scales": [a.astype(float).tolist() for a in absmax],
    }


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
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}
    eight_bit = {"maps": [dynamic_map(signed).astype(float).tolist() for signed in (True, False)],
                 **follow_in_8_bits(5000, 10)}
    golden = {"versions": versions, "eight_bit": eight_bit, "cases": cases, "ema": average.module.weight.flatten().tolist()}
    with open(path, "w") as out:
        json.dump(golden, out, indent=0)
        out.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
