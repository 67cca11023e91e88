"""lit configuration. Substitutions:

  %snnc        the binary
  %exits N     runs the rest of the command and requires exactly exit code N
  %json PATH   reads a JSON object from stdin; prints the value at a dotted path, one line
  %npy OUT ... writes arrays (npy.py)      %npzshow FILE  lists the arrays of a .npz
  %flip IN OFFSET OUT  copies with one bit flipped      %damage IN COMMENT N OUT  likewise of a word      %source  the checkout
  %targets     the project's targets/         %inputs   tests/lit/Inputs
  %shared      models that other people trained; tests that need them say REQUIRES: shared
  FileCheck, split-file, not: LLVM's
"""

import os
import subprocess
import sys
from pathlib import Path

import lit.formats

source = Path(lit_config.params["source"])
here = source / "tests/lit"
shared = Path(os.environ.get("SNNC_SHARED", source.parent / "shared"))

config.name = "snnc"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test"]
config.excludes = ["Inputs"]
config.test_source_root = str(here)
config.test_exec_root = lit_config.params["exec_root"]

# The tests see nothing of the user's settings.
config.environment["PATH"] = lit_config.params["llvm_tools"] + os.pathsep + os.environ["PATH"]
config.environment["SNNC_TARGETS"] = str(source / "targets")
config.environment["XDG_CACHE_HOME"] = str(Path(config.test_exec_root) / "cache")

python = sys.executable
config.substitutions += [
    ("%snnc", lit_config.params["snnc"]),
    ("%exits", f"{python} {here}/exits.py"),
    ("%json", f"{python} {here}/json_path.py"),
    ("%npzshow", f"{python} {here}/npz_show.py"),
    ("%npy", f"{python} {here}/npy.py"),
    ("%damage", f"{python} {here}/Inputs/damage.py"),
    ("%flip", f"{python} {here}/flip.py"),
    ("%source", str(source)),
    ("%targets", str(source / "targets")),
    ("%inputs", str(here / "Inputs")),
    ("%shared", str(shared)),
]
# Programs with the address sanitizer do not start in a limited address space.
limited = ["bash", "-c", f"ulimit -v 3000000; exec {lit_config.params['snnc']} --version"]
if subprocess.run(limited, capture_output=True).returncode == 0:
    config.available_features.add("ulimit")
if shared.is_dir():
    config.available_features.add("shared")
else:
    lit_config.note(f"no shared models at {shared} (SNNC_SHARED names another place): "
                    "tests that REQUIRE them are UNSUPPORTED")
