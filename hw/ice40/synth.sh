#!/bin/sh
# synth.sh PACKAGE OUT_DIR
#
# Yosys: snn_ice40_top for one snn_cfg_pkg.sv into OUT_DIR/design.json (for nextpnr) and
# OUT_DIR/netlist.v (for simulators). What is there for the same sources and Yosys is kept.
#
# Environment: YOSYS.
set -eu
if [ $# -ne 2 ]; then
  echo "usage: synth.sh PACKAGE OUT_DIR" >&2
  exit 1
fi
here=$(cd "$(dirname "$0")" && pwd)
yosys=${YOSYS:-yosys}
mkdir -p "$2"
out=$(cd "$2" && pwd)
package=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
cd "$here/../rtl"
files="$(grep '^snn_' files.f | tr '\n' ' ')../ice40/snn_ice40_top.sv"
# shellcheck disable=SC2086
inputs=$({ "$yosys" -V; cat "$package" $files include/*.svh "$here/synth.sh"; } | sha256sum)
[ -e "$out/netlist.v" ] && [ "$(cat "$out/inputs.sha256")" = "$inputs" ] && exit 0
rm -f "$out/netlist.v"
"$yosys" -q -l "$out/yosys.log" -p "read_verilog -sv -defer -DSYNTHESIS -Iinclude $package $files; \
  synth_ice40 -top snn_ice40_top -device u -dsp -spram -no-rw-check -json $out/design.json; \
  write_verilog -noattr $out/netlist.tmp" > /dev/null 2>&1 < /dev/null ||
  { tail -20 "$out/yosys.log" >&2; exit 1; }
printf '%s\n' "$inputs" > "$out/inputs.sha256"
mv "$out/netlist.tmp" "$out/netlist.v"
