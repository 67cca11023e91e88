#!/bin/sh
# check.sh PACKAGE OUT_DIR: the bitstream is built, fits, is fast enough, and takes what README.md says
# (with other versions of the tools, whose placement differs, the figures are only printed).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
report=$("$here/build.sh" "$1" "$2")
echo "$report"
case $(${YOSYS:-yosys} -V) in 'Yosys 0.23 '*) ;; *) exit 0 ;; esac
case $(nextpnr-ice40 --version 2>&1) in *0.4-1*) ;; *) exit 0 ;; esac
echo "$report" | while IFS= read -r line; do
  grep -qxF "$line" "$here/../../README.md" || { echo "README.md does not say: $line" >&2; exit 1; }
done
