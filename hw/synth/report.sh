#!/bin/sh
# report.sh PACKAGE TECH TOP OUT
#
# Synthesises TOP of hw/rtl for one snn_cfg_pkg.sv by TECH.ys (generic, xilinx, ice40) and writes one
# JSON object to OUT: {"yosys", "path": the longest, in the unit of TECH.ys, "stat": `stat -json`}.
# Exit code 0 done, 1 failed (the end of the log on stderr).
#
# Environment: YOSYS.
set -eu
if [ $# -ne 4 ]; then
  echo "usage: report.sh PACKAGE TECH TOP OUT" >&2
  exit 1
fi
hw=$(cd "$(dirname "$0")/.." && pwd)
tech=$2
top=$3
out=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cp "$1" "$work/snn_cfg_pkg.sv"

files=$(grep '^snn_' "$hw/rtl/files.f" | tr '\n' ' ')
(cd "$hw/rtl" && "${YOSYS:-yosys}" -q -l "$work/log" -p "read_verilog -sv -defer -DSYNTHESIS -Iinclude $work/snn_cfg_pkg.sv $files; \
    hierarchy -check -top $top; script ../synth/$tech.ys; tee -q -o $work/stat stat -json" \
    > /dev/null 2>&1 < /dev/null) || { tail -20 "$work/log" >&2; exit 1; }
path=$(sed -n -e 's/^Longest topological path in .*(length=\([0-9]*\)).*/\1/p' \
              -e "s/^Latest arrival time in '.*' is \([0-9]*\):.*/\1/p" "$work/log" | tail -1)
version=$(sed -n 's/^ *"creator": "\(.*\)",$/\1/p' "$work/stat")
{
  printf '{"yosys": "%s", "path": %s, "stat":\n' "$version" "${path:-null}"
  cat "$work/stat"
  echo '}'
} > "$out"
