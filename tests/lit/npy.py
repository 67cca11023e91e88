"""npy.py OUT TYPE SHAPE VALUES...: writes an array as .npy, or several as .npz.

npy.py x.npy u1 2x3 0 1 0 1 1 0          missing values repeat the ones given
npy.py d.npz x:f4 1x3 0 0.5 1 y:i4 1 0   .npz: every array starts with name:type
"""

import itertools
import struct
import sys
import zipfile

CODES = {"u1": "B", "i4": "i", "i8": "q", "f4": "f", "f8": "d"}


def npy(kind, shape, values):
    extents = [int(part) for part in shape.split("x")]
    count = 1
    for extent in extents:
        count *= extent
    numbers = [float(v) if kind[0] == "f" else int(v) for v in values]
    numbers = list(itertools.islice(itertools.cycle(numbers), count)) if numbers else []
    order = "|" if kind == "u1" else "<"
    shape_text = "(" + "".join(f"{extent}," for extent in extents) + ")"
    header = f"{{'descr': '{order}{kind}', 'fortran_order': False, 'shape': {shape_text}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
            + struct.pack(f"<{count}{CODES[kind]}", *numbers))


out, rest = sys.argv[1], sys.argv[2:]
if out.endswith(".npy"):
    with open(out, "wb") as file:
        file.write(npy(rest[0], rest[1], rest[2:]))
else:
    starts = [i for i, word in enumerate(rest) if ":" in word] + [len(rest)]
    with zipfile.ZipFile(out, "w") as archive:
        for begin, end in zip(starts, starts[1:]):
            name, kind = rest[begin].split(":")
            archive.writestr(name + ".npy", npy(kind, rest[begin + 1], rest[begin + 2:end]))
