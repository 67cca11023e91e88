#!/bin/sh
# lint.sh PACKAGE [FILE...]
#
# verilator -Wall over the whole machine and over every module alone, for one snn_cfg_pkg.sv. Files,
# seen from hw/rtl, are looked at as well. Any word of output is a failure. Waivers: waivers.vlt, each with a reason. Modules that only cores of
# the other kind have are left out: the package has no sensible numbers for them.
set -eu
hw=$(cd "$(dirname "$0")/.." && pwd)
package=$1
shift
cd "$hw/rtl"
files="$(grep '^snn_' files.f) $*"
failed=0
if grep -q 'CoreKind = 1;' "$package"; then
  other='snn_core snn_neuron_cuba snn_neuron_store snn_accumulator snn_axon_rx snn_synapse_decode'
else
  other='snn_core_crossbar snn_neuron_crossbar snn_crossbar_store'
fi
for top in $(for f in $files; do basename "$f" .sv; done); do
  case " snn_pkg $other " in *" $top "*) continue ;; esac
  # shellcheck disable=SC2086
  if ! out=$(${VERILATOR:-verilator} --lint-only -Wall -Wno-MULTITOP -Iinclude --top-module "$top" \
             "$hw/lint/waivers.vlt" "$package" $files 2>&1) || [ -n "$out" ]; then
    echo "lint: $top"
    echo "$out"
    failed=1
  fi
done
exit $failed
