"""What the convention tests share: the tracked files and a way to fail with every finding."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(sys.argv[1]).resolve()
BUILD = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else ROOT / "build"


def files(*suffixes):
    """Files of the project with one of the suffixes: tracked, or new and not ignored."""
    listed = shutil.which("git") and subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True)
    if listed and listed.returncode == 0:
        names = listed.stdout.split("\n")
        found = [ROOT / name for name in names if name]
    else:  # an unpacked archive, or no git
        found = [p for p in ROOT.rglob("*") if p.is_file()
                 and not any(part.startswith("build") or part == ".git"
                             for part in p.relative_to(ROOT).parts)]
    return sorted(p for p in found if p.exists() and (not suffixes or p.suffix in suffixes))


def relative(path):
    return path.relative_to(ROOT).as_posix()


def finish(findings, checked):
    """Prints findings and exits: 1 if there are any, or if nothing was checked at all."""
    for finding in findings:
        print(finding)
    if not checked:
        print("error: nothing was checked")
    print(f"{checked} checked, {len(findings)} wrong")
    sys.exit(1 if findings or not checked else 0)
