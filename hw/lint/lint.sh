#!/bin/sh
# lint.sh PACKAGE
#
# verilator -Wall over the whole machine and over every module alone, for one snn_cfg_pkg.sv. Any
# word of output is a failure. Waivers: waivers.vlt, each with a reason.
set -eu
hw=$(cd "$(dirname "$0")/.." && pwd)
package=$1
cd "$hw/rtl"
files=$(grep '^snn_' files.f)
failed=0
for top in $(for f in $files; do basename "$f" .sv; done); do
  [ "$top" = snn_pkg ] && continue
  # shellcheck disable=SC2086
  if ! out=$(${VERILATOR:-verilator} --lint-only -Wall -Wno-MULTITOP -Iinclude --top-module "$top" \
             "$hw/lint/waivers.vlt" "$package" $files 2>&1) || [ -n "$out" ]; then
    echo "lint: $top"
    echo "$out"
    failed=1
  fi
done
exit $failed
