"""npz_show.py FILE [NAME]: a line per array, by name: name, type, shape; and NAME's uint8 values."""

import ast
import struct
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    for name in sorted(archive.namelist()):
        data = archive.read(name)
        length = struct.unpack("<H", data[8:10])[0]
        header = ast.literal_eval(data[10:10 + length].decode())
        name = name.removesuffix(".npy")
        values = list(data[10 + length:]) if sys.argv[2:] == [name] else []
        print(name, header["descr"], header["shape"], *values)
