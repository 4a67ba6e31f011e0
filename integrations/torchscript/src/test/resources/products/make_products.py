"""Writes the *.pt files beside it: small TorchScript modules that multiply in unusual ways.

Ran with torch 2.13.0. Each takes one float array of shape (4, 6).
"""

import os
from typing import Dict, List, Optional, Tuple

import torch
from torch import nn
from torch.nn import functional as F

OUT = os.path.dirname(os.path.abspath(__file__)) + "/"


def affine(x: torch.Tensor, weight: torch.Tensor, bias: Optional[torch.Tensor]) -> torch.Tensor:
    if bias is not None:
        return F.linear(x, weight, bias)
    return F.linear(x, weight)


def twice(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    return affine(affine(x, weight, None).relu(), weight, None)


class Functions(nn.Module):
    """Weights that functions take, and functions in functions."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(6, 6))
        self.second = nn.Parameter(torch.randn(5, 6))
        self.bias = nn.Parameter(torch.randn(5))

    def forward(self, x):
        return affine(twice(x, self.first), self.second, self.bias)


class Products(nn.Module):
    """Every way to write a product with a matrix."""

    def __init__(self):
        super().__init__()
        self.left = nn.Parameter(torch.randn(4, 4))
        self.right = nn.Parameter(torch.randn(6, 6))
        self.bias = nn.Parameter(torch.randn(6))
        self.batch = nn.Parameter(torch.randn(2, 6, 3))

    def forward(self, x):
        y = torch.addmm(self.bias, x, self.right.t())
        y = torch.matmul(y, self.right)
        y = torch.mm(self.left, y)
        y = torch.bmm(torch.stack([y, x]), self.batch)
        return torch.matmul(y, y.transpose(1, 2))


class Shared(nn.Module):
    """One class with several instances, one instance twice, branches, loops, tuples and dictionaries."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 6)])
        self.again = self.layers[0]
        self.names: Dict[str, int] = {"a": 1}
        self.sizes: List[int] = [1, 2]

    def pair(self, x: torch.Tensor) -> Tuple[torch.Tensor, Dict[str, torch.Tensor]]:
        return x, {"y": self.again(x)}

    def forward(self, x):
        for layer in self.layers:
            x = layer(x).relu()
        for i in range(2):
            if x.sum() > 1e9:
                x = x - 1
            else:
                x, more = self.pair(x)
                x = x + more["y"]
        return x


class Convolutions(nn.Module):
    """Convolutions of one to three dimensions, and their transposes."""

    def __init__(self):
        super().__init__()
        self.one = nn.Conv1d(1, 2, 3, padding=1)
        self.up = nn.ConvTranspose1d(2, 4, 2, stride=2)
        self.two = nn.Conv2d(4, 4, (1, 3), groups=2, padding="same")
        self.up2 = nn.ConvTranspose2d(4, 2, 2)
        self.three = nn.Conv3d(1, 2, 2)

    def forward(self, x):
        y = self.up(self.one(x.unsqueeze(1)))
        y = self.up2(self.two(y.unsqueeze(2)))
        return self.three(y.unsqueeze(1))


class Recurrent(nn.Module):
    """Recurrent networks of several layers and directions, and their cells."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 5, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(10, 4, bias=False)
        self.rnn = nn.RNN(4, 3)
        self.cell = nn.LSTMCell(3, 3)
        self.gru_cell = nn.GRUCell(3, 2)

    def forward(self, x):
        y, state = self.lstm(x.unsqueeze(0))
        z, last = self.gru(y)
        w, end = self.rnn(z)
        h, c = self.cell(w[0])
        return self.gru_cell(h)


if __name__ == "__main__":
    torch.manual_seed(0)
    example = torch.randn(4, 6)
    for module in (Functions(), Products(), Shared(), Convolutions(), Recurrent()):
        module.eval()
        name = type(module).__name__.lower()
        torch.jit.save(torch.jit.script(module), OUT + name + "_scripted.pt")
        torch.jit.save(torch.jit.trace(module, example), OUT + name + "_traced.pt")
        torch.jit.save(torch.jit.freeze(torch.jit.script(module)), OUT + name + "_frozen.pt")
