// Why the quantised network differs from the one in real numbers: the float engine on the lowered
// network with one thing of the integers at a time ("on"), with all of them but one ("off"), and
// with all of them; per layer and for the network as a whole.
//
//   weights      its weights, dequantised, apart from those of `saturation`
//   saturation   its weights that were clipped: at the end of their range, and more than half a
//                step below what they were
//   thresholds   its thresholds and initial membranes
//   resets       its reset values, or the amounts that are subtracted
//   biases       its biases
//   decays       its decays, multiples of 1/4096
//   rounding     state truncated as the cores do (reference::RoundingGrid)
//   inputs       values rounded as the host does; where the first layer is direct-coded
//   currents     what the host makes of them, rounded to the bias register's steps
//
// Rows beside these: `quantised`, the quantised network itself; `together`, all causes at once;
// `unexplained`, `together` against the quantised network instead of against float: accumulators
// that wrapped, membranes that clamped; without them 0. Delays and
// the delayed reset are no cause: the chip's retiming changes neither spikes nor membranes, and
// `unexplained` would show it if it did.
//
// A spike that moves changes everything behind it, so the parts need not add up to the whole.
#pragma once

#include "common/data/data.h"
#include "common/net/net.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "common/trace/trace.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace snnc::runtime::verify {

enum class Cause : uint8_t {
  Weights,
  Saturation,
  Thresholds,
  Resets,
  Biases,
  Decays,
  Rounding,
  Inputs,
  Currents,
};
inline constexpr size_t kCauses = 9;
const char *nameOf(Cause cause);   // "weights", ...
llvm::ArrayRef<Cause> allCauses(); // in the order above

// What references point to outlives the call.
struct CauseRequest {
  const net::Net &lowered; // the network that `quantize` read
  const net::QuantNet &quant;
  target::CoreSpec core;
  uint64_t firstSample = 0, samples = 0;
  // Called by any of the threads.
  std::function<llvm::Expected<data::EncodedSample>(uint64_t sample)> sampleAt;
  std::function<void(uint64_t done, uint64_t total)> progress; // may be empty; one call at a time
  llvm::ArrayRef<int32_t> labels = {}; // of the data, from sample 0; empty: there are none
  unsigned threads = 1;                // the report does not depend on it
};

// One run of all samples against another.
struct CauseCost {
  // Per layer: places (neuron, step, sample) where one spikes and the other does not.
  std::vector<uint64_t> differences;
  uint64_t predictions = 0; // samples whose prediction is another
  uint64_t correct = 0;     // samples whose prediction is their label; 0 without labels
  uint64_t total() const;
  void add(const CauseCost &other);
};

struct CauseRow : CauseCost {
  std::string name;                       // as above
  std::optional<Cause> cause;             // empty: a row beside them
  std::optional<trace::Divergence> first; // spike that differs, in order of sample, step, layer
};

// One cause in one layer, where it changes anything.
struct LayerCause {
  uint32_t population = 0; // of the network; an input for Inputs
  std::string layer;
  Cause cause = Cause::Weights;
  CauseCost on;  // alone, against float
  CauseCost off; // all others everywhere, against float
};

struct CauseReport {
  struct Layer {
    std::string name;
    uint32_t neurons = 0;
    uint64_t spikes = 0, quantisedSpikes = 0; // of the float and the quantised network
  };
  std::vector<Layer> layers;       // the populations that are no inputs, in their order
  std::vector<CauseRow> rows;      // quantised, the causes, together, unexplained; on
  std::vector<CauseRow> without;   // the causes; off, everywhere
  std::vector<LayerCause> byLayer; // by layer, then cause
  uint64_t samples = 0, steps = 0; // steps of all samples together
  bool labelled = false;
  uint64_t correct = 0; // of the float network
  const CauseRow &row(llvm::StringRef name) const;
};

// Fails as FloatEngine::create and net::dequantize do, and where a sample cannot be had.
// Time: a float run of all samples per row, and two per LayerCause.
llvm::Expected<CauseReport> findCauses(const CauseRequest &request);

} // namespace snnc::runtime::verify
