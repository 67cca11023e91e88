#!/bin/sh
# prove.sh
#
# Proves the assertions inside modules by induction with Yosys's own SAT solver: handshakes, ranges
# and one-hot grants, for every input and every reachable state. What each module asserts is in its
# own file. Exit code 0 if all hold.
set -eu
hw=$(cd "$(dirname "$0")/.." && pwd)
cd "$hw/rtl"
# module  parameters  files
prove() {
  top=$1
  parameters=$2
  shift 2
  ${YOSYS:-yosys} -q -p "read_verilog -sv -formal -DFORMAL -Iinclude $*; \
    chparam $parameters $top; prep -top $top -flatten; memory_map; async2sync; \
    sat -set-init-zero -seq 0 -tempinduct -maxsteps 12 -set-assumes -prove-asserts -verify" \
    > /dev/null || { echo "not proven: $top $parameters"; exit 1; }
  echo "proven: $top $parameters"
}
prove snn_arb_rr "-set Inputs 5" snn_arb_rr.sv
for depth in 1 2 3 4; do
  prove snn_fifo "-set Width 4 -set Depth $depth" snn_fifo.sv
done
