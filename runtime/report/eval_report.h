// Everything that `snnc eval` found out, as data; printed for people in the order of Arm Vela's
// summary, or as one JSON object (schema snnc-eval/1).
#pragma once

#include "common/image/image.h"
#include "common/target/target.h"
#include "runtime/energy/energy.h"
#include "runtime/energy/operations.h"
#include "runtime/machine/counters.h"
#include "runtime/verify/causes.h"

#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace snnc::runtime::report {

using Json = nlohmann::ordered_json;

struct LayerRow {
  std::string name;
  uint32_t neurons = 0;
  uint64_t synapses = 0;   // nonzero weights of its inputs, unrolled; of an image: integers
  uint32_t weightBits = 0; // 0: no weighted input (an input layer)
  bool input = false;
  bool onHost = false; // its input projection is computed by the host
  double spikesPerSample = 0;
};

// One limited resource of a core, with the fullest core's use.
struct CoreUse {
  std::string resource;
  uint64_t used = 0, limit = 0;
  uint32_t core = 0; // index into Image::cores
};

// Cycles per inference by kind; a total of all is what an inference occupies the chip for.
struct Latency {
  double ticks = 0;      // updates and messages
  double host = 0;       // input spikes entering the mesh
  double hostWrites = 0; // bias words of direct coding
  double reset = 0;      // between samples
  double clockMHz = 0;
  double cycles() const { return ticks + host + hostWrites + reset; }
  double seconds() const { return cycles() / (clockMHz * 1e6); }
};
Latency latencyOf(const Counters &counters, uint64_t samples, double clockMHz);

struct EvalReport {
  std::string model, data;
  target::Target target;
  net::Profile profile;
  net::RunOptions run;
  uint64_t samples = 0;
  uint32_t steps = 0, ticks = 0; // per sample; ticks = steps + skew
  uint32_t coresUsed = 0, coresAvailable = 0;
  uint32_t meshWidth = 1, meshHeight = 1;
  uint64_t imageBytes = 0;
  std::vector<LayerRow> layers; // inputs first, in the order of the network
  std::vector<CoreUse> memory;
  // Fractions right; empty without labels, or (float) without a float network.
  std::optional<double> accuracyFloat, accuracyQuant, accuracyImage;
  std::optional<uint64_t> imageUnlikeFloat; // predictions that differ; empty without a float net
  uint64_t imageUnlikeQuant = 0;
  energy::Operations operations;
  std::optional<energy::EnergyReport> energy; // empty: the target has no energy table
  Latency latency;
  uint64_t biasSaturations = 0, inputSaturations = 0;                  // direct coding, all samples
  uint64_t accumulatorWraps = 0, currentWraps = 0, membraneClamps = 0; // of the cores, all samples
  std::optional<verify::CauseReport> causes;                           // --explain
  std::vector<std::string> warnings;
};

// The fullest core of every resource of the target.
std::vector<CoreUse> coreUse(const image::Image &image, const target::CoreSpec &core);

void printSummary(const EvalReport &report, llvm::raw_ostream &os);
Json toJson(const EvalReport &report);

Json toJson(const energy::EnergyReport &energy);
Json toJson(const Counters &counters); // totals over cores, then the machine's own
Json toJson(const net::Profile &profile); // values, and "origin" with where each came from
std::string profileText(const net::Profile &profile); // one line

} // namespace snnc::runtime::report
