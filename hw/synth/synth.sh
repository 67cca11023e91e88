#!/bin/sh
# synth.sh PACKAGE [full|memories] [TOP]
#
# Reads hw/rtl with Yosys and synthesises TOP (default: the core of the package's kind) generically:
# `full` maps memories and logic to gates (small targets), `memories` stops with the memories as $mem
# cells (others). Prints the cells; fails on latches, undriven or doubly driven nets, and on any
# warning but that counters become registers. Modules outside TOP are parsed but not elaborated: those
# of the other kind of core have no sensible numbers in this package.
set -eu
hw=$(cd "$(dirname "$0")/.." && pwd)
package=$1
mode=${2:-full}
core=snn_core
if grep -q 'CoreKind = 1;' "$package"; then core=snn_core_crossbar; fi
top=${3:-$core}
cd "$hw/rtl"
files=$(grep '^snn_' files.f | tr '\n' ' ')
case $mode in
  full) steps="synth -flatten -top $top" ;;
  memories) steps="synth -flatten -top $top -run begin:fine; memory_collect" ;;
  *) echo "synth.sh: mode '$mode' is neither full nor memories" >&2; exit 1 ;;
esac
log=$(mktemp)
trap 'rm -f "$log"' EXIT
${YOSYS:-yosys} -q -l "$log" \
  -w 'Replacing memory .*count_q with list of registers' \
  -e '.*' \
  -p "read_verilog -sv -defer -DSYNTHESIS -Iinclude $package $files; hierarchy -check -top $top; \
      proc; check -assert; $steps; check -assert; select -assert-none t:\$dlatch t:\$_DLATCH_*; \
      stat" || { tail -40 "$log" >&2; exit 1; }
# The last table of cells.
awk '/^=== .* ===/ { text = "" } { text = text $0 "\n" } END { printf "%s", text }' "$log" |
  sed '/^End of script/,$d'
