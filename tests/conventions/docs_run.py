"""Runs the commands of the documentation.

Every fenced block that opens with ```sh run is executed with `bash -e` in a fresh copy of the
checkout's examples, `snnc` on the PATH. A block that opens with ```text output directly after it
lists lines that the output must contain.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from rules import BUILD, ROOT, files, finish, relative

BLOCK = re.compile(r"```sh run\n(.*?)```\n(?:\s*```text output\n(.*?)```)?", re.S)

findings = []
count = 0
for page in files(".md"):
    blocks = BLOCK.findall(page.read_text())
    if not blocks:
        continue
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder) / "examples")
        env = dict(os.environ, PATH=f"{BUILD}:{os.environ['PATH']}")
        for commands, expected in blocks:
            count += 1
            run = subprocess.run(["bash", "-e", "-c", commands], cwd=folder, env=env,
                                 capture_output=True, text=True)
            said = run.stdout + run.stderr
            if run.returncode != 0:
                findings.append(f"{relative(page)}: exit {run.returncode} from\n{commands}{said[-1500:]}")
            for line in (expected or "").split("\n"):
                if line.strip() and line.strip() not in said:
                    findings.append(f"{relative(page)}: '{line.strip()}' is not in the output of\n{commands}{said[-1500:]}")
finish(findings, count)
