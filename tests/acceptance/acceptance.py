"""The main job on networks that other people trained, through the command line alone.

usage: acceptance.py SNNC CASE. Reads ../shared/models (or SNNC_SHARED) and says SKIPPED without it.
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
SNNC = sys.argv[1]
DIRECT = [str(SHARED / "models/mnist_mlp_snntorch.nir"), "--steps", "25", "--encode", "direct"]
RATE = [str(SHARED / "models/mnist_mlp_rate_snntorch.nir"), "--steps", "25", "--encode", "rate"]
TEST = f"mnist:{SHARED}/data/mnist:test"
TRAIN = f"mnist:{SHARED}/data/mnist:train"


def snnc(*arguments, data=("--data", TEST)):
    """Runs snnc with --json and returns the object; its exit code must be 0."""
    command = [SNNC, *arguments, "--target", "loihi-like", *data, "--json"]
    run = subprocess.run(command, capture_output=True, text=True)
    print(" ".join(command), f"-> {run.returncode}\n{run.stdout}\n{run.stderr[-3000:]}")
    check(run.returncode == 0, "exit code 0")
    return json.loads(run.stdout)


def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        sys.exit(1)


def mnist_eval():
    """All 10,000 test images: float equals the recording, the image stays within 30 predictions."""
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/predictions.npz"
        result = snnc("eval", *DIRECT, "--predictions", out)
        arrays = npz.load(out)
    accuracy = result["accuracy"]
    check(result["samples"] == 10000, "10,000 samples")
    check(accuracy["float"] == 0.9660, f"float accuracy 0.9660: {accuracy['float']}")
    check(accuracy["image"] >= 0.9650, f"image accuracy >= 0.9650: {accuracy['image']}")
    recorded = npz.load(SHARED / "models/mnist_mlp_snntorch_spikes.npz")["pred"][1]
    floats, image = arrays["float"][1], arrays["image"][1]
    wrong = sum(a != b for a, b in zip(floats, recorded, strict=True))
    check(wrong == 0, f"float predictions equal the recording: {wrong} differ")
    moved = sum(a != b for a, b in zip(floats, image, strict=True))
    check(moved <= 30, f"at most 30 predictions of the image differ from float: {moved}")
    same = sum(a != b for a, b in zip(arrays["quant"][1], image, strict=True))
    check(same == 0, f"quant and image predict the same: {same} differ")


def mnist_calibrated():
    """Few bits, chosen on training images alone: the figures of all 10,000 test images."""
    for bits, least in ((4, 0.9655), (3, 0.9630), (2, 0.9520)):
        with tempfile.TemporaryDirectory() as folder:
            image = f"{folder}/mnist.snnimg"
            compiled = snnc("compile", *DIRECT, "--weight-bits", str(bits), "--calibrate", TRAIN,
                            "-o", image, data=())
            result = snnc("eval", image)
        widths = [layer["weight_bits"] for layer in compiled["layers"]]
        check(widths == [bits] * 3, f"every layer, the host's too, has {bits} bits: {widths}")
        check(result["samples"] == 10000, "10,000 samples")
        accuracy = result["accuracy"]["image"]
        check(accuracy >= least, f"image accuracy at {bits} bits >= {least}: {accuracy}")


def exact(result, samples, cores):
    check(result["pass"] and result["samples"] == samples, f"pass over {samples} samples")
    check(result["cores_used"] >= cores, f"at least {cores} cores: {result['cores_used']}")
    check(result["image_equals_network"] is True, "the image decodes into the network")
    names = {frozenset((pair["a"], pair["b"])) for pair in result["pairs"]}
    check({frozenset(("quant", "cycle")), frozenset(("cycle", "rtl"))} <= names, f"pairs: {names}")
    for pair in result["pairs"]:
        counts = {key: value for key, value in pair.items() if key.endswith("_mismatches")}
        check(all(value in (0, None) for value in counts.values()), f"{pair['a']} {pair['b']}: {counts}")
        if {pair["a"], pair["b"]} == {"cycle", "rtl"}:
            check(None not in counts.values(), "cycle and rtl compare cycles and counters")


def mnist_verify():
    exact(snnc("verify", *DIRECT, "--samples", "20", "--engines", "quant,cycle,rtl"), 20, 1)


def fast_equals_quant():
    """All 10,000 predictions, and every state of 200 images."""
    predictions = [snnc("run", *DIRECT, "--engine", engine)["predictions"] for engine in ("fast", "quant")]
    check(len(predictions[0]) == 10000, f"all test images: {len(predictions[0])}")
    wrong = sum(a != b for a, b in zip(*predictions, strict=True))
    check(wrong == 0, f"fast and quant predict the same: {wrong} differ")
    result = snnc("verify", *DIRECT, "--samples", "200", "--engines", "quant,fast,cycle")
    counts = {key: value for pair in result["pairs"] for key, value in pair.items() if key.endswith("_mismatches")}
    check(result["pass"] and result["samples"] == 200, f"every spike and state of 200 images: {counts}")
    exact(snnc("verify", *RATE, "--samples", "20", "--engines", "quant,fast,cycle,rtl"), 20, 3)


def exact_figures():
    """What the machine counts is exact: a change of one of these needs a reason. Three images of each."""
    goldens = json.loads((Path(__file__).parent / "figures.json").read_text())
    for name, model in (("direct", DIRECT), ("rate", RATE)):
        run = snnc("run", *model, "--samples", "3", "--engine", "cycle")
        counters = run["counters"]
        figures = {"cycles": run["cycles"], "tick_cycles": counters["tick_cycles"], "synops": counters["synops"],
                   "messages": counters["messages"],
                   "hops": sum(value for key, value in counters.items() if "hops" in key),
                   "image_bytes": image_bytes(model)}
        check(figures == goldens[name], f"{name}: {figures}")


def image_bytes(model):
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder) / "m.snnimg"
        subprocess.run([SNNC, "compile", *model, "--target", "loihi-like", "-o", image, "--quiet"],
                       check=True, stdout=subprocess.DEVNULL)
        return image.stat().st_size


def rate_verify():
    """Its synapses need 2.3 cores, so spikes cross the mesh."""
    exact(snnc("verify", *RATE, "--samples", "5", "--engines", "quant,cycle,rtl"), 5, 3)
    counters = snnc("run", *RATE, "--samples", "0:1", "--engine", "cycle")["counters"]
    hops = sum(value for key, value in counters.items() if key.startswith("hops"))
    check(hops > 0, f"messages cross between cores: {hops} hops")


def four_cores_verify():
    for model in (DIRECT, RATE):
        exact(snnc("verify", *model, "--samples", "5", "--engines", "quant,cycle,rtl",
                   "--max-neurons-per-core", "160", "--mesh", "2x2"), 5, 4)


if not SHARED.is_dir():
    print(f"SKIPPED: {sys.argv[2]}: no shared models at {SHARED} (SNNC_SHARED names another place)")
    sys.exit(0)
{f.__name__: f for f in (mnist_eval, mnist_calibrated, mnist_verify, fast_equals_quant, exact_figures,
                         rate_verify, four_cores_verify)}[sys.argv[2]]()
