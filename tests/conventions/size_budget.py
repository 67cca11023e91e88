"""Files stay small: 500 lines of C++ or Python, 400 of an RTL module (CONTRIBUTING.md)."""

from rules import files, finish, relative

BUDGET = {".h": 500, ".cpp": 500, ".py": 500, ".sv": 400, ".svh": 400}

sources = files(*BUDGET)
findings = []
for path in sources:
    lines = path.read_text().count("\n")
    if lines > BUDGET[path.suffix]:
        findings.append(f"{relative(path)}: {lines} lines, budget {BUDGET[path.suffix]}")
finish(findings, len(sources))
