"""RANC's eight networks through the command line: every row of its simulator's output, on one engine.

usage: ranc_cli.py SNNC quant|cycle|rtl. Reads ../shared/golden (or SNNC_SHARED) and says SKIPPED
without it.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(os.environ.get("SNNC_SHARED", ROOT.parent / "shared")) / "golden/ranc"
SNNC, ENGINE = sys.argv[1:3]

if not GOLDEN.is_dir():
    print(f"SKIPPED: golden/ranc_{ENGINE}: no {GOLDEN} (set SNNC_SHARED)")
    sys.exit(0)

wrong = 0
for k in range(8):
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.txt"
        command = [SNNC, "run", str(GOLDEN / f"net_{k}.json"), "--format", "ranc", "--config",
                   str(GOLDEN / f"config_{k}.json"), "--ticks", "80", "--engine", ENGINE, "--rows",
                   str(rows)]
        run = subprocess.run(command, capture_output=True, text=True)
        same = run.returncode == 0 and rows.read_bytes() == (GOLDEN / f"out_{k}.txt").read_bytes()
        print(("ok    " if same else "WRONG ") + " ".join(command), run.stderr[-2000:])
        wrong += not same
print(f"{8 - wrong} of 8 networks give every row")
sys.exit(1 if wrong else 0)
