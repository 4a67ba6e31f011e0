"""A small classifier as TorchScript, and samples that it labels itself.

Made with Python 3.11, torch 2.13.0 and numpy 2.4: python classifier.py FOLDER
"""

import sys
from pathlib import Path

import numpy
import torch


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = torch.nn.Linear(8, 24)
        self.head = torch.nn.Linear(24, 4)

    def forward(self, x):
        return self.head(torch.relu(self.hidden(x)))


def main(folder):
    torch.manual_seed(1)
    model = Classifier().eval()
    x = torch.randn(256, 8)
    with torch.no_grad():
        y = model(x).argmax(1)
    traced = torch.jit.trace(model, x[:2])
    traced.save(str(folder / "classifier.pt"))
    numpy.savez(
        folder / "samples.npz",
        x=x.numpy().astype(numpy.float32),
        y=y.numpy().astype(numpy.int64),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
