"""Makes digits.pt: a small network for the digits of 8 by 8 pixels, trained and traced.

Run from the root of the project, with torch 2.13.0 and numpy:
python integrations/cli/src/test/python/digits_model.py
"""

import gzip

import numpy as np
import torch
from torch import nn

DATA = "samples/common/src/main/resources/io/github/djlqat/samples/common/data/digits.csv.gz"
OUTPUT = "integrations/cli/src/test/resources/io/github/djlqat/cli/digits.pt"

torch.manual_seed(0)
rows = np.loadtxt(gzip.open(DATA, "rt"), delimiter=",")
rows = rows[np.random.RandomState(1).permutation(len(rows))][:1438]
images = torch.tensor((rows[:, :64] / 16).astype("f4").reshape(-1, 1, 8, 8))
labels = torch.tensor(rows[:, 64].astype("i8"))

model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(32, 10),
)
optimizer = torch.optim.Adam(model.parameters(), 0.01)
for _ in range(15):
    for batch in torch.randperm(len(images)).split(32):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
        optimizer.step()
model.eval()
torch.jit.trace(model, images[:2]).save(OUTPUT)
