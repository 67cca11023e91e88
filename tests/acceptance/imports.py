"""Networks that other frameworks exported, read, compiled and run through the command line alone.

usage: imports.py SNNC CASE. Reads ../shared/models (or SNNC_SHARED) and says SKIPPED without it.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import npz

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SNNC_SHARED", ROOT.parent / "shared"))
NIR = SHARED / "models/nir"
SNNC = sys.argv[1]
BRAILLE = str(NIR / "braille_noDelay_bias_zero.nir")
CNN = str(NIR / "cnn_sinabs.nir")


def snnc(*arguments):
    """Runs snnc with --json and returns the object; its exit code must be 0."""
    command = [SNNC, *map(str, arguments), "--json"]
    run = subprocess.run(command, capture_output=True, text=True)
    print(" ".join(command), f"-> {run.returncode}\n{run.stdout[:3000]}\n{run.stderr[-3000:]}")
    check(run.returncode == 0, "exit code 0")
    return json.loads(run.stdout)


def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        sys.exit(1)


def differences(a, b):
    return sum((x != 0) != (y != 0) for x, y in zip(a, b, strict=True))


def braille_data(folder):
    shape, values = npz.load_npy(NIR / "braille_sample0_input.npy")
    npz.save_npy(f"{folder}/x.npy", (1, *shape), values)
    return f"npy:{folder}/x.npy"


def braille_trace(folder, *arguments):
    snnc("run", BRAILLE, "--data", braille_data(folder), "--trace", f"{folder}/t.npz", *arguments)
    trace = npz.load(f"{folder}/t.npz")
    return trace["lif1.lif"][1], trace["lif2"][1]


def braille_float():
    """The recorded hidden spikes of snnTorch, spike for spike, and the output counts."""
    with tempfile.TemporaryDirectory() as folder:
        hidden, output = braille_trace(folder, "--engine", "float")
    recorded = npz.load_npy(NIR / "braille_noDelay_bias_zero_hidden_spikes.npy")[1]
    check(len(recorded) == 256 * 38 and sum(recorded) == 119, "119 spikes are recorded")
    wrong = differences(hidden, recorded)
    check(wrong == 0, f"hidden spikes equal the recording over 256 steps: {wrong} differ")
    counts = [sum(output[k::7]) for k in range(7)]
    check(counts == [10, 160, 112, 113, 103, 68, 121], f"output counts: {counts}")


def braille_wide():
    """From 12 bits on nothing differs from float; at 8 bits the report says how many and why."""
    with tempfile.TemporaryDirectory() as folder:
        hidden, output = braille_trace(folder, "--engine", "float")
        for bits in range(12, 17):
            options = ("--target", "wide", "--weight-bits", bits)
            for engine in ("quant", "fast", "cycle"):
                h, o = braille_trace(folder, "--engine", engine, *options)
                wrong = differences(hidden, h), differences(output, o)
                check(wrong == (0, 0), f"{bits} bits, {engine}: {wrong} differ from float")
            exact(snnc("verify", BRAILLE, "--data", braille_data(folder), "--samples", 1,
                       "--engines", "quant,fast,cycle", *options))
        h, o = braille_trace(folder, "--engine", "cycle", "--target", "wide", "--weight-bits", 8)
        wrong = {"lif1.lif": differences(hidden, h), "lif2": differences(output, o)}
        report = snnc("eval", BRAILLE, "--target", "wide", "--weight-bits", 8, "--explain",
                      "--data", braille_data(folder))
    print(json.dumps(report["differences"], indent=1))
    layers = {layer["name"]: layer for layer in report["differences"]["layers"]}
    check(wrong["lif1.lif"] > 0, f"8 bits are not enough: {wrong}")
    for name, count in wrong.items():
        check(layers[name]["all"] == count, f"the report counts the {count} of {name}")
        check(layers[name]["weights"] > 0, f"and names the weights: {layers[name]}")


def exact(result):
    check(result["pass"] and result["image_equals_network"] is True, "the engines agree")
    for pair in result["pairs"]:
        counts = {key: value for key, value in pair.items() if key.endswith("_mismatches")}
        check(all(value in (0, None) for value in counts.values()), f"{pair['a']} {pair['b']}: {counts}")


def norse():
    spikes = [60, 220, 270, 310, 320, 350, 370, 400, 410, 430, 440, 450, 460, 470, 480, 490, 500,
              510, 520, 530, 670, 680, 690, 700, 710, 720, 730, 740, 750, 760, 770, 780, 840, 850]
    with tempfile.TemporaryDirectory() as folder:
        npz.save_npy(f"{folder}/x.npy", (1, 1000, 1), [step in spikes for step in range(1000)])
        snnc("run", NIR / "lif_norse.nir", "--data", f"npy:{folder}/x.npy", "--dt", "1e-4",
             "--engine", "float", "--trace", f"{folder}/t.npz")
        output = npz.load(f"{folder}/t.npz")["1"][1]
    fired = [step for step, spike in enumerate(output) if spike]
    check(fired == [460, 510, 710, 760], f"output spikes at {fired}")


def cnn():
    """Counts, cost of compiling, and quant == fast == cycle on random events."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.monotonic()
        report = snnc("compile", CNN, "--target", "loihi-like", "-o", f"{folder}/cnn.snnimg")
        seconds = time.monotonic() - start
        megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"compiled in {seconds:.2f} s with {megabytes:.0f} MB, {report['cores_used']} cores")
        check(report["neurons"] == 8970, f"8,970 neurons: {report['neurons']}")
        check(report["synapses"] == 1122848, f"1,122,848 synapses: {report['synapses']}")
        check(megabytes < 300, "below 300 MB")
        seed = int(os.environ.get("SNNC_SEED", "1"))
        print(f"SEED {seed} (SNNC_SEED)")
        draw = random.Random(seed)
        events = [draw.random() < 0.05 for _ in range(2 * 30 * 2 * 34 * 34)]
        npz.save_npy(f"{folder}/x.npy", (2, 30, 2, 34, 34), events)
        exact(snnc("verify", CNN, "--target", "loihi-like", "--data", f"npy:{folder}/x.npy",
                   "--samples", 2, "--engines", "quant,fast,cycle"))
        counts = snnc("run", CNN, "--target", "loihi-like", "--data", f"npy:{folder}/x.npy",
                      "--engine", "cycle")["counters"]
        check(counts["spikes"] > 1000, f"the network is awake: {counts['spikes']} spikes")


if not SHARED.is_dir():
    print(f"SKIPPED: {sys.argv[2]}: no shared models at {SHARED} (SNNC_SHARED names another place)")
    sys.exit(0)
{f.__name__: f for f in (braille_float, braille_wide, norse, cnn)}[sys.argv[2]]()
