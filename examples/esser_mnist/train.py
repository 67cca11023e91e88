#!/usr/bin/python3
"""Trains a block-sparse network of memoryless neurons for crossbar cores on MNIST.

    /usr/bin/python3 examples/esser_mnist/train.py --mnist DIR --out examples/esser_mnist

README.md has the network. An axon has a type, a neuron an integer per type, and the crossbar a bit per
synapse: the weight is bit * integer[type of the axon]. Bits and integers are trained as real numbers
that the forward pass rounds (straight-through gradients), so PyTorch computes what the chip computes.
One thread, seeded. Writes model.json with the .npy files that it names.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from mnist_images import PIXELS, SIDE, shifted, split  # noqa: E402

PATCH = 16
OFFSETS = (0, 4, 8, 12)  # of patches, in both directions
GROUPS = 9  # 3 x 3 overlapping squares of 2 x 2 patches
SHARE = 64  # neurons of one patch that send to one group: 4 patches fill a core's 256 axons
GROUP_NEURONS = 28  # of a group: 9 * 28 = 252 <= 256 axons of the last core
TYPES = 4
LARGEST_LEAK = 255  # a threshold T of a memoryless neuron is the leak 1 - T of 9 bits
STEPS = 16
GAIN = 32.0  # sums per unit of a logit, to start with


class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value):
        return value.round()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


class Step(torch.autograd.Function):
    """1 where value >= 0; backward a triangle of the given half width."""

    @staticmethod
    def forward(ctx, value, width):
        ctx.save_for_backward(value)
        ctx.width = width
        return (value >= 0).to(value.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (value,) = ctx.saved_tensors
        return gradient * (1.0 - value.abs() / ctx.width).clamp_(min=0.0), None


class Blocks(torch.nn.Module):
    """Dense blocks of crossbar synapses, inputs ordered [outer, TYPES, inner] by axon type."""

    UNIT, LARGEST = 8.0, 15  # integers of a type weight of 1.0; their bound

    def __init__(self, blocks, outer, inner, neurons):
        super().__init__()
        start = torch.rand(blocks, outer, TYPES, inner, neurons)
        self.bits = torch.nn.Parameter(0.6 * (2.0 * start - 1.0))
        signs = torch.tensor([1.0, -1.0]).repeat(TYPES // 2)
        order = torch.rand(blocks, neurons, TYPES).argsort(2)
        size = 0.3 + 0.5 * torch.rand(blocks, neurons, TYPES)
        self.types = torch.nn.Parameter(
            (signs[order] * size).transpose(1, 2).reshape(blocks, 1, TYPES, 1, neurons))

    def weights(self):
        """[blocks, inputs, neurons], integers"""
        integers = Round.apply((self.UNIT * self.types)).clamp(-self.LARGEST, self.LARGEST)
        bits = Step.apply(self.bits, 1.5)
        return (bits * integers).flatten(1, 3)

    def clamp(self):
        with torch.no_grad():
            self.bits.clamp_(-1.0, 1.0)
            self.types.clamp_(-self.LARGEST / self.UNIT, self.LARGEST / self.UNIT)


class Neurons(torch.nn.Module):
    """Fire where the sum reaches mean - shift * deviation of the sums, and at least 1: no input, no
    spike. After training mean and deviation are fixed and a threshold is left."""

    def __init__(self, blocks, neurons):
        super().__init__()
        self.shift = torch.nn.Parameter(torch.full((blocks, 1, neurons), -0.5))
        self.register_buffer("mean", torch.zeros(blocks, 1, neurons))
        self.register_buffer("deviation", torch.ones(blocks, 1, neurons))

    def thresholds(self):
        least = torch.ceil(self.mean - self.shift * self.deviation)
        return least.clamp(1, LARGEST_LEAK + 1)

    def forward(self, sums):
        if not self.training:
            return (sums >= self.thresholds()).to(sums.dtype)
        mean = sums.mean(1, keepdim=True)
        deviation = (sums.var(1, keepdim=True, unbiased=False) + 1.0).sqrt()
        with torch.no_grad():
            self.mean.lerp_(mean, 0.05)
            self.deviation.lerp_(deviation, 0.05)
        normal = (sums - mean) / deviation + self.shift
        return Step.apply(torch.minimum(normal, (sums - 0.5) / deviation), 1.5)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = Blocks(4 * GROUPS, 1, PATCH * PATCH // TYPES, SHARE)
        self.fire1 = Neurons(4 * GROUPS, SHARE)
        self.groups = Blocks(GROUPS, 4, SHARE // TYPES, GROUP_NEURONS)
        self.fire2 = Neurons(GROUPS, GROUP_NEURONS)
        self.digit = Blocks(1, GROUPS, GROUP_NEURONS // TYPES, 10)
        self.bias = torch.nn.Parameter(torch.zeros(10))
        self.gain = torch.nn.Parameter(torch.tensor(1.0))
        self.register_buffer("pixels", torch.tensor(pixel_order()))

    def forward(self, x):
        """[B, 784] of 0 and 1 -> sums of the ten outputs, integers"""
        x = x[:, self.pixels].transpose(0, 1)  # [36, B, 256]
        x = self.fire1(torch.bmm(x, self.patches.weights()))  # [36, B, 64]
        batch = x.shape[1]
        x = x.reshape(GROUPS, 4, batch, SHARE).transpose(1, 2).reshape(GROUPS, batch, 4 * SHARE)
        x = self.fire2(torch.bmm(x, self.groups.weights()))
        x = x.transpose(0, 1).reshape(batch, GROUPS * GROUP_NEURONS)
        return x @ self.digit.weights()[0]


def pixel_order():
    """[36, 256]: pixels of each block's patch, ordered by type: the pixel's place in its 2 x 2 square,
    so that a pixel has one type in all patches."""
    return [[(OFFSETS[row] + i) * SIDE + OFFSETS[column] + j
             for t in range(TYPES) for i in range(t // 2, PATCH, 2) for j in range(t % 2, PATCH, 2)]
            for row, column in patches_of_blocks()]


def patches_of_blocks():
    """(row, column) of the patch of block 4 * group + place in the group"""
    return [(g // 3 + q // 2, g % 3 + q % 2) for g in range(GROUPS) for q in range(4)]


def sums_of(net, x):
    net.eval()
    with torch.no_grad():
        return torch.cat([net(part) for part in x.split(1000)])


def train(net, x, y, args):
    batches = len(x) // args.batch
    layers = (net.patches, net.groups, net.digit)
    optimizer = torch.optim.Adam(net.parameters(), args.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, args.epochs * batches,
                                                   pct_start=0.1)
    for epoch in range(args.epochs):
        net.train()
        start, total = time.time(), 0.0
        for index in torch.randperm(len(x))[:batches * args.batch].split(args.batch):
            sums = net(shifted(x[index], 1))
            loss = torch.nn.functional.cross_entropy(sums * (net.gain / GAIN) + net.bias, y[index])
            cost = sum(layer.bits.sum() for layer in layers)
            optimizer.zero_grad()
            (loss + args.sparsity * cost).backward()
            optimizer.step()
            schedule.step()
            for layer in layers:
                layer.clamp()
            total += loss.item()
        joined = [f"{(layer.weights() != 0).float().mean().item():.2f}" for layer in layers]
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, joined {' '.join(joined)}, "
              f"{time.time() - start:.0f} s", flush=True)


def burst(starts, theta, steps):
    """Spikes in `steps` steps of neurons that start at `starts` and lose theta with every spike."""
    return (starts // theta).clamp(0, steps)


def choose_readout(sums, bias, y):
    """Threshold and start of the outputs whose counts are right most often. (theta, start [10])"""
    best = (-1.0, 0, 0)
    for theta in range(1, 13):
        for lift in range(-80, 81, 4):
            counts = burst(sums + bias + lift, theta, STEPS)
            right = (counts.argmax(1) == y).float().mean().item()
            best = max(best, (right, theta, lift))
    exact = ((sums + bias).argmax(1) == y).float().mean().item()
    print(f"training images: {exact:.4f} right by sums, {best[0]:.4f} by spike counts")
    return best[1], bias + best[2]


def sparse(rows, columns, values, out, name):
    """CSR arrays as small as they are read: see docs/reference/model_json.md."""
    order = np.lexsort((columns, rows))
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=rows.max() + 1))])
    for part, array in (("indptr", starts.astype(np.uint32)),
                        ("indices", columns[order].astype(np.uint16)),
                        ("data", values[order].astype(np.int8))):
        np.save(out / f"{name}_{part}.npy", array)
    return {"csr": {part: f"{name}_{part}.npy" for part in ("indptr", "indices", "data")}}


def joined(weights, rows, columns):
    """Nonzero entries of [blocks, inputs, neurons] with their rows [blocks, neurons] and columns
    [blocks, inputs] of the layer's matrix."""
    block, source, neuron = np.nonzero(weights)
    return rows[block, neuron], columns[block, source], weights[block, source, neuron]


def write(net, theta, start, out):
    """docs/reference/model_json.md. Neurons of `patches` in order of patches, so that each is a core."""
    patch = np.array([row * 4 + column for row, column in patches_of_blocks()])
    rank = np.empty(len(patch), np.int64)
    rank[np.argsort(patch, kind="stable")] = np.arange(len(patch))
    first = rank[:, None] * SHARE + np.arange(SHARE)  # [36, 64]: index in the layer
    second = np.arange(GROUPS * GROUP_NEURONS).reshape(GROUPS, GROUP_NEURONS)
    third = np.arange(10)[None]
    w1, w2, w3 = (b.weights().detach().numpy() for b in (net.patches, net.groups, net.digit))
    t1, t2 = (n.thresholds()[:, 0].detach().numpy() for n in (net.fire1, net.fire2))
    in_order = np.empty(first.size, np.int16)
    in_order[first.flatten()] = t1.flatten()
    np.save(out / "patches_threshold.npy", in_order)
    np.save(out / "groups_threshold.npy", t2.flatten().astype(np.int16))
    layers = [
        {"name": "pixels", "model": "input", "shape": [PIXELS]},
        {"name": "patches", "model": "lif", "size": first.size,
         "params": {"beta": 0, "threshold": {"npy": "patches_threshold.npy"}},
         "weights": sparse(*joined(w1, first, net.pixels.numpy()), out, "patches")},
        {"name": "groups", "model": "lif", "size": second.size,
         "params": {"beta": 0, "threshold": {"npy": "groups_threshold.npy"}},
         "weights": sparse(*joined(w2, second, first.reshape(GROUPS, 4 * SHARE)), out, "groups")},
        {"name": "digit", "model": "if", "size": 10,
         "params": {"threshold": theta, "v_init": [int(v) for v in start]},
         "weights": sparse(*joined(w3, third, second.reshape(1, -1)), out, "digit")}]
    model = {"schema": "snnc-model/1", "name": "esser_mnist",
             "profile": {"reset": "subtract", "compare": "ge"},
             "run": {"steps": STEPS, "encode": "binary", "readout": "count"},
             "layers": layers}
    (out / "model.json").write_text(json.dumps(model, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="folder of the IDX files")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rate", type=float, default=5e-3)
    parser.add_argument("--sparsity", type=float, default=1e-6, help="cost of a bit")
    parser.add_argument("--holdout", type=int, default=0,
                        help="train without the last N images and test on those")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    x, y, test_x, test_y = split(args.mnist, args.holdout)
    x, test_x = ((pixels > 127).float() for pixels in (x, test_x))  # `binary`
    net = Net()
    train(net, x, y, args)
    bias = (net.bias.detach() * GAIN / net.gain.detach()).round()
    theta, start = choose_readout(sums_of(net, x), bias, y)
    answers = burst(sums_of(net, test_x) + start, theta, STEPS).argmax(1)
    print(f"test accuracy {(answers == test_y).float().mean().item():.4f}")
    write(net, theta, start, args.out)
    np.save(args.out / "predictions.npy", answers.numpy().astype(np.uint8))


if __name__ == "__main__":
    main()
