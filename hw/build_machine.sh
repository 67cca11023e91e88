#!/bin/sh
# build_machine.sh PACKAGE OUT
#
# Builds the Verilated machine of one snn_cfg_pkg.sv into the shared object OUT (hw/tb/rtl_model.h
# is its interface). A second call for the same OUT waits for the first and finds its result; an
# interrupted call leaves no OUT. Exit code 0 done, 1 failed (the reason on stderr).
#
# Environment: VERILATOR, CXX, JOBS (default 2), SNNC_RTL_OPT (default -O2).
set -eu

if [ $# -ne 2 ]; then
  echo "usage: build_machine.sh PACKAGE OUT" >&2
  exit 1
fi
hw=$(cd "$(dirname "$0")" && pwd)
package=$1
out=$2
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
flags="$flags -DVL_USER_STOP -DVL_USER_FATAL -DVL_USER_FINISH -DSNNC_RTL_CORES=$((width * height))"

sed -n "/^[^\/]/s|^|$hw/rtl/|p" "$hw/rtl/files.f" > "$work/files.f"
"$verilator" --cc --assert -O3 --x-initial unique --x-assign fast \
  --output-split 20000 --output-split-cfuncs 2000 \
  --top-module snn_top --Mdir "$work/obj" -I"$hw/rtl/include" -CFLAGS "$flags" \
  "$work/snn_cfg_pkg.sv" -f "$work/files.f"
make -s -C "$work/obj" -f Vsnn_top.mk -j "$jobs" CXX="$cxx" OPT_FAST="$opt" OPT_SLOW=-O1 \
  OPT_GLOBAL=-O2 Vsnn_top__ALL.a verilated.o verilated_threads.o
include=$(sed -n 's/^VERILATOR_ROOT = //p' "$work/obj/Vsnn_top.mk")/include
# shellcheck disable=SC2086
"$cxx" -std=c++17 -O2 $flags -I"$work/obj" -I"$include" -I"$include/vltstd" \
  -c "$hw/tb/rtl_model.cpp" -o "$work/rtl_model.o"
echo '{ global: snnc_rtl_api; local: *; };' > "$work/exports"
objects="$work/rtl_model.o $work/obj/verilated.o"
[ -e "$work/obj/verilated_threads.o" ] && objects="$objects $work/obj/verilated_threads.o"
# shellcheck disable=SC2086
"$cxx" -shared -Wl,--version-script="$work/exports" -Wl,-Bsymbolic -Wl,-z,defs \
  $objects "$work/obj/Vsnn_top__ALL.a" -pthread -latomic -o "$work/machine.so" ||
  "$cxx" -shared -Wl,--version-script="$work/exports" -Wl,-Bsymbolic -Wl,-z,defs \
  $objects "$work/obj/Vsnn_top__ALL.a" -pthread -o "$work/machine.so"
mv "$work/machine.so" "$out"
