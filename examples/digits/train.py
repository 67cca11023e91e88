#!/usr/bin/python3
"""Trains the 784-256-256-10 LIF network on the built-in digits and writes it for snnc.

    build/snnc_digits_npy data/train 60000 train
    build/snnc_digits_npy data/test 10000 test
    /usr/bin/python3 examples/digits/train.py --data data --out examples/digits

Neurons are snnTorch's Leaky with its default reset: v' = beta*v + x - threshold*[fired before],
spike = v' > threshold. Input spikes are those of snnc's `rate` encoding. One thread, seeded.
Writes model.json with the .npy files it names, and the same network as model.nir.
"""

import argparse
import json
import pathlib
import time

import h5py
import numpy as np
import torch

SIZES = (784, 256, 256, 10)
BETA = 0.9
THRESHOLD = 1.0
DT = 1e-4  # what snnTorch's exporter writes; only dt/tau matters


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
    """docs/reference/encodings.md, `rate`: [B, 784] in 0..1 -> spikes [steps, B, 784]."""
    level = images.to(torch.float32).to(torch.float64)
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
            torch.nn.Linear(a, b) for a, b in zip(SIZES[:-1], SIZES[1:]))

    def forward(self, spikes):
        """[T, B, 784] -> output spikes [T, B, 10] and hidden spikes per sample."""
        hidden = 0.0
        for index, layer in enumerate(self.layers):
            current = layer(spikes)
            v = torch.zeros_like(current[0])
            fired = torch.zeros_like(current[0])
            out = []
            for step in range(len(current)):
                v = BETA * v + current[step] - THRESHOLD * fired.detach()
                fired = Spike.apply(v - THRESHOLD)
                out.append(fired)
            spikes = torch.stack(out)
            if index + 1 < len(self.layers):
                hidden = hidden + spikes.sum() / spikes.shape[1]
        return spikes, hidden


def write_json(net, out, steps):
    """docs/reference/model_json.md"""
    layers = [{"name": "pixels", "model": "input", "shape": [SIZES[0]]}]
    names = ["hidden1", "hidden2", "digit"]
    for index, (name, layer) in enumerate(zip(names, net.layers), start=1):
        np.save(out / f"w{index}.npy", layer.weight.detach().numpy())
        np.save(out / f"b{index}.npy", layer.bias.detach().numpy())
        layers.append({"name": name, "model": "lif",
                       "params": {"beta": BETA, "threshold": THRESHOLD},
                       "weights": {"npy": f"w{index}.npy"}, "bias": {"npy": f"b{index}.npy"}})
    model = {"schema": "snnc-model/1", "name": "digits",
             "profile": {"reset": "subtract-delayed", "compare": "gt"},
             "run": {"steps": steps, "encode": "rate", "readout": "count"},
             "layers": layers}
    (out / "model.json").write_text(json.dumps(model, indent=2) + "\n")


def write_nir(net, out):
    """As snnTorch's export_to_nir writes it, plus the profile as metadata."""
    with h5py.File(out / "model.nir", "w") as file:
        file["version"] = "1.0.7"
        root = file.create_group("node")
        root["type"] = "NIRGraph"
        for key, value in {"dt": DT, "tau_unit": "s", "integrator": "euler", "compare": "gt",
                           "reset": "subtract-delayed"}.items():
            root[f"metadata/{key}"] = value

        def node(name, kind, **arrays):
            group = root.create_group(f"nodes/{name}")
            group["type"] = kind
            for key, value in arrays.items():
                group.create_dataset(key, data=value, compression="gzip")

        node("input", "Input", shape=np.array([SIZES[0]]))
        chain = ["input"]
        for index, layer in enumerate(net.layers):
            size = layer.out_features
            node(f"fc{index + 1}", "Affine", weight=layer.weight.detach().numpy(),
                 bias=layer.bias.detach().numpy())
            gain = np.full(size, 1.0 / (1.0 - BETA), np.float32)
            node(f"lif{index + 1}", "LIF", tau=np.float32(DT) * gain, r=gain,
                 v_leak=np.zeros(size, np.float32), v_reset=np.zeros(size, np.float32),
                 v_threshold=np.full(size, THRESHOLD, np.float32))
            chain += [f"fc{index + 1}", f"lif{index + 1}"]
        node("output", "Output", shape=np.array([SIZES[-1]]))
        chain.append("output")
        root.create_dataset("edges", data=list(zip(chain[:-1], chain[1:])),
                            dtype=h5py.string_dtype())


def load(folder):
    pixels = np.load(folder / "x.npy").reshape(-1, 784).astype(np.float32)
    labels = np.load(folder / "y.npy").astype(np.int64)
    return torch.tensor(pixels / np.float32(255)), torch.tensor(labels)


def evaluate(net, x, y, steps):
    net.eval()
    right, hidden = 0, 0.0
    with torch.no_grad():
        for i in range(0, len(x), 500):
            out, spikes = net(encode_rate(x[i:i + 500], steps))
            right += (out.sum(0).argmax(1) == y[i:i + 500]).sum().item()
            hidden += spikes.item() * len(x[i:i + 500])
    return right / len(x), hidden / len(x)


def train(net, x, y, args):
    optimizer = torch.optim.Adam(net.parameters(), 2e-3)
    batches = len(x) // args.batch
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.epochs * batches)
    for epoch in range(args.epochs):
        net.train()
        start, total = time.time(), 0.0
        order = torch.randperm(len(x))
        for b in range(batches):
            index = order[b * args.batch:(b + 1) * args.batch]
            out, hidden = net(encode_rate(x[index], args.steps))
            loss = torch.nn.functional.cross_entropy(out.sum(0), y[index])
            optimizer.zero_grad()
            (loss + args.sparsity * hidden).backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        seconds = time.time() - start
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, {seconds:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=pathlib.Path, required=True,
                        help="folder with train/ and test/")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--sparsity", type=float, default=2e-5, help="cost of a hidden spike")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    x, y = load(args.data / "train")
    test_x, test_y = load(args.data / "test")
    net = Net()
    train(net, x, y, args)
    accuracy, hidden = evaluate(net, test_x, test_y, args.steps)
    print(f"test accuracy {accuracy:.4f}, hidden spikes per sample {hidden:.0f}")
    write_json(net, args.out, args.steps)
    write_nir(net, args.out)


if __name__ == "__main__":
    main()
