#!/usr/bin/env python3
"""Throughput of the engines beside the peers and the machine's limits, in one run.

  bench/compare.py                 this checkout
  bench/compare.py --base REV      and the benchmark of another commit, built in a worktree beside it
  options: --rounds N (default 5), --jobs N, --no-peers, --json

Everything runs once per round, one after the other, so that a busy machine is busy for all of them;
ratios are taken within a round, and medians of the rounds are printed. What is built where: build/
of the checkout, and build-base/ for REV. Peers run where they are installed (python3-torch,
python3-brian). Needs ../shared (or SNNC_SHARED) and libbenchmark-dev. docs/performance.md.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("SNNC_SHARED", ROOT.parent / "shared")).resolve()
ENV = {**os.environ, "SNNC_SHARED": str(SHARED), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def build(source, folder, jobs):
    subprocess.run(["cmake", "-S", source, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"],
                   check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["ninja", "-C", folder, f"-j{jobs}", "snnc_bench"], check=True, stdout=subprocess.DEVNULL)
    return folder / "bench/snnc_bench"


def build_base(revision, jobs):
    """Of a commit that has no benchmark yet there is nothing to run."""
    # HEAD~1 is this checkout's, not that of the worktree.
    revision = subprocess.run(["git", "-C", ROOT, "rev-parse", "--verify", revision + "^{commit}"], check=True,
                              capture_output=True, text=True).stdout.strip()
    tree = ROOT / "build-base/source"
    if not tree.is_dir():
        subprocess.run(["git", "-C", ROOT, "worktree", "prune"], check=True)
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--detach", tree, revision], check=True)
    subprocess.run(["git", "-C", tree, "checkout", "-q", "--detach", revision], check=True)
    if not (tree / "bench/CMakeLists.txt").is_file():
        sys.exit(f"error: {revision} has no bench/: give a commit that has")
    return build(tree, ROOT / "build-base/build", jobs)


def engines(binary):
    """name -> counters of Google Benchmark, seconds of wall time per iteration as `real`."""
    run = subprocess.run([binary, "--benchmark_format=json", "--benchmark_min_time=0.2"], env=ENV,
                         capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"error: {binary} fails:\n{run.stderr[-2000:]}")
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
    result = {}
    for row in json.loads(run.stdout)["benchmarks"]:
        if row.get("error_occurred"):
            continue
        # Google Benchmark's rates are per second of processor time; all of ours use one thread.
        label = row.get("label")
        row["real"] = row["real_time"] * units[row["time_unit"]]
        row["cpu"] = row["cpu_time"] * units[row["time_unit"]]
        result[f"fast {label}" if label else row["name"]] = row
    return result


def peer(script, *arguments):
    run = subprocess.run(["/usr/bin/python3", ROOT / "bench/peers" / script, SHARED, *map(str, arguments)],
                         env=ENV, capture_output=True, text=True, cwd=ROOT / "bench/peers")
    if run.returncode != 0:
        return None  # not installed
    return json.loads(run.stdout.strip().splitlines()[-1])["seconds_per_sample"]


def one_round(binary, peers):
    """Wall seconds per sample by name, and the limits."""
    rows = engines(binary)
    samples = {name: row["real"] / (row["samples/s"] * row["cpu"]) for name, row in rows.items()
               if "samples/s" in row and not name.startswith("sparse/")}
    spikes = {name: row["real"] / (row["spikes/s"] * row["cpu"]) for name, row in rows.items()
              if name.startswith("sparse/")}
    times = dict(samples)
    if "compile" in rows:
        times["compile"] = rows["compile"]["real"]
    if peers:
        for name, script, count in (("torch, dense", "torch_loop.py", 5000), ("brian2, standalone", "brian2_mlp.py", 200)):
            seconds = peer(script, count)
            if seconds is not None:
                times[name] = seconds
    rate = {name: row["adds/s"] * row["cpu"] / row["real"] for name, row in rows.items() if "adds/s" in row}
    rate |= {name: row["bytes/s"] * row["cpu"] / row["real"] for name, row in rows.items() if "bytes/s" in row}
    best = min((name for name in samples if name.startswith("fast")), key=samples.get)
    return {"times": times, "spikes": spikes, "limits": rate, "best": best, "synops": rows[best]["synops/sample"],
            "cycles": {name: row["cycles/s"] / row["samples/s"] for name, row in rows.items() if "cycles/s" in row}}


def ratios(done):
    """Of one round: how often faster the best fast path is, cycle against rtl, and the roofline."""
    times, limits = done["times"], done["limits"]
    fast = times[done["best"]]
    found = {f"{name} / fast": seconds / fast for name, seconds in times.items() if "," in name}
    if "rtl" in times:
        found["rtl / cycle"] = times["rtl"] / times["cycle"]
    if "sparse/large" in done["spikes"]:
        found["time per spike, large / small"] = done["spikes"]["sparse/large"] / done["spikes"]["sparse/small"]
    # A synaptic operation is one addition of a narrow integer and one byte of weights, from L2.
    roof = min(limits["limit/int16_adds"], limits["limit/read_KiB/256"])
    found["roofline share of fast"] = done["synops"] / fast / roof
    return found


def medians(dicts):
    keys = [key for key in dicts[0] if all(key in d for d in dicts)]
    return {key: statistics.median(d[key] for d in dicts) for key in keys}


def show(title, times, synops):
    print(f"\n{title}\n{'':28}{'per sample':>12}{'samples/s':>12}{'synops/s':>12}")
    for name, seconds in times.items():
        per = f"{name:28}{seconds * 1e6:9.2f} us"
        print(per if name == "compile" else f"{per}{1 / seconds:12.0f}{synops / seconds:12.3g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print(f"SKIPPED: no shared models at {SHARED} (SNNC_SHARED names another place)")
        return
    binary = build(ROOT, ROOT / "build", options.jobs)
    base = build_base(options.base, options.jobs) if options.base else None
    rounds, base_rounds = [], []
    for i in range(options.rounds):
        print(f"round {i + 1} of {options.rounds}", file=sys.stderr)
        rounds.append(one_round(binary, not options.no_peers))
        if base:
            base_rounds.append(one_round(base, False))
    times, limits = medians([r["times"] for r in rounds]), medians([r["limits"] for r in rounds])
    found = medians([ratios(r) for r in rounds])
    if base:
        found |= medians([{f"base {name} / {name}": b["times"][name] / r["times"][name]
                           for name in r["times"] if name in b["times"]}
                          for r, b in zip(rounds, base_rounds)])
    if options.json:
        print(json.dumps({"seconds": times, "limits": limits, "ratios": found, "cycles": rounds[0]["cycles"]}, indent=1))
        return
    show("medians", times, rounds[0]["synops"])
    print("\nlimits of this machine, one thread")
    for name, rate in limits.items():
        print(f"{name:28}{rate / 1e9:9.1f} G/s")
    print("\nratios, medians of paired runs")
    for name, ratio in found.items():
        print(f"{name:44}{ratio:9.2f}")


if __name__ == "__main__":
    main()
