"""exits.py N command...: succeeds if the command ends by itself with exit code N.

lit's `not` accepts any failure; 1 (the check failed) and 2 (bad input) mean different things here.
"""

import subprocess
import sys

wanted, command = int(sys.argv[1]), sys.argv[2:]
code = subprocess.run(command).returncode
if code != wanted:
    print(f"exits.py: exit code {code} instead of {wanted}: {' '.join(command)}", file=sys.stderr)
sys.exit(code != wanted)
