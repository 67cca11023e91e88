// One package of plain localparams: Yosys 0.23 reads neither functions of types nor packages that
// use packages, so every derived width is a number here.
#include "common/target/target.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

namespace snnc::target {

// Bits of an index below n; at least 1, because a port of no bits is not SystemVerilog.
static uint32_t indexBits(uint64_t n) {
  return std::max(1u, llvm::Log2_64_Ceil(n));
}

namespace {
struct Parameter {
  const char *name;
  uint64_t value;
  const char *comment;
};
} // namespace

static std::vector<Parameter> parametersOf(const Target &target, uint32_t width, uint32_t height) {
  const CoreSpec &core = target.core;
  const uint64_t rows = core.rows();
  const uint64_t pairBits = core.weightBits + indexBits(core.neurons);
  return {
      {"MeshWidth", width, "routers in x"},
      {"MeshHeight", height, "routers in y"},
      {"FifoDepth", target.mesh.fifoDepth, "flits per router input"},
      {"CoreKind", static_cast<uint64_t>(core.kind), "0 cuba, 1 crossbar"},
      {"Neurons", core.neurons, "per core"},
      {"InputAxons", core.inputAxons, "per core"},
      {"OutputSlots", core.outputSlots, "per core"},
      {"SynapseWords", core.synapseWords, "64-bit words per core"},
      {"WeightBits", core.weightBits, "of a stored weight, sign included"},
      {"Lanes", core.lanes(), "neurons per row; cuba: weights per dense word, accumulator banks"},
      {"Rows", rows, "neurons per bank"},
      {"Pairs", std::min<uint64_t>(core.lanes(), 64 / pairBits), "(index, weight) per sparse word"},
      {"AxonTypes", core.axonTypes, "crossbar: weights of a neuron"},
      {"RowWords", std::max(1u, core.rowWords()), "crossbar: 64-bit words of a neuron's row"},
      {"LeakBits", core.leakBits, "crossbar: signed"},
      {"ThresholdBits", core.thresholdBits, "crossbar: threshold, floor and reset, signed"},
      {"TypeBits", indexBits(core.axonTypes), "crossbar: of an axon's type"},
      {"Groups", core.groups, "per core"},
      {"DelaySlots", core.delaySlots, "ring of accumulators"},
      {"WeightShift", core.weightShift, "a weight's effect is w << (WeightShift + exponent)"},
      {"ExponentMax", core.exponentMax, ""},
      {"AccBits", core.accumulatorBits, "wraps"},
      {"CurrentBits", core.currentBits, "u, wraps"},
      {"MembraneBits", core.membraneBits, "v, clamps to vmin..vmax"},
      {"DecayBits", core.decayBits, "of du and dv"},
      {"DuOffset", core.duOffset, "the chip's hidden addition to du"},
      {"BiasMantBits", core.biasMantBits, "signed"},
      {"BiasExpMax", core.biasExpMax, ""},
      {"RefractoryMax", core.refractoryMax, "ticks"},
      {"NeuronBits", indexBits(core.neurons), "of a local neuron"},
      {"AxonBits", indexBits(core.inputAxons), "of an input axon"},
      {"SlotBits", indexBits(core.outputSlots), "of an output slot"},
      {"SynAddrBits", indexBits(core.synapseWords), "of a synapse word's address"},
      {"ListBits", std::min(16u, indexBits(uint64_t{core.listWords} + 1)), "of a list's length"},
      {"LaneBits", indexBits(core.lanes()), "of a bank"},
      {"RowBits", indexBits(rows), "of a neuron's place in its bank"},
      {"PairBits", pairBits, "of one (index, weight)"},
      {"DelayBits", indexBits(core.delaySlots), "of a delay slot"},
      {"XBits", indexBits(width), "of a router's x"},
      {"YBits", indexBits(height), "of a router's y"},
      {"GroupBits", indexBits(core.groups), "of a group"},
      {"ExponentBits", indexBits(uint64_t{core.exponentMax} + 1), "of an axon's exponent"},
      {"BiasExpBits", indexBits(uint64_t{core.biasExpMax} + 1), "of a bias exponent"},
      {"RefractoryBits", indexBits(uint64_t{core.refractoryMax} + 1), "of a refractory count"},
  };
}

std::string emitSvPackage(const Target &target, uint32_t meshWidth, uint32_t meshHeight) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "// SPDX-License-Identifier: Apache-2.0\n//\n"
     << "// Generated from target '" << target.name << "' for a mesh of " << meshWidth << " x "
     << meshHeight << ". Do not edit.\n\n"
     << "// One package serves every module, and no module uses all of it.\n"
     << "/* verilator lint_off UNUSEDPARAM */\n"
     << "package snn_cfg_pkg;\n";
  for (const Parameter &p : parametersOf(target, meshWidth, meshHeight)) {
    os << llvm::formatv("  localparam int unsigned {0} = {1};", p.name, p.value);
    if (*p.comment != '\0')
      os << "  // " << p.comment;
    os << '\n';
  }
  os << "endpackage\n/* verilator lint_on UNUSEDPARAM */\n";
  return os.str();
}

} // namespace snnc::target
