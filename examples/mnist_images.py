"""MNIST as the training scripts beside this file take it; the images are not in the repository."""

import gzip

import numpy as np
import torch

SIDE = 28
PIXELS = SIDE * SIDE


def load(folder, name):
    """The files of `name` ("train", "t10k"): bytes [N, 784] as uint8 and labels [N] as int64 tensors."""
    def body(path, header):
        with gzip.open(path) as file:
            return np.frombuffer(file.read(), np.uint8, offset=header).copy()
    pixels = body(folder / f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, PIXELS)
    labels = body(folder / f"{name}-labels-idx1-ubyte.gz", 8).astype(np.int64)
    return torch.tensor(pixels), torch.tensor(labels)


def split(folder, holdout):
    """Training and test images; with `holdout` the last N training images stand in for the test set."""
    x, y = load(folder, "train")
    if holdout:
        return x[:-holdout], y[:-holdout], x[-holdout:], y[-holdout:]
    return x, y, *load(folder, "t10k")


def shifted(x, most):
    """Every image of [N, 784] moved by up to `most` pixels in both directions, 0 moves in."""
    padded = torch.nn.functional.pad(x.view(-1, SIDE, SIDE), (most,) * 4).flatten(1)
    side = SIDE + 2 * most
    move = torch.randint(0, 2 * most + 1, (2, len(x), 1))
    place = torch.arange(SIDE)[:, None] * side + torch.arange(SIDE)
    return padded.gather(1, place.flatten() + move[0] * side + move[1])
