"""Cell counts of the cores, exactly, and the tables of docs/reference/synthesis.md.

usage: golden.py ROOT BUILD [--update] [TARGET ...]

Runs `snnc synth` for the targets (default: all of RUNS) and compares with golden.json beside this file.
The counts hold for one version of Yosys, which golden.json names; with another one the test is skipped
(exit code 77). A change of the RTL changes counts: look at the difference, then run with --update, which
also rewrites the page.
"""

import json
import subprocess
import sys
from pathlib import Path

RUNS = {"loihi-like": "xilinx", "truenorth-like": "xilinx", "tiny": "xilinx,generic"}
BEGIN, END = "<!-- tables of hw/synth/golden.py -->\n", "<!-- end of tables -->\n"

root, build = Path(sys.argv[1]), Path(sys.argv[2])
update = "--update" in sys.argv
golden_file = root / "hw/synth/golden.json"
page_file = root / "docs/reference/synthesis.md"


def synth(target):
    """What golden.json keeps of `snnc synth --json`."""
    run = subprocess.run([str(build / "snnc"), "synth", "--target", target, "--tech", RUNS[target], "--json"],
                         capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"snnc synth --target {target}: {run.stderr}")
    result = json.loads(run.stdout)
    return {key: result[key] for key in ("neurons", "cycles_per_synop", "idle_tick_cycles", "runs")}


def blocks(cells):
    return " + ".join(f"{n:,} {name.removesuffix('E1')}" for name, n in cells.items()) or "-"


def row(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |\n"


def tables(results):
    """The Markdown between the marks."""
    text = row("core", "neurons", "LUT", "FF", "DSP", "block memory", "LUT memory",
               "cycles per synaptic operation", "cycles of an idle tick")
    text += row("---", *["---:"] * 4, "---", "---", "---:", "---:")
    for target in ("loihi-like", "truenorth-like"):
        result = results[target]
        xilinx, idle = result["runs"][0], result["idle_tick_cycles"]
        brams = {name: n for name, n in xilinx["cells"].items() if name.startswith("RAMB")}
        text += row(f"`{target}`", f"{result['neurons']:,}", f"{xilinx['luts']:,}", f"{xilinx['ffs']:,}",
                    xilinx["dsps"], blocks(brams), blocks(xilinx["lut_ram"]),
                    f"1/{1 / result['cycles_per_synop']:.0f}", f"{idle['asleep']:,} to {idle['awake']:,}")
    for other in json.loads((root / "hw/synth/baselines.json").read_text())["cores"]:
        text += row(other["name"], f"{other['neurons']:,}", f"{other['luts']:,}", f"{other['ffs']:,}",
                    other["dsps"], other["brams"], other["lut_ram"] or "-", other["cycles_per_synop"],
                    f"{other['idle_tick']:,}")
    text += "\n" + row("target", "technology", "cells", "LUT", "FF", "DSP", "memories", "longest path")
    text += row("---", "---", *["---:"] * 6)
    for target, result in results.items():
        for run in result["runs"]:
            memories = run["memories"] or run["brams"] + sum(run["lut_ram"].values())
            luts = "-" if run["luts"] is None else f"{run['luts']:,}"
            text += row(f"`{target}`", run["tech"], f"{run['cell_count']:,}", luts, f"{run['ffs']:,}",
                        run["dsps"], memories, f"{run['longest_path']:,} {run['longest_path_unit']}")
    return text


def check_page(fresh):
    page = page_file.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    wanted = before + BEGIN + fresh + END + after
    if wanted == page:
        return []
    if update:
        page_file.write_text(wanted)
        return []
    return [f"{page_file.relative_to(root)}: its tables are not those of golden.json"]


def differences(golden, fresh, path=""):
    """Every leaf that differs, one line each."""
    if isinstance(golden, dict) and isinstance(fresh, dict):
        for key in sorted(set(golden) | set(fresh)):
            yield from differences(golden.get(key), fresh.get(key), f"{path}/{key}")
    elif isinstance(golden, list) and isinstance(fresh, list) and len(golden) == len(fresh):
        for index, pair in enumerate(zip(golden, fresh)):
            yield from differences(*pair, f"{path}/{index}")
    elif golden != fresh:
        yield f"{path}: golden.json has {golden}, Yosys counts {fresh}"


golden = json.loads(golden_file.read_text()) if golden_file.exists() else {}
asked = [word for word in sys.argv[3:] if not word.startswith("--")] or list(RUNS)
fresh = {target: synth(target) for target in asked}
if update:
    golden = {target: fresh.get(target) or golden[target] for target in RUNS}
    golden_file.write_text(json.dumps(golden, indent=1) + "\n")
yosys = [golden[asked[0]]["runs"][0]["yosys"], fresh[asked[0]]["runs"][0]["yosys"]]
if yosys[0] != yosys[1]:
    print(f"SKIPPED: golden.json is of {yosys[0]}, this is {yosys[1]}")
    sys.exit(77)
findings = [line for target in asked for line in differences(golden[target], fresh[target], target)]
findings += check_page(tables(golden))
for finding in findings:
    print(finding)
if findings:
    print("if the RTL is meant to change: python3 hw/synth/golden.py . build --update")
sys.exit(1 if findings else 0)
