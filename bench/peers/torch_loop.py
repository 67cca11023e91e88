"""The network of the benchmark as dense tensors in PyTorch, one thread, batches of 500, no framework
around the matrix products. Prints one JSON object: seconds per sample, and the predictions that are
right. usage: torch_loop.py SHARED [SAMPLES]"""

import gzip
import json
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import torch

STEPS, BATCH = 25, 500


def layers(path):
    """Weight, bias and beta = 1 - dt/tau of each layer; nodes are numbered in order."""
    with h5py.File(path) as file:
        nodes = file["node/nodes"]
        names = sorted((n for n in nodes if n.isdigit()), key=int)
        for name in names:
            if "weight" in nodes[name]:
                weight, bias = nodes[name]["weight"][()], nodes[name]["bias"][()]
            else:
                beta = 1 - 1e-4 / float(nodes[name]["tau"][()].flat[0])
                threshold = float(nodes[name]["v_threshold"][()].flat[0])
                yield torch.tensor(weight.T.copy()), torch.tensor(bias), beta, threshold


def images(folder, count):
    with gzip.open(folder / "t10k-images-idx3-ubyte.gz") as file:
        x = np.frombuffer(file.read()[16:], np.uint8).reshape(-1, 784)[:count]
    with gzip.open(folder / "t10k-labels-idx1-ubyte.gz") as file:
        y = np.frombuffer(file.read()[8:], np.uint8)[:count]
    return torch.tensor(x.astype(np.float32) / 255), torch.tensor(y.astype(np.int64))


def run(net, x):
    membranes = [torch.zeros(len(x), weight.shape[1]) for weight, *_ in net]
    resets = [torch.zeros_like(v) for v in membranes]
    counts = torch.zeros_like(membranes[-1])
    for _ in range(STEPS):
        signal = x
        for i, (weight, bias, beta, threshold) in enumerate(net):
            v = membranes[i].mul_(beta).add_(torch.addmm(bias, signal, weight)).sub_(resets[i])
            signal = (v > threshold).float()
            resets[i] = signal * threshold
        counts += signal
    return counts.argmax(1)


torch.set_num_threads(1)
shared = Path(sys.argv[1])
net = list(layers(shared / "models/mnist_mlp_snntorch.nir"))
x, y = images(shared / "data/mnist", int(sys.argv[2]) if len(sys.argv) > 2 else 10000)
with torch.no_grad():
    run(net, x[:BATCH])  # warm
    start = time.perf_counter()
    right = sum(int((run(net, x[i:i + BATCH]) == y[i:i + BATCH]).sum()) for i in range(0, len(x), BATCH))
    seconds = time.perf_counter() - start
print(json.dumps({"seconds_per_sample": seconds / len(x), "right": right, "samples": len(x)}))
