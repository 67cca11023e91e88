#!/usr/bin/python3
"""Trains the dense network of the study, 784-256-256-10 with ReLU, on MNIST.

    /usr/bin/python3 examples/bridge/train_ffnn.py --mnist DIR --out examples/bridge/ffnn

Adam at 1e-3, cross entropy, pixels / 255, the first 50,000 training images; the other 10,000 are for
validation. Seeded, one thread. Writes ffnn.json: what the network takes and how active it is. NIR has
no ReLU, so there is no .nir file.
"""

import argparse
import json
import pathlib
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from mnist_images import PIXELS, load, split  # noqa: E402

SIZES = (PIXELS, 256, 256, 10)
VALIDATION = 10000


def network():
    first, second, third = (torch.nn.Linear(a, b) for a, b in zip(SIZES[:-1], SIZES[1:]))
    return torch.nn.Sequential(first, torch.nn.ReLU(), second, torch.nn.ReLU(), third)


def measure(net, x, y):
    """(accuracy, share of active units of each hidden layer)"""
    with torch.no_grad():
        first = net[1](net[0](x))
        second = net[3](net[2](first))
        right = (net[4](second).argmax(1) == y).float().mean().item()
    return right, [(layer > 0).float().mean().item() for layer in (first, second)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="folder of the IDX files")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    x, y, check_x, check_y = split(args.mnist, VALIDATION)
    x, check_x = x.float() / 255, check_x.float() / 255
    net = network()
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    for epoch in range(args.epochs):
        begin = time.time()
        for index in torch.randperm(len(x)).split(args.batch):
            loss = torch.nn.functional.cross_entropy(net(x[index]), y[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        right, active = measure(net, check_x, check_y)
        print(f"epoch {epoch + 1}: validation {right:.4f}, active {active[0]:.3f} {active[1]:.3f}, "
              f"{time.time() - begin:.1f} s", flush=True)

    test_x, test_y = load(args.mnist, "t10k")
    right, active = measure(net, test_x.float() / 255, test_y)
    macs = sum(a * b for a, b in zip(SIZES[:-1], SIZES[1:]))
    figures = {"sizes": SIZES, "parameters": sum(p.numel() for p in net.parameters()), "macs": macs,
               "flops": 2 * macs, "training_images": len(x), "flops_per_pass": 2 * macs * len(x),
               "test_accuracy": round(right, 4), "active_by_layer": [round(a, 4) for a in active],
               "active": round(sum(active) / len(active), 4)}
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "ffnn.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
