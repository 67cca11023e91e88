// The compiler's one entry point: a network and a target in, an image and its report out.
#pragma once

#include "compiler/core_ir/overflow.h"
#include "compiler/pass/calibration.h"

#include "common/image/image.h"
#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/support/diag.h"
#include "common/target/target.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace snnc::compiler {

struct CompileOptions {
  uint32_t weightBits = 8; // 2 .. target.core.weightBits
  // Of layers, by the name of their population, that have others than weightBits.
  std::map<std::string, uint32_t> layerBits = {};
  // How weights are rounded on cuba cores; crossbar cores take AbsMax alone.
  Quantizer quantizer = Quantizer::AbsMax;
  std::map<std::string, Quantizer> layerQuantizers = {}; // of layers that have another
  ObserveSource observe = {};                            // Calibrated needs it
  std::string mapper = "hyper";                          // the mappers there are: see partition.h
  uint32_t meshWidth = 0, meshHeight = 0;                // 0: the target's
  uint32_t maxNeuronsPerCore = 0;                        // 0: the target's
  // Spikes per tick of neurons and input elements, by population, for mapping; where there are
  // none, 1: all fire at every tick.
  std::map<std::string, std::vector<float>> rates = {};
  bool allowLossy = false;
  // weightBits is more than a default: an exported network's own integers are only taken if they
  // have as many bits.
  bool forceBits = false;
  uint64_t seed = 1;    // of mappers
  unsigned threads = 1; // the image does not depend on them
  // Pass manager: names from kPasses; empty = whole pipeline.
  std::string stopAfter;
  std::vector<std::string> skip;
  int bisect = -1;     // run only the first n passes
  std::string dumpDir; // IR after every pass
};

struct LayerReport {
  std::string name; // of the population
  uint32_t neurons = 0;
  // Nonzero weights of its input projections, host layer included, as synapses: unrolled, pools
  // folded. Of a network that came in integers: nonzero integers.
  uint64_t synapses = 0;
  uint32_t weightBits = 0;
  // How its integers were chosen: a name of Quantizer, or "exact": nothing was lost, so that it
  // passed unchanged.
  std::string quantizer;
  // Against the float network, over synapses: a shared weight counts as often as it is used.
  double sqnrDb = 0;      // +inf if they are exact
  uint64_t saturated = 0; // clipped
  uint64_t zeroed = 0;    // not zero, but became 0
  bool onHost = false;    // its input projection is a host layer
  // Neurons not proven safe.
  uint64_t mayWrapAccumulator = 0, mayWrapCurrent = 0, mayClampMembrane = 0;
  std::optional<Overflow> overflow; // the farthest of them, and an input that brings it there
};

struct PassTime { // as PassRecord (pass_manager.h)
  std::string name;
  double seconds, verifySeconds;
  uint64_t peakMemory;
  bool changed;
};

// One limit of a core over the cores used.
struct ResourceUse {
  std::string name;
  uint64_t perCore = 0; // there are, on a core
  uint64_t total = 0, most = 0;
};

// For --explain. Traffic is zero before `place`.
struct MappingReport {
  std::string mapper;
  std::vector<ResourceUse> resources; // of cuba cores
  std::vector<std::string> remarks;   // what the mapper tried and chose
  uint32_t meshWidth = 0, meshHeight = 0;
  double hopEnergyPerTick = 0;           // pJ; hops if the target does not price them
  double lowerBoundHopsPerTick = 0;      // one per message to another core
  std::array<uint32_t, 4> hottestLink{}; // from x, y to x, y
  double hottestLinkMessages = 0;        // per tick
  std::array<uint32_t, 2> hottestCore{}; // x, y
  double hottestCoreMessages = 0;        // that it receives per tick
};

struct CompileReport {
  std::vector<LayerReport> layers; // non-input populations
  uint32_t coresUsed = 0, coresLowerBound = 0;
  uint64_t neurons = 0, synapses = 0;
  // Every neuron and input element firing at every step; a core's own messages and the host's
  // packets included. Hops: links between routers.
  double messagesPerTick = 0, hopsPerTick = 0, lowerBoundMessagesPerTick = 0;
  MappingReport mapping;
  std::vector<PassTime> passes;
};

struct CompileResult {
  net::Net net;                       // lowered
  std::optional<net::QuantNet> quant; // after `quantize`
  std::optional<image::Image> image;  // after `emit`
  CompileReport report;
  std::string ir; // text IR at stopAfter; empty without it (an image's listing can be long)
};

llvm::Expected<CompileResult> compile(net::Net net, const target::Target &target,
                                      const CompileOptions &options, support::Warnings &warnings);
// Starts at `partition`: a network that is in integers already (a .snn file with quantised
// populations, golden vectors).
llvm::Expected<CompileResult> compile(net::QuantNet net, const target::Target &target,
                                      const CompileOptions &options, support::Warnings &warnings);

} // namespace snnc::compiler
