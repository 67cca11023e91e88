"""RANC's eight networks through the command line, against the rows of RANC's own simulator.

usage: ranc.py SNNC CASE. Reads ../shared/golden/ranc (or SNNC_SHARED) and says SKIPPED without it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SNNC_SHARED", ROOT.parent / "shared"))
GOLDEN = SHARED / "golden/ranc"
SNNC = sys.argv[1]
NETWORKS = range(8)


def check(holds, what):
    print(("ok    " if holds else "WRONG ") + what)
    if not holds:
        sys.exit(1)


def snnc(*arguments):
    """Runs snnc; its exit code must be 0. Returns what it printed."""
    command = [SNNC, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True)
    print(" ".join(command), f"-> {run.returncode}\n{run.stderr[-3000:]}")
    check(run.returncode == 0, "exit code 0")
    return run.stdout


def rows(engine):
    """The rows of the output bus, byte for byte."""
    for k in NETWORKS:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "rows.txt"
            snnc("run", GOLDEN / f"net_{k}.json", "--format", "ranc", "--config", GOLDEN / f"config_{k}.json",
                 "--ticks", 80, "--engine", engine, "--rows", out)
            same = out.read_bytes() == (GOLDEN / f"out_{k}.txt").read_bytes()
        check(same, f"network {k} on {engine}: the rows of out_{k}.txt")


def exact(engines, clocked):
    """Every spike and v of every neuron at every tick; between clocked engines cycles and counters."""
    for k in NETWORKS:
        result = json.loads(snnc("verify", GOLDEN / f"net_{k}.json", "--format", "ranc", "--ticks", 100,
                                 "--engines", ",".join(engines), "--json"))
        check(result["pass"] and result["ticks"] == 100, f"network {k}: pass, 100 ticks")
        check(len(result["pairs"]) == len(engines) * (len(engines) - 1) // 2, "every pair")
        for pair in result["pairs"]:
            counts = {key: value for key, value in pair.items() if key.endswith("_mismatches")}
            check(all(value in (0, None) for value in counts.values()), f"{pair['a']} {pair['b']}: {counts}")
            timed = {pair["a"], pair["b"]} <= clocked
            check((None not in counts.values()) == timed, "cycles and counters compared where there are two clocks")


def ranc_rows():
    rows("quant")
    rows("cycle")
    exact(["quant", "cycle"], {"cycle"})


def ranc_rtl():
    rows("rtl")
    exact(["quant", "cycle", "rtl"], {"cycle", "rtl"})


if not GOLDEN.is_dir():
    print(f"SKIPPED: no {GOLDEN} (set SNNC_SHARED)")
    sys.exit(0)
{"ranc_rows": ranc_rows, "ranc_rtl": ranc_rtl}[sys.argv[2]]()
