#!/bin/sh
# build_netlist.sh PACKAGE OUT_DIR
#
# The synthesised netlist as a machine: OUT_DIR/netlist.so, Verilated with Yosys's models of the
# iCE40's cells, behind its serial port (hw/tb/netlist_model.cpp; hw/tb/rtl_model.h is the
# interface). What is there for the same sources and tools is kept.
#
# Environment: YOSYS, VERILATOR, CXX, JOBS (default 2).
set -eu
if [ $# -ne 2 ]; then
  echo "usage: build_netlist.sh PACKAGE OUT_DIR" >&2
  exit 1
fi
here=$(cd "$(dirname "$0")" && pwd)
hw=$(cd "$here/.." && pwd)
verilator=${VERILATOR:-verilator}
cxx=${CXX:-c++}
"$here/synth.sh" "$1" "$2"
out=$(cd "$2" && pwd)
inputs=$({ "$verilator" --version; cat "$out/inputs.sha256" "$0" "$hw"/tb/netlist_model.cpp \
             "$hw"/tb/rtl_model.h; } | sha256sum)
[ -e "$out/netlist.so" ] && [ "$(cat "$out/machine.sha256")" = "$inputs" ] && exit 0
rm -rf "$out/netlist.so" "$out/obj"
cells=$(dirname "$(command -v "${YOSYS:-yosys}")")/../share/yosys/ice40/cells_sim.v

"$verilator" --cc -O3 -Wno-fatal -Wno-lint -Wno-style -DNO_ICE40_DEFAULT_ASSIGNMENTS \
  --x-assign unique --x-initial unique --top-module snn_ice40_top --Mdir "$out/obj" \
  -CFLAGS "-fPIC -fvisibility=hidden" "$cells" "$out/netlist.v" > "$out/verilator.log" 2>&1 ||
  { tail -20 "$out/verilator.log" >&2; exit 1; }
make -s -C "$out/obj" -f Vsnn_ice40_top.mk -j "${JOBS:-2}" CXX="$cxx" OPT_FAST=-O1 OPT_SLOW=-O0 \
  OPT_GLOBAL=-O2 Vsnn_ice40_top__ALL.a verilated.o verilated_threads.o > "$out/make.log"
include=$(sed -n 's/^VERILATOR_ROOT = //p' "$out/obj/Vsnn_ice40_top.mk")/include
"$cxx" -std=c++17 -O2 -fPIC -fvisibility=hidden -shared -I"$hw/tb" -I"$out/obj" -I"$include" \
  -I"$include/vltstd" "$hw/tb/netlist_model.cpp" "$out/obj/verilated.o" \
  "$out/obj/verilated_threads.o" "$out/obj/Vsnn_ice40_top__ALL.a" -Wl,-Bsymbolic -pthread \
  -o "$out/netlist.tmp"
printf '%s\n' "$inputs" > "$out/machine.sha256"
mv "$out/netlist.tmp" "$out/netlist.so"
rm -rf "$out/obj"
