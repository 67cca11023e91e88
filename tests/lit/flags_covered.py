"""Every flag in the tables of tools/snnc is used by some lit test. usage: flags_covered.py SOURCE"""

import re
import sys
from pathlib import Path

source = Path(sys.argv[1])
flags = set()
for path in sorted((source / "tools/snnc").glob("*.cpp")):
    flags |= set(re.findall(r'^\s*\{"(--[a-z0-9-]+)",', path.read_text(), re.M))
runs = "\n".join(line for path in sorted((source / "tests/lit").rglob("*.test"))
                 for line in path.read_text().splitlines() if "%snnc" in line or "RUN:" in line)
missing = [flag for flag in sorted(flags) if not re.search(re.escape(flag) + r"(?![a-z0-9-])", runs)]
for flag in missing:
    print(f"{flag}: no lit test uses it")
print(f"{len(flags)} flags, {len(missing)} without a test")
sys.exit(1 if missing or len(flags) < 30 else 0)
