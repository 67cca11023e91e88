#!/usr/bin/env python3
"""Compiles local networks of three sizes and prints what each stage takes, and how it grows.

  bench/scale.py [--sizes 10000,100000,1000000] [--synapses K] [--kind KIND] [--no-shuffle]
                 [--mapper M] [--threads N] [--seed S] [--folder DIR] [--json]

Networks are made by bench/networks.py in DIR (default: a temporary folder; what is there already is
taken again) and compiled for `loihi-like --mesh 64x64` by build/snnc. Wall time and memory are the
process's, from file to image; stages are those of `--time`. The exponent is the slope of log time
against log synapses; S log S would show as the exponent printed beside it. docs/performance.md.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STAGE = re.compile(r"^(\w+) +([\d.]+) ms(?: +verify +([\d.]+) ms)? +peak +(\d+) MiB", re.M)


def network(args, neurons):
    name = f"{args.kind}-{neurons}-{args.synapses}-{args.seed}{'-ordered' if args.no_shuffle else ''}"
    path = args.folder / f"{name}.json"
    if not path.is_file():
        command = ["/usr/bin/python3", ROOT / "bench/networks.py", args.kind, path, "--neurons", str(neurons),
                   "--synapses", str(args.synapses), "--seed", str(args.seed)]
        subprocess.run(command + ["--no-shuffle"] * args.no_shuffle, check=True, stdout=sys.stderr)
    return path


def compile_one(args, neurons):
    model = network(args, neurons)
    image = args.folder / f"{model.stem}.snnimg"
    command = [ROOT / "build/snnc", "compile", model, "--target", "loihi-like", "--mesh", "64x64", "-o", image,
               "--time", "--json", "--threads", str(args.threads)]
    command += ["--mapper", args.mapper] if args.mapper else []
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        out.seek(0), err.seek(0)
        report, log = out.read(), err.read()
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"error: {' '.join(map(str, command))} fails:\n{log[-2000:]}")
    found = json.loads(report)
    stages = {name: float(ms) / 1e3 for name, ms, _, _ in STAGE.findall(log)}
    verifiers = sum(float(ms) / 1e3 for _, _, ms, _ in STAGE.findall(log) if ms)
    return {"neurons": neurons, "synapses": found["synapses"], "cores": found["cores_used"], "wall_s": wall,
            "cpu_s": usage.ru_utime + usage.ru_stime, "peak_bytes": usage.ru_maxrss * 1024,
            "image_bytes": image.stat().st_size, "sha256": found["sha256"],
            "stages_s": stages | {"verifiers": verifiers}, "validation_share": stages["validate"] / wall}


def exponent(rows, value):
    """Least squares over log(synapses), log(value)."""
    points = [(math.log(row["synapses"]), math.log(value(row))) for row in rows]
    mean = [sum(axis) / len(points) for axis in zip(*points)]
    return (sum((x - mean[0]) * (y - mean[1]) for x, y in points) / sum((x - mean[0]) ** 2 for x, _ in points))


def show(rows):
    stages = list(rows[0]["stages_s"])
    lines = [("neurons", lambda r: f"{r['neurons']:,}"), ("synapses", lambda r: f"{r['synapses']:,}"),
             ("cores", lambda r: f"{r['cores']:,}"), ("wall s", lambda r: f"{r['wall_s']:.2f}"),
             ("processor s", lambda r: f"{r['cpu_s']:.2f}"),
             ("peak GiB", lambda r: f"{r['peak_bytes'] / 2**30:.2f}"),
             ("image MiB", lambda r: f"{r['image_bytes'] / 2**20:.1f}"),
             ("validation", lambda r: f"{100 * r['validation_share']:.1f} %")]
    lines += [(f"  {stage} s", lambda r, s=stage: f"{r['stages_s'].get(s, 0):.2f}") for stage in stages]
    for title, cell in lines:
        print(f"{title:16}" + "".join(f"{cell(row):>16}" for row in rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--synapses", type=int, default=100, help="per neuron")
    parser.add_argument("--kind", default="local")
    parser.add_argument("--no-shuffle", action="store_true")
    parser.add_argument("--mapper")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        args.folder = args.folder or Path(scratch)
        args.folder.mkdir(parents=True, exist_ok=True)
        rows = [compile_one(args, int(size)) for size in args.sizes.split(",")]
    if args.json:
        print(json.dumps({"seed": args.seed, "kind": args.kind, "rows": rows}, indent=2))
        return 0
    print(f"{args.kind}, seed {args.seed}, {'in order' if args.no_shuffle else 'shuffled'}, {args.threads} threads")
    show(rows)
    if len(rows) > 1:
        reached = exponent(rows, lambda row: row["wall_s"])
        bound = exponent(rows, lambda row: row["synapses"] * math.log(row["synapses"]))
        print(f"time grows as synapses^{reached:.3f}; S log S as synapses^{bound:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
