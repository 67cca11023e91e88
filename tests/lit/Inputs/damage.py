"""Flips bit 2 of a word of a $readmemh file. usage: damage.py IN COMMENT N OUT

N counts the words after the comment line that contains COMMENT, from 0.
"""

import sys

source, comment, n, out = sys.argv[1:]
lines = open(source).read().split("\n")
at = next(i for i, line in enumerate(lines) if line.startswith("//") and comment in line) + 1 + int(n)
lines[at] = f"{int(lines[at], 16) ^ 4:016x}"
open(out, "w").write("\n".join(lines))
