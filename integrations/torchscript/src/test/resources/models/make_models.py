"""Writes the *.pt files beside it: small TorchScript modules of every kind of attribute.

Ran with torch 2.13.0.
"""

import os
from enum import Enum
from typing import Dict, List, Optional, Tuple

import torch
from torch import nn

OUT = os.path.dirname(os.path.abspath(__file__)) + "/"


class Color(Enum):
    RED = 1
    GREEN = 2


class Attributes(nn.Module):
    """Every type that an attribute can have."""

    counts: Dict[str, int]
    tensors: Dict[str, torch.Tensor]
    by_number: Dict[int, List[float]]
    empty: Dict[str, List[int]]
    none: Optional[int]
    some: Optional[int]
    pairs: List[Tuple[int, str]]

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.arange(6.0).reshape(2, 3))
        self.frozen = nn.Parameter(torch.ones(3), requires_grad=False)
        self.register_buffer("of_half", torch.full((2, 2), 0.5).half())
        self.register_buffer("of_bfloat16", torch.ones(2).bfloat16())
        self.register_buffer("of_float8", torch.ones(2).to(torch.float8_e4m3fn))
        self.register_buffer("of_int8", torch.tensor([-128, 127], dtype=torch.int8))
        self.register_buffer("of_uint8", torch.tensor([0, 255], dtype=torch.uint8))
        self.register_buffer("of_int16", torch.tensor([-300, 300], dtype=torch.int16))
        self.register_buffer("of_int32", torch.tensor([1 << 20], dtype=torch.int32))
        self.register_buffer("of_int64", torch.tensor(1 << 40))
        self.register_buffer("of_double", torch.tensor([[0.1]], dtype=torch.float64))
        self.register_buffer("of_bool", torch.tensor([True, False]))
        self.register_buffer("of_complex", torch.tensor([1 + 2j]))
        self.register_buffer("no_elements", torch.zeros(0, 3))
        base = torch.arange(12.0)
        self.register_buffer("view", base[2:8].reshape(2, 3).t())
        self.register_buffer("same_memory", base[1:3])
        self.register_buffer("expanded", torch.ones(1).expand(4))
        self.counts = {"one": 1, "größe \U0001f600": 2}
        self.tensors = {"w": torch.ones(2), "v": torch.zeros(1)}
        self.by_number = {1: [0.5], -1: []}
        self.empty = {}
        self.none = None
        self.some = 7
        self.pairs = [(1, "x"), (2, "")]
        self.number = 2 + 3j
        self.big = 1 << 40
        self.smallest = -(1 << 63)
        self.medium = 300
        self.negative = -5
        self.fraction = -1.5
        self.infinite = float("inf")
        self.device = torch.device("cpu")
        self.dtype = torch.float16
        self.nested = [[1, 2], [3]]
        self.ints = [1, 2]
        self.bools = [True, False]
        self.floats = [1.0, -0.0]
        self.strings = ["p", "'\"\\\n\t\x01", "long" * 100]
        self.list_of_tensors = [torch.ones(2), torch.zeros(2)]
        self.tuple = (1, (2.0, "s"), None)
        self.color = Color.GREEN

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x * self.weight.sum() + torch.tensor([1.0, 2.0, 3.0])
        for key, value in self.counts.items():
            y = y + value
        for numbers in self.nested:
            for number in numbers:
                y = y * number
        some = self.some
        if some is not None:
            y = y + some
        if self.color == Color.GREEN:
            y = y - self.tensors["w"].sum()
        y = y + self.view.sum() + self.same_memory[0] + self.tuple[0]
        return y + self.list_of_tensors[0].sum()


class Block(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x):
        return torch.relu(self.norm(self.layer(x)))


class Shared(nn.Module):
    """One layer in two places, a weight of two layers, and two classes of one name."""

    def __init__(self):
        super().__init__()
        layer = nn.Linear(4, 4)
        self.first = Block(layer)
        self.second = Block(layer)
        self.conv = nn.Conv2d(1, 2, 3)
        self.tied = nn.Linear(4, 4, bias=False)
        self.tied.weight = layer.weight

    def forward(self, x):
        x = self.tied(self.second(self.first(x)))
        return self.conv(x.reshape(-1, 1, 4, 4)).flatten(1)


class Recurrent(nn.Module):
    """State, control flow on data, and several methods."""

    state: Optional[Tuple[torch.Tensor, torch.Tensor]]

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, batch_first=True)
        self.out = nn.Linear(4, 2)
        self.state = None

    @torch.jit.export
    def reset(self):
        self.state = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y, state = self.lstm(x, self.state)
        if bool(x.sum() > 0):
            y = -y
        i = 0
        while i < 3 and bool(y.abs().max() > 0.1):
            y = y * 0.5
            i += 1
        assert y.size(0) > 0, "the batch is empty"
        return self.out(y)


class WithState(nn.Module):
    """A class that writes and reads its own state."""

    def __init__(self):
        super().__init__()
        self.w = torch.ones(2)
        self.n = 3

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.w.sum() * self.n

    @torch.jit.export
    def __getstate__(self):
        return (self.w * 2, self.n, self.training)

    @torch.jit.export
    def __setstate__(self, state: Tuple[torch.Tensor, int, bool]):
        self.w = state[0]
        self.n = state[1]
        self.training = state[2]


class Unusual(nn.Module):
    """Tensors that are no plain views of memory."""

    def __init__(self):
        super().__init__()
        self.register_buffer("coded", torch.quantize_per_tensor(torch.ones(2, 3), 0.1, 3, torch.qint8))
        self.register_buffer(
            "channels",
            torch.quantize_per_channel(
                torch.ones(2, 3), torch.tensor([0.1, 0.2]).double(), torch.tensor([0, 1]), 0, torch.qint8
            ),
        )
        self.register_buffer("sparse", torch.eye(3).to_sparse())
        self.register_buffer("conjugate", torch.tensor([1 + 2j]).conj())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.coded.dequantize().sum() + torch.real(self.conjugate).sum()


def save(module, name, **options):
    torch.jit.save(module, OUT + name + ".pt", **options)


torch.manual_seed(0)
save(torch.jit.script(Attributes().eval()), "attributes", _extra_files={"notes/a.txt": "größe", "b.bin": b"\0\xff"})
save(torch.jit.script(Shared().eval()), "shared_script")
save(torch.jit.trace(Shared().eval(), torch.randn(8, 4)), "shared_trace")
save(torch.jit.script(Recurrent().eval()), "recurrent")
save(torch.jit.script(WithState()), "with_state")
save(torch.jit.script(Unusual()), "unusual")
save(torch.jit.freeze(torch.jit.script(Shared().eval())), "frozen")
