// Why the quantised network differs from the one in real numbers: the float engine on the lowered
// network with one thing changed at a time, and with all of them.
//
//   quantised     the quantised network itself
//   weights       its weights, dequantised, in the float network
//   parameters    its thresholds, reset values and amounts, initial membranes and biases
//   decays        its decays, multiples of 1/4096
//   rounding      state truncated as the cores do (reference::RoundingGrid)
//   inputs        values rounded as the host does; where the first layer is direct-coded
//   together      all of the above at once
//   unexplained   not a change: `together` against the quantised network instead of against float.
//                 Accumulators that wrapped, membranes that clamped, biases that the host rounded;
//                 without them 0
//
// A spike that moves changes everything behind it, so the parts need not add up to the whole.
#pragma once

#include "common/data/data.h"
#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "common/trace/trace.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace snnc::runtime::verify {

// What references point to outlives the call.
struct CauseRequest {
  const net::Net &lowered; // the network that `quantize` read
  const net::QuantNet &quant;
  target::CoreSpec core;
  uint64_t firstSample = 0, samples = 0;
  std::function<llvm::Expected<data::EncodedSample>(uint64_t sample)> sampleAt;
  std::function<void(uint64_t done, uint64_t total)> progress; // may be empty
};

struct CauseRow {
  std::string name; // as above
  // Per layer: places (neuron, step, sample) where one spikes and the other does not.
  std::vector<uint64_t> differences;
  uint64_t predictions = 0;               // samples whose prediction is another
  std::optional<trace::Divergence> first; // spike that differs, in order of sample, step, layer
  uint64_t total() const;
};

struct CauseReport {
  struct Layer {
    std::string name;
    uint32_t neurons = 0;
    uint64_t spikes = 0; // of the float network, all samples
  };
  std::vector<Layer> layers;       // the populations that are no inputs, in their order
  std::vector<CauseRow> rows;      // in the order above
  uint64_t samples = 0, steps = 0; // steps of all samples together
};

// Fails as FloatEngine::create and net::dequantize do, and where a sample cannot be had.
llvm::Expected<CauseReport> findCauses(const CauseRequest &request);

// A table for people: one line per row, one column per layer.
void print(const CauseReport &report, llvm::raw_ostream &os);

} // namespace snnc::runtime::verify
