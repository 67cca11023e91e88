#!/usr/bin/python3
"""Trains a 784-96-10 LIF network of 8-bit weights on MNIST, for one core of an iCE40UP5K.

    /usr/bin/python3 examples/ice40_mnist/train.py --mnist DIR --out examples/ice40_mnist

README.md has the network. The forward pass rounds the weights of each neuron to 8 bits
(straight-through gradients), and the rounded ones are written. One thread, seeded. Writes model.json
with the .npy files that it names.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from mnist_images import PIXELS, shifted, split  # noqa: E402

SIZES = (PIXELS, 96, 10)
BETA = 0.875  # 3584/4096: a decay that the core has exactly
THRESHOLD = 1.0
LEVELS = 127  # of a weight, in both directions


class Spike(torch.autograd.Function):
    """Heaviside step forward, the derivative of a fast sigmoid backward."""

    SLOPE = 5.0

    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return (distance > 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (distance,) = ctx.saved_tensors
        return gradient / (1.0 + Spike.SLOPE * distance.abs()) ** 2


def encode_rate(images, steps):
    """docs/reference/encodings.md, `rate`: [B, 784] in 0..1 -> spikes [steps, B, 784]."""
    level = images.to(torch.float64)
    total = torch.full_like(level, 0.5)
    spikes = torch.empty((steps, *images.shape))
    for step in range(steps):
        total += level
        fired = total >= 1.0
        total -= fired.to(total.dtype)
        spikes[step] = fired
    return spikes


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList(
            torch.nn.Linear(a, b, bias=False) for a, b in zip(SIZES[:-1], SIZES[1:]))

    def weights(self):
        """Multiples of a step per neuron, float32."""
        rounded = []
        for layer in self.layers:
            w = layer.weight
            step = w.detach().abs().amax(1, keepdim=True) / LEVELS
            rounded.append(w + ((w / step).round() * step - w).detach())
        return rounded

    def forward(self, spikes):
        """[T, B, 784] -> output spikes [T, B, 10] and hidden spikes per sample."""
        hidden = None
        for weight in self.weights():
            current = spikes @ weight.t()
            v = torch.zeros_like(current[0])
            out = []
            for x in current:
                v = BETA * v + x
                fired = Spike.apply(v - THRESHOLD)
                v = v - THRESHOLD * fired.detach()
                out.append(fired)
            spikes = torch.stack(out)
            hidden = spikes.sum() / spikes.shape[1] if hidden is None else hidden
        return spikes, hidden


def predictions(net, x, steps):
    net.eval()
    with torch.no_grad():
        outs = [net(encode_rate(part, steps)) for part in x.split(500)]
    hidden = sum(spikes.item() for _, spikes in outs) / len(outs)
    return torch.cat([out.sum(0).argmax(1) for out, _ in outs]), hidden


def train(net, x, y, args):
    batches = len(x) // args.batch
    optimizer = torch.optim.Adam(net.parameters(), args.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, args.epochs * batches,
                                                   pct_start=0.1)
    for epoch in range(args.epochs):
        net.train()
        start, total = time.time(), 0.0
        for index in torch.randperm(len(x))[:batches * args.batch].split(args.batch):
            out, hidden = net(encode_rate(shifted(x[index], 1), args.steps))
            loss = torch.nn.functional.cross_entropy(out.sum(0), y[index])
            optimizer.zero_grad()
            (loss + args.sparsity * hidden).backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, {time.time() - start:.0f} s",
              flush=True)


def write(net, out, steps):
    """docs/reference/model_json.md"""
    layers = [{"name": "pixels", "model": "input", "shape": [SIZES[0]]}]
    for index, (name, weight) in enumerate(zip(("hidden", "digit"), net.weights()), start=1):
        np.save(out / f"w{index}.npy", weight.detach().numpy())
        layers.append({"name": name, "model": "lif",
                       "params": {"beta": BETA, "threshold": THRESHOLD},
                       "weights": {"npy": f"w{index}.npy"}})
    model = {"schema": "snnc-model/1", "name": "ice40_mnist",
             "profile": {"reset": "subtract", "compare": "gt"},
             "run": {"steps": steps, "encode": "rate", "readout": "count"},
             "layers": layers}
    (out / "model.json").write_text(json.dumps(model, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="folder of the IDX files")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--sparsity", type=float, default=1e-4, help="cost of a hidden spike")
    parser.add_argument("--holdout", type=int, default=0,
                        help="train without the last N images and test on those")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    x, y, test_x, test_y = split(args.mnist, args.holdout)
    x, test_x = (pixels.float() / 255 for pixels in (x, test_x))
    net = Net()
    train(net, x, y, args)
    answers, hidden = predictions(net, test_x, args.steps)
    accuracy = (answers == test_y).float().mean().item()
    print(f"test accuracy {accuracy:.4f}, hidden spikes per sample {hidden:.0f}")
    write(net, args.out, args.steps)
    np.save(args.out / "predictions.npy", answers.numpy().astype(np.uint8))


if __name__ == "__main__":
    main()
