"""Small rules that reviewers would otherwise repeat.

Libraries neither print nor exit; no file names a package registry or a path of somebody's machine;
no marks of unfinished work.
"""

import re

from rules import files, finish, relative

LIBRARY = re.compile(r"\b(std::cout|std::cerr|llvm::outs\(|llvm::errs\(|std::exit\(|\bexit\(|\babort\(|printf\()")
ANYWHERE = {
    re.compile(r"\b(TODO|FIXME|XXX)\b"): "mark of unfinished work",
    re.compile(r"deb\.debian\.org|registry\.npmjs|pypi\.org|crates\.io"): "names a package registry",
    re.compile(r"(?<![\w./])/(?:home|root|work)/"): "path of one machine",
}

findings = []
sources = [p for p in files() if p.suffix in (".h", ".cpp", ".py", ".sv", ".svh", ".md", ".sh", ".txt", ".cmake", ".json", ".test", ".snn")
           and p.name != "house_rules.py"]
for path in sources:
    name = relative(path)
    library = name.split("/")[0] in ("common", "compiler", "runtime") and path.suffix in (".h", ".cpp")
    for number, line in enumerate(path.read_text(errors="replace").split("\n"), 1):
        if library and LIBRARY.search(line) and "snprintf" not in line and "//" != line.strip()[:2]:
            findings.append(f"{name}:{number}: a library prints or exits: {line.strip()}")
        for pattern, what in ANYWHERE.items():
            if pattern.search(line):
                findings.append(f"{name}:{number}: {what}: {line.strip()[:80]}")
finish(findings, len(sources))
