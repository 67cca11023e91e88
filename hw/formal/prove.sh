#!/usr/bin/env bash
# prove.sh PROOF [PACKAGE]
#
# Runs hw/formal/PROOF.proof: what it says `holds` is proven for every input and every reachable state,
# and what it says is `refuted`, the same with one fault in the RTL, must have a counterexample. A
# proof counts only if each `cover` of its properties is reached, so that no assumption makes it
# empty. PACKAGE is the snn_cfg_pkg.sv of proofs that need one. Exit code 0 if all is as it should be.
#
#   use FILE ...             what is read: a file of hw/formal, else of hw/rtl, else PACKAGE
#   top MODULE               the properties
#   join WIRE INNER          drives a wire of the top from one inside (Yosys's names)
#   induct K                 by induction over K cycles (a pipeline as deep) in place of PDR
#   small NAME=VALUE ...     numbers of PACKAGE made smaller, as the memories that a proof walks
#   each                     by PDR for each property alone, in place of all at once
#   own                      the properties alone, without the assertions inside the modules
#   holds [NAME=VALUE ...]   parameters of the top
#   refuted FILE SED WHAT [NAME=VALUE ...]
#
# Yosys reads and flattens, ABC proves: both are in the package yosys. How a proof is built, and what
# each one says: docs/reference/proofs.md.
set -euo pipefail
formal=$(cd "$(dirname "$0")" && pwd)
rtl=$formal/../rtl
proof=$1
package=${2:-}
work=$(mktemp -d)
[ -n "${KEEP:-}" ] && work=$KEEP && mkdir -p "$work" || trap 'rm -rf "$work"' EXIT
sources=()
module=
inner=FORMAL
smaller=
joined=
cycles=
alone=

fail() {
  echo "$proof: $*" >&2
  exit 1
}
use() { sources=("$@"); }
top() { module=$1; }
join() { joined+=" connect -set $1 $2;"; }
small() {
  local pair
  for pair in "$@"; do smaller+="s/ ${pair%%=*} = [0-9]*/ ${pair%%=*} = ${pair#*=}/;"; done
}
each() { alone=1; }
own() { inner=SYNTHESIS; }
induct() { cycles=$1; }

# The path of a source; a changed copy wins.
find_source() {
  local place
  for place in "$work/mutant/$1" "$formal/$1" "$rtl/$1"; do
    [ -e "$place" ] && { echo "$place"; return; }
  done
  [ "$1" = PACKAGE ] && [ -n "$package" ] || fail "no source $1"
  [ -z "$smaller" ] || { sed "$smaller" "$package" > "$work/package.sv"; package=$work/package.sv; }
  echo "$package"
}

# The design as AIGER, each assertion (or each cover, as something to reach) an output.
# model assertions|covers FILE [NAME=VALUE ...]
model() {
  local what=$1 out=$2 paths=() set= source
  shift 2
  for source in "${sources[@]}"; do paths+=("$(find_source "$source")"); done
  for source in "$@"; do set+=" -set ${source%%=*} ${source#*=}"; done
  local keep='chformal -cover -remove'
  [ "$what" = assertions ] || keep="chformal -assert -remove; techmap -map $formal/cover.v"
  ${YOSYS:-yosys} -q -l "$work/log" -p "
    read_verilog -sv -formal -D$inner -I$rtl/include ${paths[*]}
    ${set:+chparam $set $module}
    prep -top $module -flatten; $keep; $joined
    memory_map; async2sync; chformal -early
    opt; techmap; dffunmap; opt_clean; abc -g AND -fast; opt_clean
    write_aiger -zinit $out" > "$work/out" 2>&1 || { cat "$work/out" >&2; fail "Yosys does not read it"; }
}
# A counterexample "was asserted in frame"; what is proven() says so.
solve() {
  local engine='orpos; pdr'
  [ -z "$alone" ] || engine='pdr -a'
  [ -z "$cycles" ] || engine="orpos; bmc3 -F $((cycles + 1)); ind -F $cycles"
  timeout "${LIMIT:-900}" "${YOSYS_ABC:-yosys-abc}" -c "read_aiger $1; fold; strash; scorr; $engine"
}
proven() {
  ! grep -q 'was asserted in frame' "$1" || return 1
  if [ -n "$alone" ]; then
    grep -q 'Disproved = 0. Undecided = 0' "$1"
  elif [ -z "$cycles" ]; then
    grep -q 'Property proved' "$1"
  else
    grep -q "No output asserted in $((cycles + 1)) frames" "$1" && grep -q 'Networks are equivalent' "$1"
  fi
}

holds() {
  local covers
  model covers "$work/covers.aig" "$@"
  # Header of an AIGER file: aig M I L O A B C; covers are outputs of kind B.
  covers=$(head -1 "$work/covers.aig" | awk '{ print $7 }')
  [ "${covers:-0}" -gt 0 ] || fail "no cover in $module"
  "${YOSYS_ABC:-yosys-abc}" -c "read_aiger $work/covers.aig; fold; strash; bmc3 -a -F 100" > "$work/out"
  [ "$(grep -c 'was asserted in frame' "$work/out")" = "$covers" ] ||
    { cat "$work/out" >&2; fail "not every cover is reached: $*"; }
  model assertions "$work/assertions.aig" "$@"
  solve "$work/assertions.aig" > "$work/out" || true
  proven "$work/out" ||
    { cat "$work/out" >&2; fail "not proven: $*"; }
  echo "proven: $proof $* ($covers covers reached)"
}
refuted() {
  local file=$1 edit=$2 what=$3
  shift 3
  mkdir -p "$work/mutant"
  sed "$edit" "$(find_source "$file")" > "$work/mutant/$file.new"
  ! cmp -s "$work/mutant/$file.new" "$(find_source "$file")" || fail "$file changed: write the mutant anew ($what)"
  mv "$work/mutant/$file.new" "$work/mutant/$file"
  model assertions "$work/mutant.aig" "$@"
  solve "$work/mutant.aig" > "$work/out" || true
  grep -q 'was asserted in frame' "$work/out" ||
    { cat "$work/out" >&2; fail "a fault is not refuted: $what"; }
  rm -r "$work/mutant"
  echo "refuted: $proof, $what"
}

# shellcheck disable=SC1090
source "$formal/$proof.proof"
