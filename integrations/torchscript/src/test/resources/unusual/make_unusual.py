"""Writes TorchScript archives of unusual content: python make_unusual.py FOLDER [NAME...]

Each archive holds its inputs as the extra file "inputs", a line for each: its type and shape. Element i of an input is
((37 i + 11 k) mod 101 - 50) / 25, k being the number of the input; of an integer input, (7 i + k) mod 5. The files beside
this script are those of COMMITTED. Ran with torch 2.13.0.
"""

import io
import os
import sys
import warnings
import zipfile
from enum import Enum
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

import torch
import torch.nn.functional as F
from torch import Tensor, nn

warnings.filterwarnings("ignore")
CASES = {}
COMMITTED = """
    containers_script channels_last_trace control_flow_script script_class_script keyword_arguments_script
    products_all_script tensors_in_lists_script type_half_script type_bfloat16_script type_double_script
    type_long_matmul_script zero_size_weights_script shared_storages_script attribute_reassigned_script out_variants_script
    weights_zipped_script several_methods_script hooks_script fork_wait_script object_attribute_script
    interface_script types_script quantized_dynamic_and_float_script lite_interpreter extra_files
    free_functions_script cells_script scaled_dot_product_script tied_embedding_script weight_norm_spectral_trace
    frozen_preserved_script conv_bn_trace conv_bn_script lstm_projection_script raises_no_grad_script
    same_module_two_names_trace parameter_list_script colliding_names_script state_inside_multiplies_script different_weights_script
    quantized_static_trace einsum_script type_complex_script vectors_sparse_script
""".split()


def case(name, *inputs):
    def register(make):
        CASES[name] = (make, inputs)
        return make

    return register


def scripted(name, module, *inputs):
    CASES[name] = (lambda _: script(module()), inputs)


def traced(name, module, *inputs):
    CASES[name] = (lambda given: trace(module(), given), inputs)


def values(kind, shape, k):
    n = 1
    for s in shape:
        n *= s
    if kind == "long":
        return torch.tensor([(7 * i + k) % 5 for i in range(n)]).reshape(shape)
    return torch.tensor([((37 * i + 11 * k) % 101 - 50) / 25 for i in range(n)]).reshape(shape)


def arguments(inputs):
    return [values(kind, shape, k) for k, (kind, shape) in enumerate(inputs)]


def f(*shape):
    return ("float", shape)


def i(*shape):
    return ("long", shape)


def script(module):
    return torch.jit.script(module.eval())


def trace(module, inputs):
    return torch.jit.trace(module.eval(), tuple(arguments(inputs)), check_trace=False)


# ---------------------------------------------------------------- modules that share


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(4, 4)
        self.b = self.a
        self.c = nn.Linear(4, 4)
        self.c.weight = self.a.weight

    def forward(self, x):
        return self.b(torch.relu(self.a(x))) + self.c(x)


scripted("same_module_two_names_script", Shared, f(3, 4))
traced("same_module_two_names_trace", Shared, f(3, 4))


class Block(nn.Module):
    def __init__(self, n, bias):
        super().__init__()
        self.lin = nn.Linear(n, n, bias=bias)

    def forward(self, x):
        return torch.tanh(self.lin(x))


class Stack(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(4, True), Block(4, True), Block(4, False)])
        self.named = nn.ModuleDict({"head": Block(4, False), "tail": nn.Linear(4, 2)})
        self.seq = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 4), nn.GELU()))

    def forward(self, x):
        for n, block in enumerate(self.blocks):
            x = block(x) * float(n + 1)
        for name, module in self.named.items():
            x = self.seq(x) if name == "head" else x
            x = module(x)
        return x


scripted("containers_script", Stack, f(3, 4))
traced("containers_trace", Stack, f(3, 4))


class Parameters(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.randn(4, 4)) for _ in range(3)])
        self.named = nn.ParameterDict({"w": nn.Parameter(torch.randn(4, 4)), "b": nn.Parameter(torch.randn(4))})

    def forward(self, x):
        for w in self.weights:
            x = F.linear(x, w)
        return x @ self.named["w"] + self.named["b"]


scripted("parameter_list_script", Parameters, f(3, 4))
traced("parameter_list_trace", Parameters, f(3, 4))


class TensorList(nn.Module):
    weights: List[Tensor]
    by_name: Dict[str, Tensor]
    pair: Tuple[Tensor, Tensor]
    maybe: Optional[Tensor]

    def __init__(self):
        super().__init__()
        self.weights = [torch.randn(4, 4), torch.randn(4, 4)]
        self.by_name = {"w": torch.randn(4, 4)}
        self.pair = (torch.randn(4, 4), torch.randn(4))
        self.maybe = torch.randn(4, 4)

    def forward(self, x):
        for w in self.weights:
            x = torch.matmul(x, w)
        x = torch.matmul(x, self.weights[0])
        x = torch.matmul(x, self.by_name["w"])
        x = F.linear(x, self.pair[0], self.pair[1])
        m = self.maybe
        if m is not None:
            x = F.linear(x, m)
        return x / 100.0


scripted("tensors_in_lists_script", TensorList, f(3, 4))


# ---------------------------------------------------------------- control flow


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 4)
        self.two = nn.Linear(4, 4)

    def forward(self, x):
        if x.size(0) == 0:
            return x
        total = 0
        while total < 4:
            total += 1
            if total == 2:
                continue
            if total == 4:
                break
            x = self.one(x)
        for k in range(3):
            if k == 1:
                x = self.two(x) if bool(x.sum() > 1e9) else self.one(x)
        w = self.one.weight if x.dim() == 2 else self.two.weight
        assert x.dim() == 2, "a \"matrix\"\n is needed: ü"
        return F.linear(x, w.detach() * 1.0)


scripted("control_flow_script", Flow, f(3, 4))


class Different(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 4)
        self.two = nn.Linear(4, 4)

    def forward(self, x):
        w = self.one.weight if x.size(0) == 3 else self.two.weight
        return F.linear(x, w)


scripted("different_weights_script", Different, f(3, 4))


class Raises(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 4)

    def forward(self, x):
        if x.dim() > 5:
            raise ValueError("no\tmore than {} 'dimensions'".format(5))
        with torch.no_grad():
            y = self.one(x)
        return y + self.one(x)


scripted("raises_no_grad_script", Raises, f(3, 4))


class Fork(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 4)
        self.two = nn.Linear(4, 4)

    @torch.jit.export
    def branch(self, x):
        return self.two(x)

    def forward(self, x):
        future = torch.jit.fork(self.branch, x)
        y = self.one(x)
        return y + torch.jit.wait(future)


scripted("fork_wait_script", Fork, f(3, 4))


class ForkModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Linear(4, 4)
        self.two = nn.Linear(4, 4)

    def forward(self, x):
        future = torch.jit.fork(self.two, x)
        return self.one(x) + torch.jit.wait(future)


scripted("fork_module_script", ForkModule, f(3, 4))
traced("fork_module_trace", ForkModule, f(3, 4))


# ---------------------------------------------------------------- types


class Pair(NamedTuple):
    left: Tensor
    right: Optional[Tensor]


class Color(Enum):
    RED = 1
    GREEN = 2


class Types(nn.Module):
    names: Dict[str, int]
    sizes: List[List[int]]
    number: Optional[float]
    either: Union[int, str]

    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)
        self.names = {"größe": 2, 'quote " \' \\ \n': 1}
        self.sizes = [[1, 2], []]
        self.number = None
        self.either = "x"
        self.color = Color.GREEN
        self.text = "line one\nline \"two\"\ttab \\ end"

    def pair(self, x: Tensor) -> Pair:
        return Pair(self.lin(x), None)

    def forward(self, x: Tensor) -> Dict[str, Tensor]:
        p = self.pair(x)
        y = p.left * self.names["größe"]
        if self.color == Color.GREEN:
            y = y + 1
        if len(self.text) > 3 and self.text.startswith("line one\n"):
            y = y + len(self.sizes)
        r = p.right
        if r is not None:
            y = y + r
        return {"größe": y, "x": self.lin(x)}


scripted("types_script", Types, f(3, 4))


@torch.jit.script
class Scaler:
    def __init__(self, w: Tensor):
        self.w = w
        self.count = 0

    def apply(self, x: Tensor) -> Tensor:
        self.count += 1
        return torch.matmul(x, self.w) * self.count


class UsesClass(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)

    def forward(self, x):
        s = Scaler(self.lin.weight)
        return s.apply(self.lin(x))


scripted("script_class_script", UsesClass, f(3, 4))


@torch.jit.interface
class Layer(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        pass


class Impl(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.lin(x)


class UsesInterface(nn.Module):
    layer: Layer

    def __init__(self):
        super().__init__()
        self.layer = Impl()
        self.last = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        layer: Layer = self.layer
        return self.last(layer.forward(x))


scripted("interface_script", UsesInterface, f(3, 4))


class Holder(nn.Module):
    scaler: Scaler

    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)
        self.scaler = Scaler(torch.randn(4, 4))

    def forward(self, x):
        return self.lin(torch.matmul(x, self.scaler.w))


scripted("object_attribute_script", Holder, f(3, 4))


# ---------------------------------------------------------------- methods


class Methods(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 3)
        self.decoder = nn.Linear(3, 4)
        self.unused = nn.Linear(4, 4)

    @torch.jit.export
    def encode(self, x):
        return self.squash(self.encoder(x))

    @torch.jit.export
    def decode(self, z, scale: float = 1.0):
        return self.decoder(z) * scale

    def squash(self, x):
        return torch.tanh(x)

    @torch.jit.export
    def other(self, x):
        return self.unused(x)

    def forward(self, x):
        return self.decode(self.encode(x), scale=2.0), self.encode(x)


scripted("several_methods_script", Methods, f(3, 4))


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(4, 4)
        self.unused = nn.Linear(4, 4)

    def encode(self, x):
        return torch.tanh(self.encoder(x))

    def other(self, x):
        return self.unused(self.encode(x))

    def forward(self, x):
        return self.encoder(x)


@case("trace_module_several_methods", f(3, 4))
def _(inputs):
    x = arguments(inputs)[0]
    return torch.jit.trace_module(Plain().eval(), {"forward": x, "encode": x, "other": x})


class Hooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.lin = nn.Linear(4, 4)

    def forward(self, x: Tensor):
        return self.lin(x)


def pre(self, input: Tuple[Tensor]) -> Tuple[Tensor]:
    return (input[0] * 2,)


def post(self, input: Tuple[Tensor], output: Tensor):
    return output + input[0].sum()


class OuterHooked(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Hooked()
        self.inner.register_forward_pre_hook(pre)
        self.inner.register_forward_hook(post)

    def forward(self, x: Tensor):
        return self.inner(x)


scripted("hooks_script", OuterHooked, f(3, 4))


def free_inner(x: Tensor, w: Tensor, b: Optional[Tensor] = None) -> Tensor:
    return F.linear(x, w, b)


def free_outer(x: Tensor, w: Tensor) -> Tensor:
    return free_inner(x, w) + free_inner(x, w, None)


class Free(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4, 4))
        self.v = nn.Parameter(torch.randn(4, 4))

    def forward(self, x):
        return free_outer(x, self.w) + free_outer(x, self.v) + free_inner(x, w=self.w)


scripted("free_functions_script", Free, f(3, 4))


@case("function_itself_trace", f(3, 4), f(4, 4))
def _(inputs):
    return torch.jit.trace(lambda x, w: torch.relu(x @ w) @ w, tuple(arguments(inputs)))


@case("function_itself_script", f(3, 4), f(4, 4))
def _(inputs):
    return torch.jit.script(free_outer)


@case("keyword_arguments_script", f(3, 4))
def _(inputs):
    class Keywords(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(4, 4))
            self.b = nn.Parameter(torch.randn(4))
            self.k = nn.Parameter(torch.randn(2, 1, 3))

        def forward(self, x):
            y = F.linear(input=x, weight=self.w, bias=self.b)
            y = torch.addmm(input=self.b, mat1=y, mat2=self.w, beta=0.5, alpha=2.0)
            z = F.conv1d(input=y.unsqueeze(1), weight=self.k, padding=1)
            return torch.matmul(input=z, other=self.w)

    return script(Keywords())


# ---------------------------------------------------------------- computed weights


def normed(kind):
    lin = nn.Linear(4, 4)
    conv = nn.Conv1d(2, 3, 3)
    if kind == "old":
        return nn.Sequential(torch.nn.utils.weight_norm(lin)), conv
    if kind == "spectral":
        return nn.Sequential(torch.nn.utils.spectral_norm(lin)), conv
    if kind == "parametrized":
        return nn.Sequential(torch.nn.utils.parametrizations.weight_norm(lin)), conv
    return nn.Sequential(torch.nn.utils.parametrizations.spectral_norm(lin)), conv


for _kind in ("old", "spectral", "parametrized", "parametrized_spectral"):

    @case("weight_norm_%s_trace" % _kind, f(3, 4))
    def _(inputs, kind=_kind):
        return trace(normed(kind)[0], inputs)


scripted("weight_norm_parametrized_script", lambda: normed("parametrized")[0], f(3, 4))


@case("computed_weights_script", f(3, 4))
def _(inputs):
    class Computed(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(4, 4))
            self.scale = nn.Parameter(torch.rand(4, 1))

        def forward(self, x):
            y = F.linear(x, self.w * self.scale)
            y = F.linear(y, self.w.t().contiguous())
            y = F.linear(y, self.w[:2].repeat(2, 1))
            y = F.linear(y, self.w.view(4, 4))
            y = F.linear(y, self.w.clone())
            y = F.linear(y, torch.cat([self.w[:2], self.w[2:]], 0))
            return y / 100

    return script(Computed())


@case("standardized_weights_trace", f(1, 2, 6, 6))
def _(inputs):
    class Standardized(nn.Conv2d):
        def forward(self, x):
            w = self.weight
            w = (w - w.mean((1, 2, 3), keepdim=True)) / (w.std((1, 2, 3), keepdim=True) + 1e-5)
            return self._conv_forward(x, w, self.bias)

    return trace(nn.Sequential(Standardized(2, 3, 3), nn.Flatten(), nn.Linear(48, 2)), inputs)


# ---------------------------------------------------------------- products


@case("einsum_script", f(3, 4))
def _(inputs):
    class Einsum(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(4, 5))
            self.lin = nn.Linear(5, 5)

        def forward(self, x):
            return self.lin(torch.einsum("ij,jk->ik", x, self.w))

    return script(Einsum())


@case("einsum_no_weight_script", f(3, 4))
def _(inputs):
    class Einsum(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            y = self.lin(x)
            return torch.einsum("ij,kj->ik", y, x)

    return script(Einsum())


class ProductWeights(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(4, 4))
        self.batch = nn.Parameter(torch.randn(2, 4, 4))
        self.v = nn.Parameter(torch.randn(4))
        self.b = nn.Parameter(torch.randn(3, 4))


class Products(ProductWeights):
    def forward(self, x):
        y = x @ self.w
        y = torch.addmm(self.b, y, self.w)
        y = torch.mm(self.w, y.t()).t()
        z = y.unsqueeze(0).expand(2, 3, 4)
        z = torch.baddbmm(self.b, z, self.batch)
        z = torch.bmm(z, self.batch)
        z = z @ self.w
        z = self.batch @ z.transpose(1, 2)
        u = torch.mv(self.w, self.v)
        u = torch.matmul(self.w, u) + torch.matmul(u, self.w)
        u = u * torch.dot(self.v, self.v) + torch.addmv(self.v, self.w, u)
        o = torch.outer(self.v, u)
        z = torch.addbmm(o[:, :3].contiguous(), z, z[:, :3].contiguous()).sum() + torch.matmul(z.transpose(1, 2), u)
        z = torch.tensordot(z, self.b[:, :2].contiguous(), dims=([1], [0])) if z.dim() == 2 else z
        return z / 1e4, torch.linalg.multi_dot([x, self.w, self.w]), torch.chain_matmul(x, self.w)


@case("products_all_script", f(3, 4))
def _(inputs):
    class Few(ProductWeights):
        def forward(self, x):
            y = x @ self.w
            y = torch.addmm(self.b, y, self.w)
            y = torch.mm(self.w, y.t()).t()
            z = y.unsqueeze(0).expand(2, 3, 4)
            z = torch.baddbmm(self.b, z, self.batch)
            z = torch.bmm(z, self.batch)
            z = z @ self.w
            z = self.batch @ z.transpose(1, 2)
            u = torch.mv(self.w, self.v)
            u = torch.matmul(self.w, u) + torch.matmul(u, self.w)
            u = u * torch.dot(self.v, self.v) + torch.addmv(self.v, self.w, u)
            return torch.matmul(z.transpose(1, 2), u) / 1e4

    return script(Few())


scripted("products_rest_script", Products, f(3, 4))
traced("products_rest_trace", Products, f(3, 4))


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(4, 4, 3, padding="same", bias=False)
        self.b = nn.Conv2d(4, 4, 3, padding=1, groups=2)
        self.c = nn.Conv2d(4, 4, 3, padding=1, groups=4, padding_mode="reflect")
        self.d = nn.ConvTranspose2d(4, 3, 3, stride=2, output_padding=1)
        self.e = nn.ConvTranspose2d(3, 4, 2)
        self.g = nn.Conv1d(4, 2, 3, dilation=2, padding="valid")
        self.h = nn.ConvTranspose1d(2, 2, 3, groups=2)
        self.k = nn.Conv3d(1, 2, 2)
        self.m = nn.ConvTranspose3d(2, 1, 2, bias=False)

    def forward(self, x):
        x = self.c(self.b(self.a(x)))
        x = self.e(self.d(x))
        y = self.h(self.g(x.flatten(2)))
        z = self.m(self.k(x.unsqueeze(1)))
        return y, z.mean(1)


scripted("convolutions_script", Convolutions, f(2, 4, 5, 5))
traced("convolutions_trace", Convolutions, f(2, 4, 5, 5))


@case("convolutions_frozen", f(2, 4, 5, 5))
def _(inputs):
    return torch.jit.freeze(script(Convolutions()))


traced("channels_last_trace", lambda: ConvBn().to(memory_format=torch.channels_last), f(2, 2, 5, 5))


@case("depthwise_bias_lazy_trace", f(2, 4, 5, 5))
def _(inputs):
    m = nn.Sequential(nn.LazyConv2d(4, 3, groups=4), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(2))
    m(*arguments(inputs))
    return trace(m, inputs)


scripted("bilinear_script", lambda: nn.Bilinear(4, 5, 2), f(3, 4), f(3, 5))


class ConvBn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, padding=1)
        self.bn = nn.BatchNorm2d(3)
        self.down = nn.Sequential(nn.Conv2d(2, 3, 1, bias=False), nn.BatchNorm2d(3))
        with torch.no_grad():
            for bn in (self.bn, self.down[1]):
                bn.running_mean.uniform_(-1, 1)
                bn.running_var.uniform_(0.05, 4)
                bn.weight.uniform_(-2, 2)
                bn.bias.uniform_(-1, 1)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)) + self.down(x), inplace=True).mean((2, 3))


traced("conv_bn_trace", ConvBn, f(2, 2, 6, 6))
scripted("conv_bn_script", ConvBn, f(2, 2, 6, 6))


@case("conv_bn_training_script", f(2, 2, 6, 6))
def _(inputs):
    return torch.jit.script(ConvBn().train())


@case("conv_bn_frozen_no_fold", f(2, 2, 6, 6))
def _(inputs):
    return torch.jit.freeze(torch.jit.script(ConvBn().train()), ["training"]) if False else torch.jit.freeze(
        script(ConvBn()), optimize_numerics=False
    )


@case("conv_bn_1d_3d_transpose_trace", f(2, 2, 6))
def _(inputs):
    return trace(
        nn.Sequential(
            nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.ConvTranspose1d(3, 4, 3), nn.BatchNorm1d(4)
        ),
        inputs,
    )


traced("linear_bn_trace", lambda: nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)), f(3, 4))


# ---------------------------------------------------------------- attention


@case("multihead_attention_script", f(5, 2, 8))
def _(inputs):
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2)
            self.lin = nn.Linear(8, 8)

        def forward(self, x):
            y, w = self.attention(x, x, x)
            return self.lin(y)

    return script(Attention())


@case("multihead_attention_train_trace", f(5, 2, 8))
def _(inputs):
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2, kdim=8, vdim=8)
            self.lin = nn.Linear(8, 8)

        def forward(self, x):
            y, w = self.attention(x, x, x, need_weights=False)
            return self.lin(y)

    return torch.jit.trace(Attention().train(), tuple(arguments(inputs)), check_trace=False)


@case("multihead_attention_trace", f(5, 2, 8))
def _(inputs):
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.attention = nn.MultiheadAttention(8, 2)
            self.lin = nn.Linear(8, 8)

        def forward(self, x):
            y, w = self.attention(x, x, x)
            return self.lin(y)

    return trace(Attention(), inputs)


traced("transformer_encoder_layer_trace", lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), f(2, 5, 8))


@case("transformer_encoder_layer_grad_trace", f(2, 5, 8))
def _(inputs):
    return torch.jit.trace(
        nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True).train(),
        tuple(arguments(inputs)),
        check_trace=False,
    )


scripted("transformer_encoder_script", lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2, enable_nested_tensor=False), f(5, 2, 8))


@case("scaled_dot_product_script", f(2, 2, 5, 4))
def _(inputs):
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            self.q = nn.Linear(4, 4)
            self.k = nn.Linear(4, 4)

        def forward(self, x):
            return F.scaled_dot_product_attention(self.q(x), self.k(x), x, is_causal=True)

    return script(Attention())


# ---------------------------------------------------------------- recurrent


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.rnn = kind(4, 3, **options)
        self.lin = nn.Linear(3 * (2 if options.get("bidirectional") else 1), 2)

    def forward(self, x):
        y, h = self.rnn(x)
        return self.lin(y)


class RecurrentLstm(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.rnn = nn.LSTM(4, 3, **options)
        out = options.get("proj_size") or 3
        self.lin = nn.Linear(out * (2 if options.get("bidirectional") else 1), 2)

    def forward(self, x):
        y, (h, c) = self.rnn(x)
        return self.lin(y) + h.sum() + c.sum()


class RecurrentGru(nn.Module):
    def __init__(self, **options):
        super().__init__()
        self.rnn = nn.GRU(4, 3, **options)
        self.lin = nn.Linear(3 * (2 if options.get("bidirectional") else 1), 2)

    def forward(self, x):
        y, h = self.rnn(x)
        return self.lin(y)


for _name, _options in {
    "bidirectional": dict(bidirectional=True, num_layers=2),
    "batch_first": dict(batch_first=True, bias=False),
    "projection": dict(proj_size=2),
}.items():

    @case("lstm_%s_script" % _name, f(5, 2, 4))
    def _(inputs, options=_options):
        return script(RecurrentLstm(**options))

    @case("lstm_%s_trace" % _name, f(5, 2, 4))
    def _(inputs, options=_options):
        return trace(RecurrentLstm(**options), inputs)


scripted("gru_bidirectional_script", lambda: RecurrentGru(bidirectional=True, num_layers=2, dropout=0.5), f(5, 2, 4))
traced("gru_batch_first_trace", lambda: RecurrentGru(batch_first=True), f(5, 2, 4))


class Packed(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 3, batch_first=True)
        self.gru = nn.GRU(3, 3, batch_first=True)

    def forward(self, x):
        lengths = torch.tensor([5, 2])
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True)
        y, _ = self.rnn(packed)
        y, _ = self.gru(y)
        z, n = nn.utils.rnn.pad_packed_sequence(y, batch_first=True)
        return z


scripted("lstm_packed_script", Packed, f(2, 5, 4))
traced("lstm_packed_trace", Packed, f(2, 5, 4))


class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTMCell(4, 3)
        self.gru = nn.GRUCell(3, 3)
        self.rnn = nn.RNNCell(3, 3, nonlinearity="relu", bias=False)

    def forward(self, x):
        h = torch.zeros(x.size(1), 3)
        c = torch.zeros(x.size(1), 3)
        g = torch.zeros(x.size(1), 3)
        out: List[Tensor] = []
        for t in range(x.size(0)):
            h, c = self.lstm(x[t], (h, c))
            g = self.gru(h, g)
            out.append(self.rnn(g))
        return torch.stack(out)


scripted("cells_script", Cells, f(3, 2, 4))
traced("cells_trace", Cells, f(3, 2, 4))


# ---------------------------------------------------------------- element types


class Typed(nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.one = nn.Linear(4, 4).to(dtype)
        self.two = nn.Linear(4, 4)
        self.dtype = dtype

    def forward(self, x):
        y = self.one(x.to(self.dtype)).to(torch.float)
        return self.two(y)


for _dtype in ("half", "bfloat16", "double"):

    @case("type_%s_script" % _dtype, f(3, 4))
    def _(inputs, dtype=_dtype):
        return script(Typed(getattr(torch, dtype)))


@case("type_complex_script", f(3, 4))
def _(inputs):
    class Complex(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(4, 4, dtype=torch.complex64))
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            y = torch.matmul(x.to(torch.complex64), self.w)
            return self.lin(torch.abs(y))

    return script(Complex())


@case("type_int8_dequantized_script", f(3, 4))
def _(inputs):
    class Int8(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("codes", torch.randint(-127, 127, (4, 4)).to(torch.int8))
            self.scale = 0.01
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            return self.lin(F.linear(x, self.codes.to(torch.float) * self.scale))

    return script(Int8())


@case("type_long_matmul_script", i(3, 4))
def _(inputs):
    class Long(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("w", torch.arange(16).reshape(4, 4))
            self.embed = nn.Embedding(5, 4)
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            y = torch.matmul(x, self.w) % 5
            return self.lin(self.embed(y))

    return script(Long())


# ---------------------------------------------------------------- quantized by PyTorch


@case("quantized_dynamic_script", f(3, 4))
def _(inputs):
    m = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), {nn.Linear})
    return script(m)


@case("quantized_dynamic_and_float_script", f(3, 4))
def _(inputs):
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.q = torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 4)), {nn.Linear})
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            return self.lin(self.q(x))

    return script(Both())


def static_model():
    class Static(nn.Module):
        def __init__(self):
            super().__init__()
            self.quant = torch.ao.quantization.QuantStub()
            self.conv = nn.Conv2d(2, 3, 3)
            self.relu = nn.ReLU()
            self.dequant = torch.ao.quantization.DeQuantStub()

        def forward(self, x):
            return self.dequant(self.relu(self.conv(self.quant(x))))

    m = Static().eval()
    m.qconfig = torch.ao.quantization.get_default_qconfig("x86")
    return m


@case("quantized_static_trace", f(1, 2, 6, 6))
def _(inputs):
    m = torch.ao.quantization.prepare(static_model())
    m(*arguments(inputs))
    return trace(torch.ao.quantization.convert(m), inputs)


@case("quantized_qat_trace", f(3, 4))
def _(inputs):
    m = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    m.qconfig = torch.ao.quantization.get_default_qat_qconfig("x86")
    m = torch.ao.quantization.prepare_qat(m.train())
    m(*arguments(inputs))
    return trace(m, inputs)


# ---------------------------------------------------------------- frozen, optimized, mobile


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3)
        self.bn = nn.BatchNorm2d(3)
        self.lin = nn.Linear(48, 5)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        x = F.relu(self.bn(self.conv(x)))
        return self.lin(self.drop(x.flatten(1)))


@case("frozen_script", f(2, 2, 6, 6))
def _(inputs):
    return torch.jit.freeze(script(Net()))


@case("frozen_preserved_script", f(2, 2, 6, 6))
def _(inputs):
    return torch.jit.freeze(script(Net()), preserved_attrs=["lin"])


@case("frozen_trace", f(2, 2, 6, 6))
def _(inputs):
    return torch.jit.freeze(trace(Net(), inputs))


@case("optimized_for_inference", f(2, 2, 6, 6))
def _(inputs):
    return torch.jit.optimize_for_inference(script(Net()))


@case("run_frozen_optimizations_same_weight", f(2, 4))
def _(inputs):
    class Twice(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(4, 4, bias=False)

        def forward(self, x):
            return self.a(x) + x @ self.a.weight

    return torch.jit.freeze(script(Twice()))


@case("training_true_script", f(2, 2, 6, 6))
def _(inputs):
    return torch.jit.script(Net().train())


@case("lite_interpreter", f(2, 2, 6, 6))
def _(inputs):
    m = script(Net())
    return m._save_to_buffer_for_lite_interpreter()


# ---------------------------------------------------------------- archives


@case("extra_files", f(3, 4))
def _(inputs):
    return script(nn.Linear(4, 4)), {"model.json": '{"a": "ü\n"}', "code/evil.py": "class X:\n  pass\n", "empty": ""}


class Unicode(nn.Module):
    def __init__(self):
        super().__init__()
        self.größe = nn.Linear(4, 4)
        self.層 = nn.Linear(4, 4)

    def forward(self, x):
        变量 = self.größe(x)
        return self.層(变量)


scripted("unicode_names_script", Unicode, f(3, 4))
traced("unicode_names_trace", Unicode, f(3, 4))


class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("0", nn.Linear(4, 4))
        self.add_module("class", nn.Linear(4, 4))
        self.add_module("a-b c", nn.Linear(4, 4))
        self.add_module("None", nn.Linear(4, 4))
        self.add_module("quote\"s", nn.Linear(4, 4))

    def forward(self, x):
        return getattr(self, "quote\"s")(getattr(self, "None")(
            getattr(self, "a-b c")(getattr(self, "class")(getattr(self, "0")(x)))
        ))


traced("odd_names_trace", Odd, f(3, 4))


@case("colliding_names_script", f(3, 4))
def _(inputs):
    class Colliding(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.randn(4, 4))
            self.weight_quantizer = nn.Linear(4, 4)
            self.input_quantizer = 3
            self.djlqat_autocast = 4
            self.linear_quantizer = nn.Linear(4, 4)

        @torch.jit.export
        def quantizer_modes(self, modes: Tensor) -> Tensor:
            return modes

        @torch.jit.export
        def autocast_type(self, modes: Tensor) -> Tensor:
            return modes

        def forward(self, x):
            y = F.linear(x, self.weight) * self.input_quantizer * self.djlqat_autocast
            return self.linear_quantizer(self.weight_quantizer(y))

    return script(Colliding())


@case("long_constants_script", f(3, 4))
def _(inputs):
    class Constants(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            y = x + torch.tensor([[0.1, 1e-30, 3.0e38, -0.0], [1.5, 2.5, float("inf"), 4.5], [1.0, 2.0, 3.0, 4.0]]).clamp(-5, 5)
            s = "\u00e4\U0001f600\x07\x1b[0m \\n \" ' ''' \"\"\" #"
            return self.lin(y) + len(s)

    return script(Constants())


@case("long_constant_tensor_trace", f(3, 4))
def _(inputs):
    table = torch.randn(3, 4)
    w = torch.randn(4, 4)

    class Constants(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            return self.lin(x + table) @ w + torch.arange(4)[None, :]

    return trace(Constants(), inputs)


@case("shared_storages_script", f(3, 4))
def _(inputs):
    class Views(nn.Module):
        def __init__(self):
            super().__init__()
            base = torch.randn(40)
            self.register_buffer("a", base[0:16].view(4, 4))
            self.register_buffer("b", base[8:24].view(4, 4).t())
            self.register_buffer("c", base[::2][:16].view(4, 4) if False else base.as_strided((4, 4), (1, 4), 3))
            self.register_buffer("d", base[:4].expand(4, 4))
            self.register_buffer("none", torch.zeros(0, 4))

        def forward(self, x):
            y = F.linear(F.linear(x, self.a), self.b)
            y = F.linear(F.linear(y, self.c), self.d)
            return torch.cat([y, F.linear(self.none, self.a)]) / 100

    return script(Views())


@case("tied_embedding_script", i(2, 3))
def _(inputs):
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(5, 4)
            self.lin = nn.Linear(4, 4)
            self.out = nn.Linear(4, 5, bias=False)
            self.out.weight = self.embed.weight

        def forward(self, x):
            return self.out(self.lin(self.embed(x)))

    return script(Tied())


@case("tied_embedding_trace", i(2, 3))
def _(inputs):
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(5, 4)
            self.out = nn.Linear(4, 5, bias=False)
            self.out.weight = self.embed.weight

        def forward(self, x):
            return self.out(self.embed(x))

    return trace(Tied(), inputs)


@case("zero_size_weights_script", f(3, 4))
def _(inputs):
    class Zero(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.zeros(0, 4))
            self.lin = nn.Linear(4, 2)

        def forward(self, x):
            return torch.cat([F.linear(x, self.w), self.lin(x)], 1)

    return script(Zero())


@case("no_parameters_script", f(3, 4))
def _(inputs):
    class Nothing(nn.Module):
        def forward(self, x):
            return torch.relu(x) @ x.t()

    return script(Nothing())


@case("non_persistent_buffers_script", f(3, 4))
def _(inputs):
    class Buffers(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("w", torch.randn(4, 4), persistent=False)
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            return self.lin(x) @ self.w

    return script(Buffers())


@case("get_set_state_script", f(3, 4))
def _(inputs):
    class State(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)
            self.count = 3

        @torch.jit.export
        def __getstate__(self):
            return (self.lin.weight, self.count, self.training)

        @torch.jit.export
        def __setstate__(self, state: Tuple[Tensor, int, bool]):
            self.count = state[1]
            self.training = state[2]

        def forward(self, x):
            return x * self.count

    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.state = State()
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            return self.lin(self.state(x))

    return script(Outer())


@case("state_inside_multiplies_script", f(3, 4))
def _(inputs):
    class State(nn.Module):
        w: Tensor

        def __init__(self):
            super().__init__()
            self.w = torch.randn(4, 4)

        @torch.jit.export
        def __getstate__(self):
            return (self.w, self.training)

        @torch.jit.export
        def __setstate__(self, state: Tuple[Tensor, bool]):
            self.w = state[0]
            self.training = state[1]

        def forward(self, x):
            return torch.matmul(x, self.w)

    return script(State())


@case("attribute_reassigned_script", f(3, 4))
def _(inputs):
    class Reassigned(nn.Module):
        w: Tensor
        cache: Optional[Tensor]

        def __init__(self):
            super().__init__()
            self.w = torch.randn(4, 4)
            self.cache = None
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            y = torch.matmul(x, self.w)
            self.w = self.w * 0.5
            self.cache = y
            c = self.cache
            if c is not None:
                y = torch.matmul(y, c.t())
            return torch.matmul(y, c) if c is not None else y

    return script(Reassigned())


@case("inplace_weight_script", f(3, 4))
def _(inputs):
    class Inplace(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("w", torch.randn(4, 4))
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            y = F.relu_(self.lin(x))
            y += 1
            y.mul_(2)
            self.w.mul_(0.5)
            self.w[0] = 1.0
            return torch.addmm(y, x, self.w)

    return script(Inplace())


@case("out_variants_script", f(3, 4))
def _(inputs):
    class Out(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Parameter(torch.randn(4, 4), requires_grad=False)
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            y = torch.empty(3, 4)
            torch.matmul(x, self.w, out=y)
            z = torch.zeros(3, 4)
            z.addmm_(y, self.w)
            torch.mm(y, self.w, out=y)
            return self.lin(y.detach() + z.detach())

    return script(Out())


@case("outputs_nested_script", f(3, 4))
def _(inputs):
    class Nested(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tuple[Tensor, List[Tensor]]:
            y = self.lin(x)
            return y, [y, x]

    return script(Nested())


traced("dropout_eval_trace", lambda: nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.LayerNorm(4), nn.Softmax(-1), nn.Linear(4, 1)), f(3, 4))


@case("deep_nesting_script", f(3, 4))
def _(inputs):
    m = nn.Linear(4, 4)
    for _ in range(40):
        m = nn.Sequential(m)
    return script(m)


traced("wide_sequential_trace", lambda: nn.Sequential(*[nn.Linear(4, 4) for _ in range(60)]), f(3, 4))


@case("expression_nested_trace", f(3, 4))
def _(inputs):
    class Long(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            for _ in range(150):
                x = torch.sin(x)
            y = x
            for _ in range(100):
                y = y + 1
            return self.lin(y)

    return trace(Long(), inputs)


@case("augmented_dict_of_modules_script", f(3, 4))
def _(inputs):
    class ByKey(nn.Module):
        def __init__(self):
            super().__init__()
            self.m = nn.ModuleDict({"a": nn.Linear(4, 4), "b": nn.Linear(4, 4)})
            self.l = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])

        def forward(self, x):
            y = self.m["a"](x) + self.l[1](x) + self.l[-2](x)
            for a, b in zip(self.l, self.m.values()):
                y = y + a(b(x))
            return y

    return script(ByKey())


@case("multi_input_tuple_script", f(3, 4), f(3, 4))
def _(inputs):
    class Multi(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        def forward(self, x, y: Optional[Tensor] = None, flag: bool = False):
            z = self.lin(x)
            if y is not None:
                z = z + self.lin(y)
            return z, {"a": z}["a"], [z, x][1]

    return script(Multi())


@case("list_comprehension_script", f(3, 4))
def _(inputs):
    class Comprehension(nn.Module):
        def __init__(self):
            super().__init__()
            self.heads = nn.ModuleList([nn.Linear(4, 2), nn.Linear(4, 2)])

        def forward(self, x):
            outs = [head(x) for head in self.heads]
            sizes = [o.size(1) for o in outs]
            return torch.cat(outs, 1) + sum(sizes)

    return script(Comprehension())


@case("weights_zipped_script", f(3, 4))
def _(inputs):
    class Zipped(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(4, 4)
            self.b = nn.Linear(4, 4)

        def forward(self, x):
            weights = [self.a.weight, self.b.weight]
            for w in weights:
                x = F.linear(x, w)
            w, v = self.a.weight, self.b.weight
            return F.linear(F.linear(x, v), w) / 10

    return script(Zipped())


@case("autocast_in_script", f(3, 4))
def _(inputs):
    class Cast(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        def forward(self, x):
            with torch.autocast("cpu", enabled=True, dtype=torch.bfloat16):
                y = self.lin(x)
            return y.to(torch.float)

    return script(Cast())


@case("checkpoint_like_ignore_script", f(3, 4))
def _(inputs):
    class Ignored(nn.Module):
        def __init__(self):
            super().__init__()
            self.lin = nn.Linear(4, 4)

        @torch.jit.unused
        def python(self, x):
            return x

        def forward(self, x):
            if False:
                return self.python(x)
            if torch.jit.is_scripting():
                return self.lin(x)
            return self.python(x)

    return script(Ignored())


@case("embedding_bag_norms_trace", f(2, 4, 6))
def _(inputs):
    return trace(
        nn.Sequential(
            nn.Conv1d(4, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.PReLU(), nn.InstanceNorm1d(4, affine=True), nn.Upsample(scale_factor=2),
            nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(4, 2),
        ),
        inputs,
    )


@case("add_cat_pool_script", f(1, 2, 4, 4))
def _(inputs):
    class Elementwise(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Conv2d(2, 2, 3, padding=1)
            self.b = nn.Conv2d(2, 2, 3, padding=1)
            self.c = nn.Linear(4, 2)

        def forward(self, x):
            y = self.a(x) + x
            y += self.b(y)
            z = torch.cat([y, self.b(x)], 1)
            z = F.avg_pool2d(z, 2)
            return self.c(F.adaptive_avg_pool2d(z, 1).flatten(1))

    return script(Elementwise())


class Vectors(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor([0.03, -2.0, 0.5, 1.1]))
        self.q = nn.Parameter(torch.tensor([-0.01, 1.5, 0.7]))
        self.lin = nn.Linear(4, 4)
        self.register_buffer("sparse", torch.tensor([[0.0, 1.5, 0.0], [0.0, 0.0, -0.7], [0.3, 0.0, 0.0]]).to_sparse())

    def forward(self, x):
        x = torch.mm(self.sparse, self.lin(x))
        a = torch.matmul(x, self.w)
        b = torch.matmul(self.q, x)
        c = torch.mv(x, self.w)
        d = torch.addmv(a, x, self.w)
        return a, b, c, d, F.linear(x, self.w)


scripted("vectors_sparse_script", Vectors, f(3, 4))
traced("vectors_sparse_trace", Vectors, f(3, 4))


def write(name, folder):
    make, inputs = CASES[name]
    torch.manual_seed(0)
    made = make(inputs)
    extra = {}
    if isinstance(made, tuple):
        made, extra = made
    text = "\n".join(kind + " " + " ".join(str(s) for s in shape) for kind, shape in inputs)
    path = os.path.join(folder, name + ".pt")
    if isinstance(made, bytes):
        with open(path, "wb") as out:
            out.write(made)
        with zipfile.ZipFile(path, "a") as archive:
            top = archive.namelist()[0].split("/")[0]
            archive.writestr(top + "/extra/inputs", text)
        return
    torch.jit.save(made, path, _extra_files={**extra, "inputs": text})
    if name != "extra_files":
        without_debug_files(path)


def without_debug_files(path):
    """Leaves the places of the Python source out, which are most of a small file, and PyTorch's padding with them."""
    with zipfile.ZipFile(path) as archive:
        kept = {n: archive.read(n) for n in archive.namelist() if not n.endswith(".debug_pkl")}
    writer = torch._C.PyTorchFileWriter(path)
    top = next(iter(kept)).split("/")[0] + "/"
    for name, data in kept.items():
        short = name[len(top):]
        if short not in ("version", ".data/version", "byteorder", ".data/serialization_id"):
            writer.write_record(short, data, len(data))
    writer.set_min_version(int(kept.get(top + ".data/version", kept.get(top + "version", b"3"))))
    writer.write_end_of_file()


def main():
    if len(sys.argv) < 2:
        folder, names = os.path.dirname(os.path.abspath(__file__)), COMMITTED
    else:
        folder, names = sys.argv[1], sys.argv[2:] or list(CASES)
    for name in names:
        try:
            write(name, folder)
        except Exception as e:
            if len(sys.argv) < 2:
                raise
            print(name, "is not written:", type(e).__name__, str(e)[:300].replace("\n", " | "))


if __name__ == "__main__":
    main()
