"""Writes autocast.json: the data type that torch's autocast for CUDA gives each operation's result.

Only types matter, so the tensors are fake ones, and no GPU is needed.

Usage: python autocast_golden.py > ../resources/io/github/djlqat/mixedprecision/autocast.json
"""

import json

import torch
import torch.nn.functional as F
from torch._subclasses.fake_tensor import FakeTensorMode

UNARY = {
    "exp": torch.exp, "log": torch.log, "log10": torch.log10, "log2": torch.log2, "acos": torch.acos,
    "asin": torch.asin, "cosh": torch.cosh, "sinh": torch.sinh, "tan": torch.tan, "sin": torch.sin,
    "cos": torch.cos, "tanh": torch.tanh, "atan": torch.atan, "sqrt": torch.sqrt, "square": torch.square,
    "abs": torch.abs, "neg": torch.neg, "ceil": torch.ceil, "floor": torch.floor, "round": torch.round,
    "trunc": torch.trunc, "sign": torch.sign, "erf": torch.erf, "erfinv": torch.erfinv,
    "pow": lambda x: torch.pow(x, 2.0), "softmax": lambda x: torch.softmax(x, 1),
    "logSoftmax": lambda x: torch.log_softmax(x, 1), "norm": lambda x: torch.norm(x), "sum": torch.sum,
    "prod": torch.prod, "cumSum": lambda x: torch.cumsum(x, 1), "cumProd": lambda x: torch.cumprod(x, 1),
    "mean": torch.mean, "max": torch.max, "min": torch.min, "relu": F.relu, "sigmoid": torch.sigmoid,
    "softPlus": F.softplus, "softSign": F.softsign, "leakyRelu": lambda x: F.leaky_relu(x, 0.1),
    "elu": F.elu, "selu": F.selu, "gelu": F.gelu, "swish": F.silu, "mish": F.mish,
    "reshape": lambda x: x.reshape(-1), "transpose": lambda x: x.t(), "flatten": torch.flatten,
    "expandDims": lambda x: x.unsqueeze(0), "clip": lambda x: x.clamp(-1, 1),
    "addScalar": lambda x: x + 1.5, "mulScalar": lambda x: x * 1.5, "dropout": lambda x: F.dropout(x, 0.5, True),
    "normalize": lambda x: F.normalize(x, 2.0, 1), "eq": lambda x: x == 0,
    "gammaln": torch.lgamma,
    "subScalar": lambda x: x - 1.5, "divScalar": lambda x: x / 1.5, "rsubScalar": lambda x: 1.5 - x,
    "rdivScalar": lambda x: 1.5 / x, "rpowScalar": lambda x: 1.5 ** x, "modScalar": lambda x: x % 1.5,
    "maximumScalar": lambda x: x.clamp_min(0.5), "minimumScalar": lambda x: x.clamp_max(0.5),
    "toDegrees": torch.rad2deg, "toRadians": torch.deg2rad, "diagonal": torch.diagonal,
    "diff": lambda x: torch.diff(x), "sort": lambda x: torch.sort(x)[0],
    "argSort": torch.argsort, "argMax": torch.argmax, "argMin": torch.argmin, "topK": lambda x: torch.topk(x, 2)[0],
    "tile": lambda x: torch.tile(x, (2, 2)), "repeat": lambda x: x.repeat_interleave(2, 1),
    "split": lambda x: torch.split(x, 4)[0], "get": lambda x: x.narrow(0, 0, 2), "squeeze": lambda x: x.squeeze(),
    "swapAxes": lambda x: x.swapaxes(0, 1), "flip": lambda x: x.flip(0), "rotate90": lambda x: torch.rot90(x),
    "broadcast": lambda x: torch.broadcast_to(x, (2, 8, 8)), "zerosLike": torch.zeros_like, "onesLike": torch.ones_like,
    "stopGradient": torch.detach, "duplicate": torch.clone, "isNaN": torch.isnan, "isInfinite": torch.isinf,
    "countNonzero": torch.count_nonzero, "all": torch.all, "any": torch.any,
    "toTypeFloat": lambda x: x.to(torch.float32), "toTypeLow": lambda x: x.to(low), "toTypeDouble": lambda x: x.double(),
    "gather": lambda x: torch.gather(x, 1, torch.zeros(8, 2, dtype=torch.int64, device="cuda")),
}
# The second tensor is float32 or of the low type.
BINARY = {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div, "maximum": torch.maximum,
    "minimum": torch.minimum, "matMul": torch.matmul, "concat": lambda x, y: torch.cat([x, y]),
    "stack": lambda x, y: torch.stack([x, y]), "where": lambda x, y: torch.where(x > 0, x, y),
    "atan2": torch.atan2, "linear": F.linear,
    "embedding": lambda x, y: F.embedding(torch.zeros(2, dtype=torch.int64, device="cuda"), y),
    "batchNorm": lambda x, y: F.batch_norm(x, None, None,
                                           y.select(0, 0), y.select(0, 0), True),
    "layerNorm": lambda x, y: F.layer_norm(x, (8,), y.select(0, 0), y.select(0, 0)),
    "addZeroDimensional": lambda x, y: x + y.select(0, 0).select(0, 0),
    "dot": torch.matmul, "mod": torch.remainder,
    "powArray": torch.pow, "lt": torch.lt, "logicalAnd": torch.logical_and,
    # The fused cells of LSTM and GRU have no fake tensors; they are on the same list.
    "rnn": lambda x, y: torch.rnn_tanh_cell(x, y.narrow(1, 0, 1), y.narrow(0, 0, 1), y.narrow(0, 0, 1).narrow(1, 0, 1)),
}
IMAGES = {
    "convolution": lambda x, y: F.conv2d(x, y),
    "maxPool": lambda x, y: F.max_pool2d(x, 2), "avgPool": lambda x, y: F.avg_pool2d(x, 2),
    "globalAvgPool": lambda x, y: F.adaptive_avg_pool2d(x, 1), "globalMaxPool": lambda x, y: F.adaptive_max_pool2d(x, 1),
    "lpPool": lambda x, y: F.lp_pool2d(x, 2.0, 2), "interpolation": lambda x, y: F.interpolate(x, scale_factor=2),
    "batchMatMul": lambda x, y: torch.bmm(x.select(0, 0), y.select(0, 0)),
}
IN_PLACE = {
    "addi": lambda x, y: x.add_(y), "subi": lambda x, y: x.sub_(y), "muli": lambda x, y: x.mul_(y),
    "divi": lambda x, y: x.div_(y), "negi": lambda x, y: x.neg_(), "powi": lambda x, y: x.pow_(2.0),
}


low = torch.bfloat16


def name(dtype):
    return str(dtype).removeprefix("torch.")


cases = []
with FakeTensorMode():
    torch.set_autocast_enabled("cuda", True)
    torch.set_autocast_dtype("cuda", low)

    def tensor(shape, dtype):
        return torch.zeros(shape, device="cuda", dtype=dtype)

    for op, function in UNARY.items():
        for first in (torch.float32, low):
            cases.append([op, name(first), "", name(function(tensor((8, 8), first)).dtype)])
    for group, shape in ((BINARY, (8, 8)), (IMAGES, (4, 4, 4, 4)), (IN_PLACE, (8, 8))):
        for op, function in group.items():
            for first in (torch.float32, low):
                for second in (torch.float32, low):
                    result = function(tensor(shape, first), tensor(shape, second))
                    cases.append([op, name(first), name(second), name(result.dtype)])
    torch.set_autocast_enabled("cuda", False)

print(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")))
