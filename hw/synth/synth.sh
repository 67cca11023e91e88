#!/bin/sh
# synth.sh PACKAGE [full|memories] [TOP]
#
# Reads hw/rtl with Yosys and synthesises TOP (default snn_core) generically: `full` maps memories
# and logic to gates (small targets), `memories` stops with the memories as $mem cells (targets of
# Loihi's size). Prints the cells; fails on latches, undriven or doubly driven nets, and on any
# warning but that counters become registers.
set -eu
hw=$(cd "$(dirname "$0")/.." && pwd)
package=$1
mode=${2:-full}
top=${3:-snn_core}
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
  -w 'Replacing memory .count_q with list of registers' \
  -e '.*' \
  -p "read_verilog -sv -DSYNTHESIS -Iinclude $package $files; hierarchy -check -top $top; \
      proc; check -assert; $steps; check -assert; select -assert-none t:\$dlatch t:\$_DLATCH_*; \
      stat" || { tail -40 "$log" >&2; exit 1; }
# The last table of cells.
awk '/^=== .* ===/ { text = "" } { text = text $0 "\n" } END { printf "%s", text }' "$log" |
  sed '/^End of script/,$d'
