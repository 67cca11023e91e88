// A target: one description of a machine, read from targets/*.json with strict keys, that the
// compiler, the engines, the RTL package and the energy report all use. No width is written twice.
// Fields, units and legal ranges: targets/README.md.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snnc::target {

struct MeshSpec {
  uint32_t width = 1, height = 1; // routers of one core each; <= 64
  uint32_t fifoDepth = 4;         // flits per router input
};

// Which arithmetic: docs/reference/arithmetic.md, docs/reference/crossbar_core.md.
enum class CoreKind : uint8_t { Cuba, Crossbar };
const char *nameOf(CoreKind kind); // "cuba", "crossbar"

// Fields that a kind does not have keep their default, or what follows from the others.
struct CoreSpec {
  CoreKind kind = CoreKind::Cuba;
  uint32_t neurons = 1024; // power of two
  uint32_t inputAxons = 4096;
  uint32_t outputSlots = 4096;
  uint32_t synapseWords = 16384; // 64-bit words of the RTL's memory
  uint32_t listWords = 16384;    // longest list of an axon; at least the rows of a core
  uint32_t weightBits = 8;       // field width in a dense word; lanes = 64 / weightBits
  uint32_t groups = 16;          // neuron groups (windows) per core
  uint32_t delaySlots = 8;       // ring of accumulators, power of two: delays 0..delaySlots-1
  uint32_t weightShift = 6;      // effect of a weight: w << (weightShift + exponent)
  uint32_t exponentMax = 7;
  uint32_t accumulatorBits = 22; // wraps
  uint32_t currentBits = 24;     // u, wraps
  uint32_t membraneBits = 24;    // v, clamps to vmin..vmax
  uint32_t decayBits = 12;
  uint32_t duOffset = 1; // 0 or 1: the chip's hidden +1 on du
  uint32_t biasMantBits = 13, biasExpMax = 7;
  uint32_t refractoryMax = 63;

  // Of crossbar cores. They have one output slot per neuron, and synapseWords = neurons *
  // rowWords().
  uint32_t axonTypes = 4;
  uint32_t leakBits = 9, thresholdBits = 18; // signed; threshold, floor and reset

  bool isCrossbar() const { return kind == CoreKind::Crossbar; }
  // Neurons that sleep together; on a cuba core also the weights of a dense word.
  uint32_t lanes() const { return isCrossbar() ? 8 : 64 / weightBits; }
  uint32_t rows() const { return neurons / lanes(); }
  uint32_t rowWords() const { return inputAxons / 64; } // of a neuron's crossbar row
  // Axonal delays are 0 .. largestDelay(): TrueNorth's field of 15 would be the slot being read.
  uint32_t largestDelay() const { return isCrossbar() ? delaySlots - 2 : delaySlots - 1; }
};

// Loihi's synapse-memory rule: an axon's list is cut in blocks of blockSynapses; a block of n costs
// wordBits * ceil((n*(wb + delay + tag + (dense ? 0 : index)) + overheadBits) / wordBits) bits.
struct BlockCost {
  uint32_t blockSynapses = 64, overheadBits = 10, wordBits = 64;
  uint32_t delayBits = 0, tagBits = 0, indexBits = 10;
  uint64_t memoryBits = 1048576;

  uint64_t axonBits(uint64_t synapses, uint32_t weightBits, bool dense) const;
};

// One priced event. Event names: targets/README.md.
struct PricedConstant {
  double value = 0.0;
  std::string unit;  // "pJ"
  std::string basis; // published | pre-silicon | measured | assumed
  std::string node, voltage;
  std::string source;
};
struct EnergyTable {
  std::string name, summary;
  std::map<std::string, PricedConstant> prices; // event name -> energy per event (pJ)
  std::vector<std::string> unpriced;            // what nobody published, printed and never guessed
  double relativeUncertainty = 0.0;             // half-width of the reported interval, fraction
  std::string uncertaintyReason;
};

struct Target {
  std::string name, summary, path;
  MeshSpec mesh;
  CoreSpec core;
  std::optional<BlockCost> blockCost;
  double clockMHz = 100.0;
  std::string clockBasis;              // "assumed", ...
  std::vector<EnergyTable> energy;     // the first is the default
  std::vector<std::string> extensions; // ours, beyond the chip it is named after
  std::string json; // canonical text; goes into the image, so an image runs alone
  std::array<uint8_t, 32> fingerprint{}; // SHA-256 of `json`
};

// Name ("loihi-like") or path of a .json file. Names are looked up in $SNNC_TARGETS, then in the
// folder built in. Unknown key, wrong type, out of range: all errors at once.
llvm::Expected<Target> loadTarget(llvm::StringRef nameOrPath);
llvm::Expected<Target> parseTarget(llvm::StringRef json, llvm::StringRef file);
std::vector<std::string> targetNames(); // sorted

// snn_cfg_pkg.sv for one mesh of this target: every parameter of hw/rtl.
std::string emitSvPackage(const Target &target, uint32_t meshWidth, uint32_t meshHeight);

} // namespace snnc::target
