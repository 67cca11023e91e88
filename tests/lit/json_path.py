"""json_path.py PATH...: reads one JSON object from stdin and nothing else, prints the values.

A path is keys and indices joined by dots; `keys:PATH` prints the sorted keys there.
"""

import json
import sys


def at(value, path):
    for part in path.split(".") if path else []:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


root = json.loads(sys.stdin.read())
if not isinstance(root, dict):
    sys.exit("json_path.py: not one JSON object")
for argument in sys.argv[1:]:
    if argument.startswith("keys:"):
        print(argument, *sorted(at(root, argument[5:])))
    else:
        print(argument, json.dumps(at(root, argument)))
