#!/usr/bin/python3
"""Trains the spiking network of the study, 784-256-256-10 of LIF neurons, on MNIST.

    /usr/bin/python3 examples/bridge/train_snn.py --mnist DIR --out examples/bridge/snn
    /usr/bin/python3 examples/bridge/train_snn.py --mnist DIR --encode rate --out examples/bridge/snn_rate
    /usr/bin/python3 examples/bridge/train_snn.py --mnist DIR --encode latency \
        --out examples/bridge/snn_latency

beta 0.95, 25 steps, cross entropy of the outputs' rates, fast-sigmoid surrogate gradients, and a cost of
every hidden spike, without which the hidden layers are far from silent. Weights are rounded to 8 bits
per neuron in the forward pass (straight-through gradients) and written as those integers, with
thresholds and biases in units of their step. The first 50,000 training images; the other 10,000 are
for validation. Seeded, one thread. Writes model.json with the .npy files that it names.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from mnist_images import PIXELS, load, split  # noqa: E402

SIZES = (PIXELS, 256, 256, 10)
BETA = 0.95
LEVELS = 127  # of a weight, in both directions
VALIDATION = 10000


class Spike(torch.autograd.Function):
    """Heaviside step forward, the derivative of a fast sigmoid backward."""

    SLOPE = 10.0

    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return (distance > 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (distance,) = ctx.saved_tensors
        return gradient / (1.0 + Spike.SLOPE * distance.abs()) ** 2


def encode_rate(images, steps):
    level = images.to(torch.float64)
    total = torch.full_like(level, 0.5)
    spikes = torch.empty((steps, *images.shape))
    for step in range(steps):
        total += level
        fired = total >= 1.0
        total -= fired.to(total.dtype)
        spikes[step] = fired
    return spikes


def encode_latency(images, steps):
    when = torch.floor((1 - images.to(torch.float64)) * (steps - 1) + 0.5)
    when[images == 0] = -1  # never
    return torch.stack([(when == step).float() for step in range(steps)])


ENCODE = {  # docs/reference/encodings.md: [B, 784] of 0..1 -> [steps or 1, B, 784]
    "direct": lambda images, steps: images[None],
    "rate": encode_rate,
    "latency": encode_latency,
}


class Net(torch.nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps
        self.layers = torch.nn.ModuleList(
            torch.nn.Linear(a, b) for a, b in zip(SIZES[:-1], SIZES[1:]))

    def quantised(self, layer):
        """(weights of whole steps, step of each neuron)"""
        w = layer.weight
        step = w.detach().abs().amax(1, keepdim=True) / LEVELS
        return w + ((w / step).round() * step - w).detach(), step[:, 0]

    def forward(self, x):
        """[steps or 1, B, 784] -> spikes of all three layers, [steps, B, n] each"""
        layers = []
        for layer in self.layers:
            current = torch.nn.functional.linear(x, self.quantised(layer)[0], layer.bias)
            v, fired, spikes = 0.0, 0.0, []
            for step in range(self.steps):
                v = BETA * v + current[step if len(current) > 1 else 0]
                fired = Spike.apply(v - 1.0)
                v = v - fired.detach()
                spikes.append(fired)
            x = torch.stack(spikes)
            layers.append(x)
        return layers


def measure(net, x, y, encode):
    """(accuracy, share of silent neuron-steps of the hidden layers, synaptic operations of one step
    between and behind the hidden layers: the study's count)"""
    right, rates = 0, np.zeros(2)
    with torch.no_grad():
        for part, labels in zip(x.split(500), y.split(500)):
            first, second, out = net(encode(part, net.steps))
            right += (out.sum(0).argmax(1) == labels).sum().item()
            rates += [layer.mean().item() * len(part) / len(x) for layer in (first, second)]
    ops = sum(r * a * b for r, a, b in zip(rates, SIZES[1:], SIZES[2:]))
    return right / len(x), 1 - rates.mean(), ops


def train(net, x, y, check, args):
    encode = ENCODE[args.encode]
    batches = len(x) // args.batch
    optimizer = torch.optim.Adam(net.parameters(), args.rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, args.epochs * batches,
                                                   pct_start=0.1)
    for epoch in range(args.epochs):
        begin, total = time.time(), 0.0
        for index in torch.randperm(len(x))[:batches * args.batch].split(args.batch):
            first, second, out = net(encode(x[index], args.steps))
            loss = torch.nn.functional.cross_entropy(out.sum(0), y[index])
            cost = (first.sum() + second.sum()) / args.batch
            optimizer.zero_grad()
            (loss + args.spike_cost * cost).backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        right, silent, ops = measure(net, *check, encode)
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, validation {right:.4f}, silent "
              f"{silent:.4f}, the study's count {ops:.0f}, {time.time() - begin:.0f} s", flush=True)


def write(net, args):
    """docs/reference/model_json.md. A neuron's weights, threshold and bias scale together."""
    layers = [{"name": "pixels", "model": "input", "shape": [PIXELS]}]
    for name, layer in zip(("hidden1", "hidden2", "digit"), net.layers):
        weights, step = (t.detach().double() for t in net.quantised(layer))
        files = {"weights": (weights / step[:, None]).round().numpy().astype(np.int8),
                 "threshold": (1 / step).numpy().astype(np.float32),
                 "bias": (layer.bias.detach().double() / step).numpy().astype(np.float32)}
        for part, array in files.items():
            np.save(args.out / f"{name}_{part}.npy", array)
        layers.append({"name": name, "model": "lif",
                       "params": {"beta": BETA, "threshold": {"npy": f"{name}_threshold.npy"}},
                       "weights": {"npy": f"{name}_weights.npy"},
                       "bias": {"npy": f"{name}_bias.npy"}})
    model = {"schema": "snnc-model/1", "name": args.out.name,
             "profile": {"reset": "subtract", "compare": "gt"},
             "run": {"steps": args.steps, "encode": args.encode, "readout": "count"},
             "layers": layers}
    (args.out / "model.json").write_text(json.dumps(model, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="folder of the IDX files")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--encode", choices=ENCODE, default="direct")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=125)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--spike-cost", type=float, default=5e-5, help="of a hidden spike")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--test", action="store_true", help="print the test accuracy at the end")
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    x, y, check_x, check_y = split(args.mnist, VALIDATION)
    net = Net(args.steps)
    train(net, x.float() / 255, y, (check_x.float() / 255, check_y), args)
    write(net, args)
    if args.test:
        test_x, test_y = load(args.mnist, "t10k")
        right, silent, ops = measure(net, test_x.float() / 255, test_y, ENCODE[args.encode])
        print(f"test accuracy {right:.4f}, silent {silent:.4f}, the study's count {ops:.0f}")


if __name__ == "__main__":
    main()
