"""Writes autocast.txt: what torch.autocast in bfloat16 computes of some of the archives beside it, on their inputs.

A line for each: the archive's name and the values of its first output. Only archives whose operations are all cast, or
whose other operations leave bfloat16's numbers as they are, can be compared by number. Ran with torch 2.13.0.
"""

import os

import torch

import make_unusual

FOLDER = os.path.dirname(os.path.abspath(__file__))
NAMES = ["extra_files", "interface_script", "parameter_list_script", "scaled_dot_product_script"]

lines = []
for name in NAMES:
    model = torch.jit.load(os.path.join(FOLDER, name + ".pt"))
    inputs = make_unusual.arguments(make_unusual.CASES[name][1])
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        output = model(*inputs)
    lines.append(" ".join([name] + [repr(v) for v in output.float().flatten().tolist()]))
with open(os.path.join(FOLDER, "autocast.txt"), "w") as out:
    out.write("\n".join(lines) + "\n")
