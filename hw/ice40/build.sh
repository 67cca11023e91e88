#!/bin/sh
# build.sh PACKAGE OUT_DIR
#
# The bitstream of one snn_cfg_pkg.sv for an iCE40UP5K: yosys, nextpnr-ice40, icepack. Writes
# OUT_DIR/snnc.bin and prints what it takes. Exit code 1 if it does not fit or misses the clock.
# One to two minutes on one core; the same sources and tools give the same bitstream.
#
# Environment: YOSYS, PCF (default: icebreaker.pcf), SNNC_ICE40_MHZ (default 12), SNNC_ICE40_SEED.
set -eu
if [ $# -ne 2 ]; then
  echo "usage: build.sh PACKAGE OUT_DIR" >&2
  exit 1
fi
here=$(cd "$(dirname "$0")" && pwd)
out=$2
mhz=${SNNC_ICE40_MHZ:-12}
# What Lattice promises of a 16 x 16 multiplier without registers; nextpnr knows the paths into and
# out of a DSP block, but not the way through it.
dsp_ns=20

"$here/synth.sh" "$1" "$out"
rm -f "$out/snnc.asc"
# Asks for more than needed: place and route stop trying once they are there.
nextpnr-ice40 --up5k --package sg48 --pcf "${PCF:-$here/icebreaker.pcf}" --json "$out/design.json" \
  --asc "$out/snnc.asc" --freq $((mhz + 2)) --seed "${SNNC_ICE40_SEED:-1}" --timing-allow-fail \
  --log "$out/nextpnr.log" --quiet > /dev/null 2>&1 < /dev/null ||
  { grep '^ERROR' "$out/nextpnr.log" >&2; exit 1; }
icepack "$out/snnc.asc" "$out/snnc.bin"

awk -v mhz="$mhz" -v dsp="$dsp_ns" '
  / ICESTORM_(LC|RAM|SPRAM|DSP):/ {
    sub(/^.*ICESTORM_/, ""); split($0, part, /[:\/ \t]+/)
    used[part[1]] = part[2] "/" part[3]
  }
  /Max frequency for clock .clk_i/ { clock = $0; sub(/^.*: /, "", clock); sub(/ MHz.*/, "", clock) }
  /Max delay posedge clk_i.* -> posedge \$PACKER_GND/ { into = $(NF - 1) }
  /Max delay posedge \$PACKER_GND.* -> posedge clk_i/ { from = $(NF - 1) }
  END {
    through = 1000 / (into + dsp + from)
    printf "logic cells %s, BRAM %s, SPRAM %s, DSP %s\n", used["LC"], used["RAM"], used["SPRAM"],
           used["DSP"]
    printf "%.2f MHz; through a multiplier %.1f + %d + %.1f ns, %.2f MHz\n", clock, into, dsp, from,
           through
    if (clock < mhz || through < mhz) {
      printf "slower than %d MHz: try another SNNC_ICE40_SEED\n", mhz > "/dev/stderr"
      exit 1
    }
  }' "$out/nextpnr.log"
