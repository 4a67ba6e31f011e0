"""Writes the *.safetensors files beside it with the reference implementation.

Ran with safetensors 0.8.0, numpy 2.4.6 and torch 2.13.0.
"""

import os

import numpy as np
import torch
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch

OUT = os.path.dirname(os.path.abspath(__file__)) + "/"

tensors = {
    "f64": np.array([[1.5, -2.25, 1e300], [0.1, np.pi, -0.0]], np.float64),
    "f32": np.array([0.1, -1.0, np.inf, 3.4e38], np.float32),
    "f16": np.array([[0.1], [65504.0], [6e-8]], np.float16),
    "i8": np.array([-128, 0, 127], np.int8),
    "u8": np.array([0, 128, 255], np.uint8),
    "i16": np.array([-32768, 32767], np.int16),
    "u16": np.array([0, 65535], np.uint16),
    "i32": np.array([-(2**31), 16777217], np.int32),
    "u32": np.array([2**32 - 1, 7], np.uint32),
    "i64": np.array([-(2**63), 2**53 + 1], np.int64),
    "u64": np.array([2**64 - 1, 2**63 + 2**39 + 1], np.uint64),
    "bool": np.array([True, False, True]),
    "scalar": np.array(42.0, np.float32),
    "empty": np.zeros((0, 3), np.float32),
    "größe\U0001f600": np.array([1.0], np.float32),
    "größe\uffee": np.array([2.0], np.float32),
}
save_file(tensors, OUT + "numpy.safetensors", {"writer": 'numpy "é"\n'})

rng = np.random.default_rng(7)
values = rng.standard_normal(64).astype(np.float32) * np.exp2(rng.integers(-20, 15, 64)).astype(np.float32)
values = torch.from_numpy(values)
everything = torch.arange(256, dtype=torch.int32).to(torch.uint8)
e4m3, e5m2 = everything.view(torch.float8_e4m3fn), everything.clone().view(torch.float8_e5m2)
save_torch(
    {
        "values": values,
        "values.f16": values.half(),
        "values.bf16": values.bfloat16(),
        "e4m3": e4m3,
        "e4m3.as_f32": e4m3.float(),
        "e5m2": e5m2,
        "e5m2.as_f32": e5m2.float(),
    },
    OUT + "torch.safetensors",
)
