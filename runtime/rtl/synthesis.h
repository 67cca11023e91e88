// One core of a target through Yosys: hw/synth/report.sh, counted by kind of cell.
#pragma once

#include "common/target/target.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snnc::runtime::rtl {

// generic: gates, memories kept; xilinx: 7 series; ice40: UltraPlus. A script hw/synth/<name>.ys
// each.
llvm::ArrayRef<const char *> synthTechs();

enum class SynthPart { Core, Tile }; // a tile is a core with its router

struct Synthesis {
  std::string tech, top, yosys;           // technology, module, version of Yosys
  std::map<std::string, uint64_t> cells;  // by type, as the technology names them
  std::map<std::string, uint64_t> brams;  // of `cells`: block memories
  std::map<std::string, uint64_t> lutRam; // of `cells`: memories and shift registers made of LUTs
  uint64_t cellCount = 0, ffs = 0, dsps = 0;
  std::optional<uint64_t> luts;    // without lutRam; not of gates
  uint64_t memories = 0, bits = 0; // generic: memories that stayed memories
  // Longest path from register to register: gates (generic), else picoseconds of cell delays alone.
  std::optional<uint64_t> path;
  const char *pathUnit = ""; // "gates" or "ps"

  uint64_t bramCount() const;
};

// RtlToolMissing without Yosys ($YOSYS, else `yosys`), SynthesisFailed with the end of its log.
llvm::Expected<Synthesis> synthesise(const target::Target &target, llvm::StringRef tech,
                                     SynthPart part);

// Someone else's core by the same Yosys and technology, from hw/synth/baselines.json.
struct SynthBaseline {
  std::string name, what, brams, lutRam, note, source; // lutRam "" for none
  uint64_t neurons = 0, luts = 0, ffs = 0, dsps = 0;
  double cyclesPerSynop = 0;
  uint64_t idleTick = 0; // cycles of a tick without spikes
};
struct SynthBaselines {
  std::string tech;
  std::vector<SynthBaseline> cores;
};
llvm::Expected<SynthBaselines> readSynthBaselines();

} // namespace snnc::runtime::rtl
