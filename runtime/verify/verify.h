// Runs one image on several engines in lockstep and says where they differ, down to the operation
// that produced the first wrong value (docs/architecture.md, "the ladder").
//
//   spikes    every neuron at every tick, in every pair
//   states    u and v at every tick; between machines also refractory, and outside the windows
//   cycles    between machines with a clock: each tick's length, the cycle of every send
//   counters  between machines: every activity counter, sample by sample; where one has no clock
//             (fast), those that need none and do not depend on the order of a tick's messages
//
// Fails (SNN7100, SNN7101) when an engine cannot be made or a sample cannot be run. A mismatch is
// not a failure: it is in the report.
#pragma once

#include "common/data/data.h"
#include "common/image/image.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "runtime/machine/machine.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snnc::runtime::verify {

// Makes an unloaded machine for an image: fast::, cycle:: and rtl::create...Machine.
using MachineFactory =
    std::function<llvm::Expected<std::unique_ptr<Machine>>(const image::Image &image)>;

struct EngineSpec {
  std::string name;      // as in the report: "quant", "fast", "cycle", "rtl"
  MachineFactory create; // empty: the quantised network in double (reference::QuantEngine)
};

// What references point to outlives the call.
struct VerifyRequest {
  const image::Image &image;
  // The network the image was compiled from; null: the image decoded (then the report's
  // imageEqualsNetwork is empty, there is nothing to compare with).
  const net::QuantNet *network = nullptr;
  target::CoreSpec core;
  std::vector<EngineSpec> engines; // two or more, distinct names; every pair is compared
  uint64_t firstSample = 0, samples = 0;
  std::function<llvm::Expected<data::EncodedSample>(uint64_t sample)> sampleAt;
  // "snnc verify m.nir --target tiny --data digits": a replay line appends --samples A:B.
  std::string command;
  std::function<void(uint64_t done, uint64_t total)> progress; // may be empty
};

// The first difference of a pair, in order of sample, tick, core or population, neuron, field.
struct Divergence {
  uint64_t sample = 0;
  uint32_t tick = 0;            // of the chip, from the sample's start
  std::string layer;            // population; empty where the field belongs to no neuron
  uint32_t neuron = 0;          // in the population
  std::optional<uint32_t> core; // index into Image::cores
  uint32_t local = 0;           // neuron on the core
  std::string field;            // u v refractory spike sends send_core send_cycle tick_cycles
                                // counter:<name>
  int64_t a = 0, b = 0;
  std::string operation; // the rule of docs/reference/arithmetic.md with its operands
  std::string replay;    // one command line that runs this sample alone; empty without `command`

  std::string text() const; // several lines, for people
};

// Empty where the comparison does not apply: cycles without a clock on both sides, counters where
// one side is the network.
struct PairReport {
  std::string a, b;
  uint64_t spikeMismatches = 0, stateMismatches = 0;
  std::optional<uint64_t> cycleMismatches, counterMismatches;
  std::optional<Divergence> first;

  bool equal() const {
    return spikeMismatches == 0 && stateMismatches == 0 && cycleMismatches.value_or(0) == 0 &&
           counterMismatches.value_or(0) == 0;
  }
};

struct VerifyReport {
  bool pass = false; // every pair equal and imageEqualsNetwork not false
  uint64_t samples = 0;
  uint64_t ticks = 0; // per engine, all samples
  uint32_t coresUsed = 0;
  std::vector<PairReport> pairs; // (0,1), (0,2), ..., (1,2), ...
  std::optional<bool> imageEqualsNetwork;
  std::string imageDifference; // the first one, in words; empty if none
};

llvm::Expected<VerifyReport> verifyEngines(const VerifyRequest &request);

// Translation validation: the image decoded and compared with `network`, synapse by synapse.
// Returns the first difference in words, or an empty string.
llvm::Expected<std::string> compareImageWithNetwork(const image::Image &image,
                                                    const net::QuantNet &network);

} // namespace snnc::runtime::verify
