"""Writes the *.pt files beside it: small networks for lifting, traced and scripted.

Ran with torch 2.13.0. Files are packed again, without debug information.
"""

import io
import os
import warnings
import zipfile
from enum import Enum
from typing import Optional

import torch
from torch import nn
from torch.nn import functional as F

OUT = os.path.dirname(os.path.abspath(__file__)) + "/"


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(6, 16)
        self.norm = nn.BatchNorm1d(16)
        self.drop = nn.Dropout(0.2)
        self.out = nn.Linear(16, 4)

    def forward(self, x):
        return F.log_softmax(self.out(self.drop(torch.tanh(self.norm(self.hidden(x))))), 1)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(8)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.relu(self.bn1(self.stem(x)))
        y = self.bn2(self.conv(x))
        y += x
        return self.fc(torch.flatten(self.pool(self.relu(y)), 1))


class Separable(nn.Module):
    """Depthwise, dilated and strided convolutions, and the activations of mobile networks."""

    def __init__(self):
        super().__init__()
        self.depth = nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=4)
        self.dilated = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=2)
        self.same = nn.Conv2d(8, 6, 5, padding="same")
        self.prelu = nn.PReLU(6)
        self.line = nn.Conv1d(6, 3, 3, padding=1)

    def forward(self, x):
        x = F.hardswish(self.depth(x))
        x = F.relu6(self.dilated(x)) * torch.sigmoid(x)
        x = self.prelu(F.silu(self.same(x)))
        return self.line(F.hardsigmoid(F.leaky_relu(x, 0.1)).flatten(2)) + F.elu(x).mean()


class Attention(nn.Module):
    """Multi-head attention written out, with layer normalization and GELU."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(16)
        self.qkv = nn.Linear(16, 48)
        self.proj = nn.Linear(16, 16)
        self.up = nn.Linear(16, 32)
        self.down = nn.Linear(32, 16, bias=False)
        self.scale = 4**-0.5

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, n, 3, 4, c // 4).permute(2, 0, 3, 1, 4).unbind(0)
        a = torch.matmul(q, k.transpose(-2, -1)) * self.scale
        mask = torch.ones(n, n, dtype=torch.bool).triu(1)
        a = a.masked_fill(mask, float("-inf")).softmax(-1)
        x = x + self.proj(torch.matmul(a, v).transpose(1, 2).reshape(b, n, c))
        return x + self.down(F.gelu(self.up(x)))


class Fused(nn.Module):
    """PyTorch's fused attention and normalization of groups and instances."""

    def __init__(self):
        super().__init__()
        self.group = nn.GroupNorm(2, 8)
        self.instance = nn.InstanceNorm2d(8, affine=True)
        self.conv = nn.Conv2d(2, 8, 1)

    def forward(self, x):
        y = self.instance(self.group(self.conv(x))).flatten(2).transpose(1, 2)
        y = F.scaled_dot_product_attention(y, y, y, is_causal=True)
        return F.gelu(y, approximate="tanh")


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 8)
        self.positions = nn.Parameter(torch.randn(1, 5, 8))
        self.norm = nn.LayerNorm(8, elementwise_affine=False)
        self.out = nn.Linear(8, 20, bias=False)
        self.out.weight = self.embedding.weight

    def forward(self, ids):
        x = self.embedding(ids) + self.positions
        return self.out(self.norm(x)).sum(1) / (ids != 0).sum(1, keepdim=True).clamp(min=1)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 6, num_layers=2, batch_first=True, bidirectional=True)
        self.gru = nn.GRU(12, 4, batch_first=True)
        self.rnn = nn.RNN(4, 3, batch_first=True)

    def forward(self, x):
        y, (h, c) = self.lstm(x)
        y, g = self.gru(y)
        y, r = self.rnn(y)
        return y, h[-1] + c[0], g.squeeze(0)


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTMCell(4, 6)
        self.gru = nn.GRUCell(6, 3)

    def forward(self, x):
        h, c = torch.zeros(x.size(0), 6), torch.ones(x.size(0), 6)
        g = torch.zeros(x.size(0), 3)
        outputs = []
        for i in range(x.size(1)):
            h, c = self.lstm(x[:, i], (h, c))
            g = self.gru(h, g)
            outputs.append(g)
        return torch.stack(outputs, 1)


class Slices(nn.Module):
    """Joining, splitting, slicing, picking, and writing to a slice."""

    def __init__(self):
        super().__init__()
        self.register_buffer("order", torch.tensor([3, 0, 2, 1]))

    def forward(self, x):
        a, b = x.chunk(2, 1)
        c, d = torch.split(a, [1, 3], dim=1)
        y = torch.cat([b[:, self.order], c, d[..., ::2].repeat(1, 1, 2), x[:, -1:]], 1)
        y = torch.stack([y, y.flip(1)], 1).sum(1)
        z = y.clone()
        z[:, 0] = 0.5
        z[:, 2:4] = y[:, 4:6]
        values, places = z.max(2, keepdim=True)
        return torch.where(y > 0, y, z.roll(1, 2)), values, places, z.index_select(1, self.order)


class Pools(nn.Module):
    def forward(self, x):
        y = F.max_pool2d(x, 3, 2, 1)
        z = F.avg_pool2d(x, 2, ceil_mode=True)
        w = F.avg_pool2d(x, 3, 2, 1, count_include_pad=False)
        v = F.adaptive_avg_pool2d(x, (3, 4))
        u = F.adaptive_max_pool2d(x, (5, 3))
        t = F.interpolate(y, scale_factor=2.0, mode="nearest")
        s = F.interpolate(z, size=(12, 15), mode="bilinear")
        return y, z, w, v, u, t, s, F.pad(x, (1, 2, 0, 1), mode="reflect"), F.pad(x, (1, -1), value=2.0)


class Arithmetic(nn.Module):
    def forward(self, x, y):
        n = x.shape[1]
        a = torch.add(x, y, alpha=0.5) - (1.5 - x) * 2 / (y.abs() + 1)
        b = (x**2 + y.abs()**3 + 2**x).rsqrt() + torch.reciprocal(x.exp() + 1)
        c = x.clamp(-0.5, 0.5).maximum(y) + x.remainder(0.7) + (x / 0.3).floor()
        d = x.var(1, keepdim=True) + x.std(1, unbiased=False, keepdim=True)
        e = (torch.arange(n) + n // 2).float() * F.normalize(y, dim=1)
        f = x.amax(1, keepdim=True) + torch.linalg.vector_norm(x, dim=1, keepdim=True) + x.cumsum(1)
        return a + b, c.lerp(d, 0.25), torch.addcmul(e, x, y, value=0.1), f


class Choices(nn.Module):
    """Control flow that attributes, sizes and None decide."""

    def __init__(self, deep: bool):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(3)])
        self.deep = deep
        self.steps = 2
        self.names = ["first", "second"]

    def forward(self, x, mask: Optional[torch.Tensor] = None):
        if mask is not None:
            x = x * mask
        if x.dim() != 2:
            raise ValueError("a matrix is expected")
        total = torch.zeros_like(x)
        for layer in self.layers:
            x = layer(x).relu()
            if self.deep:
                total = total + x
        i = 0
        while i < self.steps:
            total = total + float(i) * x
            i += 1
        shape = [x.size(0), -1]
        results = {"total": total.view(shape), "x": x}
        for name in self.names:
            if len(name) > 5:
                results["x"] = results["x"] + 1.0
        return results["total"], (results["x"], x.t())


class Kind(Enum):
    SUM = "sum"
    MEAN = "mean"


class Masked(nn.Module):
    """Attention with a mask and its weights, members of an enum class."""

    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.kind = Kind.MEAN

    def pooled(self, x, kind: Kind):
        if kind == Kind.SUM:
            return x.sum(1)
        return x.mean(1) * float(len(kind.value))

    def forward(self, x):
        mask = torch.ones(x.size(1), x.size(1), dtype=torch.bool).triu(1)
        y, weights = self.attention(x, x, x, attn_mask=mask)
        return self.pooled(y, self.kind), weights


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.utils.parametrizations.weight_norm(nn.Conv1d(8, 4, 3))
        self.line = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4), dim=1)

    def forward(self, x):
        return self.line(self.conv(x).transpose(1, 2))


def pack(module, path):
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    source = zipfile.ZipFile(buffer)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if not name.endswith(".debug_pkl") and "traced_inputs" not in name:
                info = zipfile.ZipInfo(name.replace("archive/", os.path.basename(path)[:-3] + "/", 1))
                info.compress_type = zipfile.ZIP_DEFLATED
                target.writestr(info, source.read(name))


def write(name, module, *inputs, script=True, trace=True):
    """Scripts only what the libtorch of DJL loads; interpolation calls a newer operation."""
    module.eval()
    for part in module.modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            part.running_mean.normal_(0, 0.2)
            part.running_var.uniform_(0.5, 1.5)
    if trace:
        pack(torch.jit.trace(module, inputs), OUT + name + "_trace.pt")
    if script:
        pack(torch.jit.script(module), OUT + name + "_script.pt")


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    torch.manual_seed(1)
    with torch.no_grad():
        write("mlp", Mlp(), torch.randn(2, 6))
        write("residual", Residual(), torch.randn(2, 3, 8, 8))
        write("separable", Separable(), torch.randn(2, 4, 9, 9))
        write("attention", Attention(), torch.randn(2, 5, 16))
        write("fused", Fused(), torch.randn(2, 2, 3, 3))
        write("words", Words(), torch.randint(0, 20, (2, 5)))
        write("recurrent", Recurrent(), torch.randn(2, 7, 5))
        write("cells", Cells(), torch.randn(2, 3, 4))
        write("slices", Slices(), torch.randn(2, 8, 6))
        write("pools", Pools(), torch.randn(2, 3, 7, 9), script=False)
        write("arithmetic", Arithmetic(), torch.randn(2, 5), torch.randn(2, 5))
        write("choices", Choices(True), torch.randn(2, 4))
        pack(torch.jit.freeze(torch.jit.script(Residual().eval())), OUT + "frozen.pt")
        write("masked", Masked(), torch.randn(2, 5, 8), trace=False)
        write("normed", Normed(), torch.randn(2, 8, 6), script=False)
