"""Networks of RANC on our engines: `snnc run --format ranc` writes RANC's own output file, byte by byte.

usage: ranc_engines.py SNNC SHARED ENGINE:NETWORKS ...    for example cycle:01234567 rtl:5

Exit code 77 (skipped) without the vectors in SHARED/golden/ranc.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

snnc, golden = sys.argv[1], Path(os.environ.get("SNNC_SHARED", sys.argv[2])) / "golden/ranc"
if not golden.is_dir():
    print(f"NOTHING WAS CHECKED: no {golden} (set SNNC_SHARED)")
    sys.exit(77)

failed = 0
with tempfile.TemporaryDirectory() as folder:
    for argument in sys.argv[3:]:
        engine, networks = argument.split(":")
        for k in networks:
            rows = Path(folder) / f"{engine}_{k}.txt"
            run = subprocess.run([snnc, "run", golden / f"net_{k}.json", "--format", "ranc", "--config",
                                  golden / f"config_{k}.json", "--ticks", "80", "--engine", engine,
                                  "--rows", rows, "-q"], capture_output=True, text=True)
            same = run.returncode == 0 and rows.read_bytes() == (golden / f"out_{k}.txt").read_bytes()
            print(f"network {k}, engine {engine}: {'same' if same else 'DIFFERENT ' + run.stderr}")
            failed += not same
sys.exit(1 if failed else 0)
