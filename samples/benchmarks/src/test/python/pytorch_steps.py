"""The training steps of AlternatingPrecisions in PyTorch, for comparison: python pytorch_steps.py [threads] [rounds].

Prints the median time of a step, forward, loss, backward and SGD with momentum, in single precision and under BF16 autocast,
and the ratio of the two. Variants alternate. Not needed to build, test or run the project.
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, planes_in, planes, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(planes_in, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.stride, self.pad = stride, (planes - planes_in) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride > 1:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        sizes = [(16, 16, 1)] * 3 + [(16, 32, 2)] + [(32, 32, 1)] * 2 + [(32, 64, 2)] + [(64, 64, 1)] * 2
        self.blocks = nn.Sequential(*[Block(*s) for s in sizes])
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        return self.linear(self.blocks(F.relu(self.bn(self.conv(x)))).mean((2, 3)))


def mlp():
    layers = []
    for _ in range(4):
        layers += [nn.Linear(1024, 1024), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(1024, 10))


class Transformer(nn.Module):
    def __init__(self, width=256, heads=4):
        super().__init__()
        layers = [nn.TransformerEncoderLayer(width, heads, 4 * width, 0.1, batch_first=True) for _ in range(2)]
        self.layers = nn.ModuleList(layers)
        self.linear = nn.Linear(width, 10)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.linear(x.mean(1))


def step(model, optimizer, x, y, half):
    start = time.perf_counter()
    with torch.autocast("cpu", torch.bfloat16, enabled=half):
        loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return time.perf_counter() - start


def main():
    torch.set_num_threads(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    shapes = {
        "resnet20": (ResNet20, (64, 3, 32, 32)), "mlp": (mlp, (256, 1024)), "transformer": (Transformer, (16, 64, 256)),
        "transformer512": (lambda: Transformer(512, 8), (8, 128, 512)),
    }
    cases, times = {}, {}
    for name, (make, shape) in shapes.items():
        for half in (False, True):
            model = make()
            optimizer = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9)
            cases[name, half] = model, optimizer, torch.randn(shape), torch.arange(shape[0]) % 10, half
            times[name, half] = []
    for i in range(rounds + 5):
        for key, case in cases.items():
            seconds = step(*case)
            if i >= 5:
                times[key].append(seconds)
    for name in shapes:
        ratio = statistics.median(b / a for a, b in zip(times[name, False], times[name, True]))
        print(f"{name}: FP32 {statistics.median(times[name, False]) * 1e3:.1f} ms, "
              f"BF16 {statistics.median(times[name, True]) * 1e3:.1f} ms, ratio {ratio:.3f}")


main()
