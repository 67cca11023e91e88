"""Rejects an #include that points up or sideways (docs/architecture.md has the layers).

The layer numbers are read from the snnc_library calls, so they stand in one place. A file may
include headers of its own folder and of folders with a lower number; compiler/ and runtime/ never
include each other; runtime/reference shares no arithmetic with the integer engines.
"""

import re

from rules import BUILD, ROOT, files, finish, relative

FORBIDDEN = {  # folder -> headers it must not see, and why
    "runtime/reference": (("common/support/fixed_point.h", "common/image/"),
                          "the reference shares no arithmetic with the integer engines"),
}


def library_layers():
    layers = {}
    for listing in files():
        if listing.name != "CMakeLists.txt":
            continue
        for number in re.findall(r"snnc_library\(\s*\w+\s+LAYER\s+(\d+)", listing.read_text()):
            layers[relative(listing.parent)] = int(number)
    return layers


def check(path, layers):
    folder = relative(path.parent)
    own = layers.get(folder, 9 if folder.startswith("tools/") else None)
    if own is None:
        return
    for number, line in enumerate(path.read_text().split("\n"), 1):
        match = re.match(r'\s*#include "((?:common|compiler|runtime|tools)/[^"]+)"', line)
        if not match:
            continue
        header = match.group(1)
        target = header.rsplit("/", 1)[0]
        where = f"{relative(path)}:{number}: "
        if not (ROOT / header).exists() and not (BUILD / "generated" / header).exists():
            yield f"{where}'{header}' does not exist"
        elif target != folder and layers.get(target, 9) >= own:
            yield f"{where}layer {own} may not include '{header}' of layer {layers.get(target, 9)}"
        elif {folder.split("/")[0], target.split("/")[0]} == {"compiler", "runtime"}:
            yield f"{where}compiler and runtime never include each other"
        for name in FORBIDDEN.get(folder, ((), ""))[0]:
            if header.startswith(name):
                yield f"{where}{FORBIDDEN[folder][1]}"


layers = library_layers()
sources = [p for p in files(".h", ".cpp") if relative(p).split("/")[0] in ("common", "compiler", "runtime", "tools")]
finish([finding for path in sources for finding in check(path, layers)], len(sources) if layers else 0)
