"""Every diagnostic code is raised somewhere and hit by some test."""

import re

from rules import ROOT, files, finish, relative

codes = re.findall(r"^SNNC_DIAG\((\d+), (\w+),", (ROOT / "common/support/diag_codes.def").read_text(), re.M)
product = "\n".join(p.read_text() for p in files(".h", ".cpp")
                    if relative(p).split("/")[0] in ("common", "compiler", "runtime", "tools"))
tests = "\n".join(p.read_text(errors="replace") for p in files()
                  if relative(p).startswith("tests/") and p.suffix not in (".npy", ".nir", ".snnimg"))
findings = []
for number, name in codes:
    if f"DiagCode::{name}" not in product:
        findings.append(f"SNN{number} {name}: nobody raises it")
    if f"SNN{number}" not in tests and f"DiagCode::{name}" not in tests:
        findings.append(f"SNN{number} {name}: no test hits it")
if len({number for number, _ in codes}) != len(codes):
    findings.append("a number is used twice")
finish(findings, len(codes))
