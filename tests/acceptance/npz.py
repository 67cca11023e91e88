"""Reads integer arrays of an .npz with the standard library only."""

import array
import ast
import zipfile

TYPES = {"|u1": "B", "|b1": "B", "|i1": "b", "<i4": "i", "<u4": "I", "<i8": "q", "<f4": "f", "<f8": "d"}


def load(path):
    """name -> (shape, flat array)."""
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for entry in archive.namelist():
            raw = archive.read(entry)
            assert raw[:6] == b"\x93NUMPY", entry
            wide = raw[6] >= 2
            length = int.from_bytes(raw[8:12 if wide else 10], "little")
            start = (12 if wide else 10) + length
            header = ast.literal_eval(raw[12 if wide else 10:start].decode("latin1"))
            values = array.array(TYPES[header["descr"]])
            values.frombytes(raw[start:])
            arrays[entry.removesuffix(".npy")] = (header["shape"], values)
    return arrays
