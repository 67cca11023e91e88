"""Every header compiles alone, so that include order never matters."""

import concurrent.futures
import json
import subprocess

from rules import BUILD, ROOT, files, finish, relative

# The flags of any file of ours, from the compile database.
database = json.loads((BUILD / "compile_commands.json").read_text())
words = next(entry["command"].split() for entry in database
             if entry["file"].endswith("tools/snnc/main.cpp"))
flags = [w for i, w in enumerate(words)
         if w.startswith(("-I", "-D", "-std", "-isystem")) or (i and words[i - 1] == "-isystem")]


def check(header):
    run = subprocess.run(["g++", *flags, "-fsyntax-only", "-x", "c++", str(header)],
                         capture_output=True, text=True, cwd=BUILD)
    return None if run.returncode == 0 else f"{relative(header)}:\n{run.stderr[:600]}"


headers = [h for h in files(".h") if relative(h).split("/")[0] in ("common", "compiler", "runtime", "tools")]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    findings = [f for f in pool.map(check, headers) if f]
finish(findings, len(headers))
