#!/usr/bin/python3
"""Trains a 784-256-10 LIF network for few synaptic operations per inference on MNIST.

    /usr/bin/python3 examples/bridge/train_sparse.py --mnist DIR --operations 3440 \
        --out examples/bridge/sparse76

Every weight that goes costs accuracy once and saves an operation as often as its source fires. So
after some dense epochs the weights with the least loss per operation are pruned, epoch by epoch,
until the mean count of *all* synaptic operations of an inference (input layer and every step
included) is down to `--operations`; the cost of a hidden spike in the loss is its fan-out. The
forward pass rounds weights, thresholds and starting values to the integers of the chip
(straight-through gradients), and those are written: docs/reference/arithmetic.md loses nothing.

The last 5,000 training images are never trained on: parameters of this script were chosen on
them. The test images choose nothing, neither the network nor the epoch (it is the last). Seeded.
Writes model.json with the .npy files that it names.
"""

import argparse
import json
import math
import pathlib
import sys
import time

import numpy as np
import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from mnist_images import PIXELS, SIDE, load, split  # noqa: E402

HIDDEN, DIGITS = 256, 10
STEPS = 2
BETA = 0.875  # of hidden membranes, all multiples of 64 on the core: 7/8 is exact
LEVELS = 127  # of a weight, in both directions
NEVER = 32767  # threshold of the outputs, beyond any sum of their weights: only their membrane is read
VALIDATION = 5000


class Spike(torch.autograd.Function):
    """Heaviside step forward, the derivative of a fast sigmoid backward."""

    SLOPE = 4.0

    @staticmethod
    def forward(ctx, distance):
        ctx.save_for_backward(distance)
        return (distance > 0).to(distance.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (distance,) = ctx.saved_tensors
        return gradient / (1.0 + Spike.SLOPE * distance.abs()) ** 2


class Round(torch.autograd.Function):
    """Nearest integers forward, identity backward."""

    @staticmethod
    def forward(ctx, value):
        return value.round()

    @staticmethod
    def backward(ctx, gradient):
        return gradient


rounded = Round.apply


class Net(torch.nn.Module):
    """Weights in thresholds of the hidden neurons; `masks` say which synapses exist."""

    def __init__(self):
        super().__init__()
        self.first = torch.nn.Parameter(torch.randn(HIDDEN, PIXELS) / math.sqrt(PIXELS / 4))
        self.second = torch.nn.Parameter(torch.randn(DIGITS, HIDDEN) / math.sqrt(HIDDEN / 4))
        self.start = torch.nn.Parameter(torch.zeros(DIGITS))
        self.masks = [torch.ones_like(self.first), torch.ones_like(self.second)]

    def integers(self):
        """(W1, thresholds, step of each hidden neuron, W2, starts, step of the outputs)"""
        first, second = self.first * self.masks[0], self.second * self.masks[1]
        step1 = first.detach().abs().amax(1, keepdim=True).clamp(min=1e-3) / LEVELS
        step2 = second.detach().abs().max().clamp(min=1e-3) / LEVELS
        return (rounded(first / step1), (1.0 / step1[:, 0]).round(), step1[:, 0],
                rounded(second / step2), rounded(self.start / step2), step2)

    def forward(self, x):
        """[B, 784] of 0 and 1, shown in step 0 -> membranes of the outputs after the last step
        [B, 10], hidden spikes [B, 256] of all steps"""
        first, threshold, step1, second, start, step2 = self.integers()
        v = x @ first.t()
        spikes = 0.0
        for step in range(STEPS):
            fired = Spike.apply((v - threshold) * step1)
            spikes = spikes + fired
            v = BETA * (v - threshold * fired.detach())
        return (start + spikes @ second.t()) * step2, spikes

    def fan_out(self):
        return self.masks[0].sum(0), self.masks[1].sum(0)


def warped(x, args):
    """Images [B, 784] of bytes, each turned, scaled, sheared, moved and bent a little; 0 moves in."""
    count, spread = len(x), args.warp
    angle, shear = (0.2 * spread * (2 * torch.rand(count) - 1) for _ in range(2))
    scale = 1.0 + 0.12 * spread * (2 * torch.rand(2, count) - 1)
    move = 0.1 * spread * (2 * torch.rand(2, count) - 1)  # of half an image: 1.4 pixels
    rows = [torch.stack([scale[0] * angle.cos(), shear - angle.sin(), move[0]], 1),
            torch.stack([angle.sin(), scale[1] * angle.cos(), move[1]], 1)]
    grid = torch.nn.functional.affine_grid(torch.stack(rows, 1), (count, 1, SIDE, SIDE),
                                           align_corners=False)
    bend = 0.06 * spread * torch.randn(count, 2, 5, 5)
    bend = torch.nn.functional.interpolate(bend, SIDE, mode="bicubic", align_corners=True)
    return torch.nn.functional.grid_sample(
        x.view(count, 1, SIDE, SIDE).float(), grid + bend.permute(0, 2, 3, 1),
        align_corners=False).flatten(1)


def operations(net, x, spikes):
    """Synaptic operations of the two layers, mean per image."""
    fan1, fan2 = net.fan_out()
    return (x.mean(0) @ fan1).item(), (spikes.mean(0) @ fan2).item()


def measure(net, x, y):
    """(accuracy, operations of both layers, spikes per image, answers)"""
    net.eval()
    with torch.no_grad():
        outs, spikes = zip(*(net(part) for part in x.split(1000)))
    answers, spikes = torch.cat(outs).argmax(1), torch.cat(spikes)
    return ((answers == y).float().mean().item(), operations(net, x, spikes),
            spikes.sum(1).mean().item(), answers)


def prune(net, optimizer, rates, budget):
    """Drops the synapses whose loss per operation is least until `budget` operations are left.

    The loss by dropping w is about w^2 E[g^2] / 2 (optimal brain damage with the Fisher diagonal,
    which Adam keeps); it saves rate(source) operations.
    """
    scores, costs = [], []
    for weight, mask, rate in zip((net.first, net.second), net.masks, rates):
        fisher = optimizer.state[weight]["exp_avg_sq"]
        score = weight.detach() ** 2 * (fisher + 1e-16) / rate.clamp(min=1e-4)
        scores.append(torch.where(mask > 0, score, torch.full_like(score, -1.0)).flatten())
        costs.append((mask * rate).flatten())
    cost = torch.cat(costs)
    order = torch.cat(scores).argsort(descending=True)
    kept = cost[order].double().cumsum(0) <= budget
    keep = torch.zeros_like(cost)
    keep[order[kept]] = 1.0
    split_at = net.first.numel()
    for mask, part in zip(net.masks, (keep[:split_at], keep[split_at:])):
        mask *= part.view_as(mask)


def budget_at(epoch, args, dense):
    """Operations after this epoch: from those of the dense network down, fast at first."""
    done = (epoch - args.dense_epochs) / args.prune_epochs
    if done < 0:
        return None
    rest = max(0.0, 1.0 - done)
    return args.operations * (dense / args.operations) ** (rest ** args.bend)


def train(net, x, y, check, args):
    batches = len(x) // args.batch
    epochs = args.dense_epochs + args.prune_epochs + args.last_epochs
    optimizer = torch.optim.Adam(net.parameters(), args.rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(
        1.0, (step + 1) / batches, (epochs * batches - step) / ((args.last_epochs + 1) * batches)))
    dense = None
    for epoch in range(epochs):
        net.train()
        begin, total, rate2 = time.time(), 0.0, torch.zeros(HIDDEN)
        _, fan2 = net.fan_out()
        for index in torch.randperm(len(x))[:batches * args.batch].split(args.batch):
            image = (warped(x[index], args) > 127).float()
            out, spikes = net(image)
            loss = torch.nn.functional.cross_entropy(out, y[index])
            cost = (spikes @ (fan2 + args.spike_base)).mean()
            optimizer.zero_grad()
            (loss + args.spike_cost * cost).backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
            rate2 += spikes.detach().mean(0) / batches
        rates = (check[0].mean(0), rate2)
        if dense is None or epoch < args.dense_epochs:
            dense = sum(operations(net, check[0], rate2[None]))
        if (budget := budget_at(epoch, args, dense)) is not None and epoch + 1 < epochs - 1:
            prune(net, optimizer, rates, budget)
        right, (ops1, ops2), hidden, _ = measure(net, *check)
        print(f"epoch {epoch + 1}: loss {total / batches:.4f}, validation {right:.4f}, operations "
              f"{ops1:.0f} + {ops2:.0f}, hidden spikes {hidden:.1f}, synapses "
              f"{int(net.masks[0].sum())} + {int(net.masks[1].sum())}, {time.time() - begin:.1f} s",
              flush=True)


def sparse(weights, out, name):
    """CSR arrays as small as they are read: docs/reference/model_json.md."""
    rows, columns = np.nonzero(weights)
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(weights)))])
    for part, array in (("indptr", starts.astype(np.uint32)), ("indices", columns.astype(np.uint16)),
                        ("data", weights[rows, columns].astype(np.int8))):
        np.save(out / f"{name}_{part}.npy", array)
    return {"csr": {part: f"{name}_{part}.npy" for part in ("indptr", "indices", "data")}}


def write(net, out):
    """docs/reference/model_json.md. Hidden neurons that nothing reaches or leaves are left out."""
    first, threshold, _, second, start, _ = (t.detach().numpy() for t in net.integers())
    used = (first != 0).any(1) & (second != 0).any(0)
    first, second, threshold = first[used], second[:, used], threshold[used]
    np.save(out / "hidden_threshold.npy", threshold.astype(np.int32))
    layers = [
        {"name": "pixels", "model": "input", "shape": [PIXELS]},
        {"name": "hidden", "model": "lif", "size": int(used.sum()),
         "params": {"beta": BETA, "threshold": {"npy": "hidden_threshold.npy"}},
         "weights": sparse(first, out, "hidden")},
        {"name": "digit", "model": "if", "size": DIGITS,
         "params": {"threshold": NEVER, "v_init": [int(v) for v in start]},
         "weights": sparse(second, out, "digit")}]
    model = {"schema": "snnc-model/1", "name": out.name,
             "profile": {"reset": "subtract", "compare": "gt"},
             "run": {"steps": STEPS, "encode": "binary", "readout": "last"},
             "layers": layers}
    (out / "model.json").write_text(json.dumps(model, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="folder of the IDX files")
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--operations", type=float, required=True,
                        help="synaptic operations per image to end with")
    parser.add_argument("--dense-epochs", type=int, default=6)
    parser.add_argument("--prune-epochs", type=int, default=60)
    parser.add_argument("--last-epochs", type=int, default=34)
    parser.add_argument("--bend", type=float, default=1.5, help="larger: prunes faster at first")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--spike-cost", type=float, default=2e-5,
                        help="cost of a synaptic operation after a hidden spike")
    parser.add_argument("--spike-base", type=float, default=10.0,
                        help="operations added to the fan-out in that cost")
    parser.add_argument("--warp", type=float, default=0.7, help="strength of the augmentation")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--test", action="store_true", help="print the test accuracy at the end")
    args = parser.parse_args()

    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    x, y, check_x, check_y = split(args.mnist, VALIDATION)
    net = Net()
    begin = time.time()
    train(net, x, y, ((check_x > 127).float(), check_y), args)
    print(f"trained in {time.time() - begin:.0f} s")
    write(net, args.out)
    if args.test:
        test_x, test_y = load(args.mnist, "t10k")
        right, (ops1, ops2), _, answers = measure(net, (test_x > 127).float(), test_y)
        print(f"test accuracy {right:.4f}, operations {ops1:.0f} + {ops2:.0f}")
        np.save(args.out / "predictions.npy", answers.numpy().astype(np.uint8))


if __name__ == "__main__":
    main()
