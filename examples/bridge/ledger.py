#!/usr/bin/python3
"""One ledger of the dense network and its spiking ones: every operation, counted in every way.

    python3 examples/bridge/ledger.py --mnist DIR [--snnc build/snnc] [MODEL.json ...]

Runs `snnc eval --json` on all 10,000 test images for each model (default: every one in this folder) and
prints Markdown tables. README.md has them; a test compares. Needs neither PyTorch nor NumPy.
"""

import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TARGET = "loihi-like"
# pJ per operation at 45 nm, 0.9 V: M. Horowitz, ISSCC 2014, Figure 1.1.9. Arithmetic alone: no memory,
# no control. An AC adds to a 32-bit sum; a MAC multiplies 8 bits first, or is float32 throughout.
AC, MAC8, MAC_FLOAT = 0.1, 0.2 + 0.1, 3.7 + 0.9


def evaluate(snnc, model, mnist):
    command = [snnc, "eval", str(model), "--target", TARGET, "--data", f"mnist:{mnist}:test", "--json", "-q"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit code {run.returncode}\n{run.stderr}")
    return json.loads(run.stdout)


def percent(share):
    return f"{100 * share:.2f} %"


def study_count(result, ffnn):
    """Operations between and behind the hidden layers in one tick, as the study counted, and the share of
    silent neuron-ticks; empty where there is one hidden layer only."""
    spikes, steps = result["spikes_per_sample"], result["steps"]
    if "hidden2" not in spikes:
        return None
    _, first, second, out = ffnn["sizes"]
    count = (spikes["hidden1"] * second + spikes["hidden2"] * out) / steps
    silent = 1 - (spikes["hidden1"] + spikes["hidden2"]) / steps / (first + second)
    return count, silent


def rows(results, ffnn):
    dense = ffnn["macs"]
    counts = ["| network | test accuracy | silent | study's count: hidden layers, one tick | 537,600 / it |",
              "| --- | ---: | ---: | ---: | ---: |",
              f"| FFNN | {percent(ffnn['test_accuracy'])} | {percent(1 - ffnn['active'])} | {ffnn['flops']:,} FLOPs | 1.0 |"]
    ledger = ["| network | test accuracy | ticks | ACs per tick | ACs | MACs | all | 268,800 / all | table davies2018 | arithmetic, 45 nm |",
              "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
              f"| FFNN, float32 | {percent(ffnn['test_accuracy'])} | 1 | 0 | 0 | {dense:,} | {dense:,} | 1.00 | - | {dense * MAC_FLOAT / 1e3:.2f} nJ |",
              f"| FFNN at 8 bits, not trained | | 1 | 0 | 0 | {dense:,} | {dense:,} | 1.00 | - | {dense * MAC8 / 1e3:.2f} nJ |"]
    for name, result in results:
        ops, right = result["ops"], percent(result["accuracy"]["image"])
        if study := study_count(result, ffnn):
            counts.append(f"| {name} | {right} | {percent(study[1])} | {study[0]:,.0f} | {ffnn['flops'] / study[0]:.1f} |")
        acs, macs = ops["synops"], ops["host_macs"]
        ledger.append(
            f"| {name} | {right} | {result['steps']} | {acs / result['steps']:,.0f} | {acs:,.0f} | {macs:,.0f} | "
            f"{acs + macs:,.0f} | {dense / (acs + macs):.2f} | {result['energy']['total_j'] * 1e9:,.1f} nJ | "
            f"{(acs * AC + macs * MAC8) / 1e3:.2f} nJ |")
    return counts + [""] + ledger


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True, help="folder of the IDX files")
    parser.add_argument("--snnc", default="build/snnc")
    parser.add_argument("models", nargs="*", type=pathlib.Path, metavar="MODEL.json")
    args = parser.parse_args()
    ffnn = json.loads((HERE / "ffnn/ffnn.json").read_text())
    models = args.models or sorted(HERE.rglob("model.json"), key=lambda path: (len(path.parts), path))
    results = [(model.resolve().parent.relative_to(HERE).as_posix(), evaluate(args.snnc, model, args.mnist))
               for model in models]
    print("\n".join(rows(results, ffnn)))


if __name__ == "__main__":
    main()
