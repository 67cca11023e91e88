#!/usr/bin/env python3
"""Every mapper on the networks of docs/reference/mapping.md: cores, messages, hops, seconds.

  bench/mapping.py                   all but the network of a million neurons
  bench/mapping.py --large           that one, and two smaller ones of its kind: how time grows
  options: --only NAME,... --mappers M,... --neurons N (of the generated ones) --seed S --threads N
           --folder DIR (networks are kept there) --json

Prints a table in Markdown. `bound` is a lower bound of cores that counts neurons, synapse memory, input
axons and output slots; `messages` and `hops` are per tick with every neuron firing; `seconds` are those of
the passes partition and place, of this machine as busy as it is. "-": does not fit, or takes more than
--timeout seconds. Exits with 1 if `hyper` sends more messages than another mapper, saves less than 15 %
against contiguous, nengo and random on a network of communities, or takes 1.3 times the bound or more.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("SNNC_SHARED", ROOT.parent / "shared")).resolve()
MAPPERS = ["hyper", "contiguous", "nengo", "random", "cut"]
SIMPLE = ["contiguous", "nengo", "random"]

MODELS = {"mnist_mlp": ["mnist_mlp_snntorch.nir", "--encode", "direct", "--steps", "25"],
          "mnist_mlp_rate": ["mnist_mlp_rate_snntorch.nir"],
          "cnn_sinabs": ["nir/cnn_sinabs.nir"]}
# Kind, synapses per neuron and more of bench/networks.py.
GENERATED = {"communities": ["communities", "--synapses", "32"],
             "small-world": ["small-world", "--synapses", "32"],
             "local-2d": ["local-2d", "--synapses", "32"],
             "skewed": ["skewed", "--synapses", "16"],
             "layered": ["layered", "--synapses", "32"]}
LOCAL = {"local-100k": 100_000, "local-316k": 316_000, "local-1m": 1_000_000}


def networks(args):
    """[(name, what `compile` is told)]."""
    found = []
    wanted = set(args.only.split(",")) if args.only else None
    chosen = LOCAL if args.large else {**MODELS, **GENERATED}
    for name, how in chosen.items():
        if wanted and name not in wanted:
            continue
        if name in MODELS:
            if (SHARED / "models" / how[0]).exists():
                found.append((name, [str(SHARED / "models" / how[0]), *how[1:]]))
            else:
                print(f"SKIPPED: {name}: no shared models at {SHARED}", file=sys.stderr)
            continue
        neurons = how if name in LOCAL else args.neurons
        kind = ["local", "--synapses", "100"] if name in LOCAL else how
        out = Path(args.folder) / f"{name}_{neurons}_{args.seed}.json"
        if not out.exists():
            subprocess.run([sys.executable, ROOT / "bench/networks.py", kind[0], out, *kind[1:],
                            "--neurons", str(neurons), "--seed", str(args.seed)],
                           check=True, stdout=subprocess.DEVNULL)
        found.append((name, [str(out)]))
    return found


def measure(model, mapper, args):
    command = [ROOT / "build/snnc", "compile", *model, "--target", "loihi-like", "--mesh", "64x64", "--mapper", mapper,
               "--stop-after", "place", "--explain", "--json", "--time", "--seed", str(args.seed)]
    command += ["--threads", str(args.threads)] if args.threads else []
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=args.timeout)
    except subprocess.TimeoutExpired:
        return None
    if run.returncode != 0:
        return None
    report = json.loads(run.stdout)
    times = {name: float(ms) / 1e3 for name, ms in re.findall(r"^(\w+)\s+([\d.]+) ms", run.stderr, re.M)}
    return {"cores": report["cores_used"], "bound": report["bounds"]["cores_lower_bound"],
            "messages": report["traffic"]["messages_per_tick"],
            "least_messages": report["traffic"]["lower_bound_messages_per_tick"],
            "hops": report["traffic"]["hops_per_tick"], "partition": times["partition"], "place": times["place"]}


def faults(name, results):
    ours = results.get("hyper")
    if ours is None:
        return ["hyper does not fit"]
    found = [f"{mapper} sends fewer messages" for mapper, result in results.items()
             if result and result["messages"] < ours["messages"]]
    # Only hyper computes the tight bound: it is a property of the network.
    if ours["cores"] > 1 and ours["cores"] >= 1.3 * ours["bound"]:
        found.append(f"{ours['cores'] / ours['bound']:.2f} times the lower bound of cores")
    simple = [results[m]["messages"] for m in SIMPLE if results.get(m)]
    if name == "communities" and simple and ours["messages"] > 0.85 * min(simple):
        found.append("less than 15 % below the simple mappers")
    return found


def row(name, mapper, result, bound):
    if result is None:
        return f"| {name} | {mapper} | - | {bound} | - | - | - |"
    return (f"| {name} | {mapper} | {result['cores']:,} | {bound:,} | {result['messages']:,.0f} | {result['hops']:,.0f} | "
            f"{result['partition'] + result['place']:.2f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--mappers", default="")
    parser.add_argument("--neurons", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="0: all processors")
    parser.add_argument("--timeout", type=float, default=900.0)
    parser.add_argument("--folder", default="")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    mappers = args.mappers.split(",") if args.mappers else (["hyper"] if args.large else MAPPERS)
    with tempfile.TemporaryDirectory() as folder:
        args.folder = args.folder or folder
        everything, wrong = {}, []
        if not args.json:
            print("| network | mapper | cores | bound | messages | hops | seconds |")
            print("| --- | --- | --- | --- | --- | --- | --- |")
        for name, model in networks(args):
            results = {mapper: measure(model, mapper, args) for mapper in mappers}
            everything[name] = results
            wrong += [f"{name}: {fault}" for fault in faults(name, results)]
            bound = max([result["bound"] for result in results.values() if result], default="-")
            if not args.json:
                for mapper, result in results.items():
                    print(row(name, mapper, result, bound), flush=True)
        if args.json:
            print(json.dumps({"networks": everything, "wrong": wrong}, indent=1))
        for fault in wrong:
            print(f"WRONG {fault}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
