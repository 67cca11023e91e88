"""The trained networks of examples/ on all MNIST test images: what their READMEs say of them.

usage: examples.py SNNC CASE. Reads ../shared/data/mnist (or SNNC_SHARED) and says SKIPPED without it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import npz

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SNNC_SHARED", ROOT.parent / "shared"))
MNIST = SHARED / "data/mnist"
SNNC = sys.argv[1]


def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        sys.exit(1)


def evaluate(example, target):
    """The object of snnc eval and the predictions of its engines; float must predict as PyTorch did."""
    folder = ROOT / "examples" / example
    with tempfile.TemporaryDirectory() as scratch:
        command = [SNNC, "eval", str(folder / "model.json"), "--target", target, "--data",
                   f"mnist:{MNIST}:test", "--predictions", f"{scratch}/p.npz", "--json"]
        run = subprocess.run(command, capture_output=True, text=True)
        print(" ".join(command), f"-> {run.returncode}\n{run.stdout[:3000]}\n{run.stderr[-3000:]}")
        check(run.returncode == 0, "exit code 0")
        arrays = npz.load(f"{scratch}/p.npz")
    predictions = {engine: arrays[engine][1] for engine in ("float", "quant", "image")}
    torch = npz.load_npy(folder / "predictions.npy")[1]
    check(len(torch) == 10000, "10,000 test images")
    check(differences(predictions["float"], torch) == 0, "float predicts what PyTorch did")
    check(differences(predictions["quant"], predictions["image"]) == 0, "image predicts as quant")
    return json.loads(run.stdout), predictions


def differences(a, b):
    return sum(x != y for x, y in zip(a, b, strict=True))


def ice40_mnist():
    """One core, 8 bits: the rounding is in the trained weights, only the state's is not."""
    result, predictions = evaluate("ice40_mnist", "ice40-up5k")
    check(result["cores_used"] == 1, f"one core: {result['cores_used']}")
    check(result["accuracy"]["image"] >= 0.97, f"accuracy {result['accuracy']}")
    moved = differences(predictions["float"], predictions["image"])
    check(moved <= 20, f"at most 20 predictions of the image differ from float: {moved}")


def esser_mnist():
    """Integers as trained, so that nothing is lost, on the 26 cores that the network was made for."""
    result, predictions = evaluate("esser_mnist", "truenorth-like")
    check(result["cores_used"] <= 26, f"26 cores: {result['cores_used']}")
    check(result["accuracy"]["image"] >= 0.98, f"accuracy {result['accuracy']}")
    check(differences(predictions["float"], predictions["image"]) == 0, "image predicts as float")


if not MNIST.is_dir():
    print(f"SKIPPED: {sys.argv[2]}: no MNIST at {MNIST} (SNNC_SHARED names another place)")
    sys.exit(0)
{f.__name__: f for f in (ice40_mnist, esser_mnist)}[sys.argv[2]]()
