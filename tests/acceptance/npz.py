"""Reads and writes numeric .npy and .npz arrays with the standard library only."""

import array
import ast
import zipfile
from pathlib import Path

TYPES = {"|u1": "B", "|b1": "B", "|i1": "b", "<i4": "i", "<u4": "I", "<i8": "q", "<f4": "f", "<f8": "d"}


def parse_npy(raw, name):
    """(shape, flat array)."""
    assert raw[:6] == b"\x93NUMPY", name
    wide = raw[6] >= 2
    length = int.from_bytes(raw[8:12 if wide else 10], "little")
    start = (12 if wide else 10) + length
    header = ast.literal_eval(raw[12 if wide else 10:start].decode("latin1"))
    values = array.array(TYPES[header["descr"]])
    values.frombytes(raw[start:])
    shape = header["shape"]
    if header["fortran_order"] and len(shape) > 1:
        assert len(shape) == 2, name
        values = array.array(values.typecode, [values[column * shape[0] + row]
                                               for row in range(shape[0]) for column in range(shape[1])])
    return shape, values


def load_npy(path):
    return parse_npy(Path(path).read_bytes(), path)


def load(path):
    """name -> (shape, flat array)."""
    with zipfile.ZipFile(path) as archive:
        return {entry.removesuffix(".npy"): parse_npy(archive.read(entry), entry)
                for entry in archive.namelist()}


def save_npy(path, shape, values):
    """uint8, row-major."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {tuple(shape)!r}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    Path(path).write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little")
                           + header.encode("latin1") + bytes(values))
