#!/bin/sh
# build_machine.sh PACKAGE OUT [vcd|fst]
#
# Builds the Verilated machine of one snn_cfg_pkg.sv into the shared object OUT (hw/tb/rtl_model.h
# is its interface). A second call for the same OUT waits for the first and finds its result; an
# interrupted call leaves no OUT. With a third word the machine can write waveforms. Exit code 0 done,
# 1 failed (the reason on stderr).
#
# Environment: VERILATOR, CXX, JOBS (default 2), SNNC_RTL_OPT (default -O2).
set -eu

if [ $# -lt 2 ]; then
  echo "usage: build_machine.sh PACKAGE OUT [vcd|fst]" >&2
  exit 1
fi
hw=$(cd "$(dirname "$0")" && pwd)
package=$1
out=$2
wave=${3:-}
verilator=${VERILATOR:-verilator}
cxx=${CXX:-c++}
jobs=${JOBS:-2}
opt=${SNNC_RTL_OPT:--O2}

mkdir -p "$(dirname "$out")"
exec 9>"$out.lock"
flock 9
[ -e "$out" ] && exit 0

work=$(mktemp -d "$out.tmp.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
cp "$package" "$work/snn_cfg_pkg.sv"

width=$(sed -n 's/.*MeshWidth = \([0-9]*\);.*/\1/p' "$package")
height=$(sed -n 's/.*MeshHeight = \([0-9]*\);.*/\1/p' "$package")

flags="-fPIC -fvisibility=hidden -fno-gnu-unique -I$hw/tb -include $hw/tb/rtl_print.h"
flags="$flags -DVL_USER_STOP -DVL_USER_FATAL -DVL_USER_FINISH"
flags="$flags -DSNNC_RTL_CORES=$((width * height)) -DSNNC_RTL_WIDTH=$width"

# A probe per core, under a name that a user knows.
bind_probes() {
  kind=cuba
  state=".u(%s.s3_u), .v(%s.s3_v), .refractory(%s.s3_refractory)"
  if grep -q 'CoreKind = 1;' "$package"; then
    kind=crossbar
    state=".u('0), .v(snn_cfg_pkg::MembraneBits'(%s.s3_v)), .refractory('0)"
  fi
  y=0
  while [ "$y" -lt "$height" ]; do
    x=0
    while [ "$x" -lt "$width" ]; do
      tile="u_mesh.gen_y[$y].gen_x[$x].u_tile"
      core="$tile.gen_$kind.u_core"
      echo "bind snn_top snn_probe core_${x}_$y (.clk(clk_i), .tick(tick),"
      echo "  .phase(u_sequencer.phase_q), .update($core.s3_valid), .neuron(16'($core.s3_neuron)),"
      echo "  .spike($core.spike_valid_o), .send($tile.send_valid_o),"
      echo "  $(echo "$state" | sed "s/%s/$core/g"));"
      x=$((x + 1))
    done
    y=$((y + 1))
  done
}

sed -n "/^[^\/]/s|^|$hw/rtl/|p" "$hw/rtl/files.f" > "$work/files.f"
trace=
sources="$work/files.f"
units="verilated.o verilated_threads.o"
libraries=
if [ -n "$wave" ]; then
  bind_probes > "$work/probes.sv"
  printf '%s\n' "$hw/tb/snn_probe.sv" "$work/probes.sv" >> "$sources"
  case $wave in
    vcd) trace=--trace; units="$units verilated_vcd_c.o" ;;
    fst) trace=--trace-fst; units="$units verilated_fst_c.o"; libraries=-lz ;;
  esac
  flags="$flags -DSNNC_RTL_WAVE_$wave"
fi
# shellcheck disable=SC2086
"$verilator" --cc --assert -O3 --x-initial unique --x-assign fast $trace \
  --output-split 20000 --output-split-cfuncs 2000 \
  --top-module snn_top --Mdir "$work/obj" -I"$hw/rtl/include" -CFLAGS "$flags" \
  "$work/snn_cfg_pkg.sv" -f "$sources"
# shellcheck disable=SC2086
make -s -C "$work/obj" -f Vsnn_top.mk -j "$jobs" CXX="$cxx" OPT_FAST="$opt" OPT_SLOW=-O1 \
  OPT_GLOBAL=-O2 Vsnn_top__ALL.a $units
include=$(sed -n 's/^VERILATOR_ROOT = //p' "$work/obj/Vsnn_top.mk")/include
# shellcheck disable=SC2086
"$cxx" -std=c++17 -O2 $flags -I"$work/obj" -I"$include" -I"$include/vltstd" \
  -c "$hw/tb/rtl_model.cpp" -o "$work/rtl_model.o"
echo '{ global: snnc_rtl_api; local: *; };' > "$work/exports"
objects=$work/rtl_model.o
for unit in $units; do
  [ -e "$work/obj/$unit" ] && objects="$objects $work/obj/$unit"
done
# shellcheck disable=SC2086
"$cxx" -shared -Wl,--version-script="$work/exports" -Wl,-Bsymbolic -Wl,-z,defs \
  $objects "$work/obj/Vsnn_top__ALL.a" -pthread -latomic $libraries -o "$work/machine.so" ||
  "$cxx" -shared -Wl,--version-script="$work/exports" -Wl,-Bsymbolic -Wl,-z,defs \
  $objects "$work/obj/Vsnn_top__ALL.a" -pthread $libraries -o "$work/machine.so"
mv "$work/machine.so" "$out"
