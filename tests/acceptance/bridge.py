"""The networks of examples/bridge on all MNIST test images, through `snnc eval --json` and `verify`.

usage: bridge.py SNNC CASE. Reads ../shared/data/mnist (or SNNC_SHARED) and says SKIPPED without it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import npz

ROOT = Path(__file__).resolve().parents[2]
BRIDGE = ROOT / "examples/bridge"
SHARED = Path(os.environ.get("SNNC_SHARED", ROOT.parent / "shared"))
MNIST = SHARED / "data/mnist"
SNNC = sys.argv[1]
DENSE_MACS = 784 * 256 + 256 * 256 + 256 * 10
IMAGES = 10000


def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        sys.exit(1)


def snnc(verb, model, *arguments):
    command = [SNNC, verb, str(model), "--target", "loihi-like", "--data", f"mnist:{MNIST}:test",
               *arguments, "--json"]
    run = subprocess.run(command, capture_output=True, text=True)
    print(" ".join(command), f"-> {run.returncode}\n{run.stdout[:1500]}\n{run.stderr[-3000:]}")
    check(run.returncode == 0, "exit code 0")
    return json.loads(run.stdout)


def exact(model):
    """Every engine, spike for spike and state for state."""
    result = snnc("verify", model, "--samples", "20", "--engines", "quant,fast,cycle,rtl")
    check(result["pass"] and result["image_equals_network"], "the engines agree, the image is the network")


def sparse(name, accuracy, operations):
    model = BRIDGE / name / "model.json"
    with tempfile.TemporaryDirectory() as scratch:
        result = snnc("eval", model, "--predictions", f"{scratch}/p.npz")
        arrays = npz.load(f"{scratch}/p.npz")
    ops, right = result["ops"], result["accuracy"]
    check(result["samples"] == IMAGES, f"{IMAGES} images")
    check(right["image"] >= accuracy, f"accuracy on the image >= {accuracy}: {right}")
    check(ops["synops_equal_effective_acs"], "the cores counted what the traces say")
    every = ops["synops"] + ops["host_macs"] + ops["effective_macs"]
    check(every <= operations, f"all operations of an inference <= {operations}: {every}")
    for engine in ("quant", "image"):
        check(list(arrays[engine][1]) == list(arrays["float"][1]), f"{engine} predicts as float")
    compiled = snnc_compile(model)
    check(all(layer["weight_bits"] <= 8 for layer in compiled["layers"]), "8 bits or fewer")
    again = snnc("eval", BRIDGE / name / "model.nir")
    check(again["accuracy"] == right and again["ops"]["synops"] == ops["synops"], "the NIR file is the same")
    exact(model)


def snnc_compile(model):
    run = subprocess.run([SNNC, "compile", str(model), "--target", "loihi-like", "--json"],
                         capture_output=True, text=True)
    check(run.returncode == 0, f"compiles {run.stderr}")
    return json.loads(run.stdout)


def sparse76():
    check(DENSE_MACS // 76 == 3536, "3,537 is a 76th of the dense network, rounded up")
    sparse("sparse76", 0.982, 3537)


def sparse200():
    check(DENSE_MACS // 200 == 1344, "1,344 is a 200th of the dense network")
    sparse("sparse200", 0.970, 1344)


def study():
    """The study's SNN and FFNN: accuracy, silence, and operations in its own count."""
    ffnn = json.loads((BRIDGE / "ffnn/ffnn.json").read_text())
    check((ffnn["parameters"], ffnn["flops"], ffnn["flops_per_pass"]) == (269322, 537600, 26880000000),
          f"parameters and FLOPs: {ffnn}")
    check(ffnn["test_accuracy"] >= 0.9355 and abs(ffnn["active"] - 0.58) < 0.03, "accuracy and activity")
    model = BRIDGE / "snn/model.json"
    result = snnc("eval", model)
    spikes, steps = result["spikes_per_sample"], result["steps"]
    silent = 1 - (spikes["hidden1"] + spikes["hidden2"]) / (512 * steps)
    count = (256 * spikes["hidden1"] + 10 * spikes["hidden2"]) / steps
    check(steps == 25 and result["accuracy"]["image"] >= 0.9295, f"accuracy {result['accuracy']}")
    check(silent >= 0.889, f"silent {silent:.4f}")
    check(count <= 7111, f"the study's count {count:.0f}, {537600 / count:.1f} times fewer")
    exact(model)


def coded():
    """The same network on coded pixels: spikes alone, nothing on the host."""
    for name in ("snn_latency", "snn_rate"):
        result = snnc("eval", BRIDGE / name / "model.json")
        check(result["accuracy"]["image"] >= 0.9295, f"{name}: accuracy {result['accuracy']}")
        check(result["ops"]["host_macs"] == 0, f"{name}: no MACs")


def ledger():
    """Every row that the walk-through shows is what its command prints today."""
    command = [sys.executable, str(BRIDGE / "ledger.py"), "--mnist", str(MNIST), "--snnc", SNNC]
    run = subprocess.run(command, capture_output=True, text=True)
    print(run.stdout, run.stderr[-2000:])
    check(run.returncode == 0, "exit code 0")
    page = (BRIDGE / "README.md").read_text().splitlines()
    lines = [line for line in run.stdout.splitlines() if line]
    check(len(lines) >= 17, f"{len(lines)} rows")
    for line in lines:
        check(line in page, f"README.md has: {line}")


if not MNIST.is_dir():
    print(f"SKIPPED: {sys.argv[2]}: no MNIST at {MNIST} (SNNC_SHARED names another place)")
    sys.exit(0)
{f.__name__: f for f in (sparse76, sparse200, study, coded, ledger)}[sys.argv[2]]()
