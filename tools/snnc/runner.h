// Runs samples on engines, several samples at a time. Results are stored by sample and sums are of
// integers, so they are the same whatever the number of threads.
#pragma once

#include "common/trace/trace.h"
#include "runtime/energy/activity.h"
#include "runtime/machine/host_driver.h"
#include "runtime/rtl/rtl_machine.h"
#include "tools/snnc/subject.h"

#include <memory>

namespace snnc::cli {

struct EngineEvents {
  uint64_t accWraps = 0, currentWraps = 0, membraneClamps = 0, biasSaturations = 0;
};

struct EngineTotals {
  std::optional<runtime::Counters> counters; // engines that run an image
  runtime::HostStats host;
};

// One engine instance; a thread owns it.
class SampleEngine {
public:
  virtual ~SampleEngine() = default;
  virtual trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) = 0;
  virtual void addTotals(EngineTotals &) {}
};

enum class Engine { Float, Quant, Fast, Cycle, Rtl };
const char *nameOf(Engine engine);

struct RunPlan {
  std::vector<Engine> engines;
  bool float32 = false;
  bool rounding = false;    // float: the lowered network with the state's rounding of the target
  bool keepTraces = false;  // keep every sample's trace: memory grows with the samples
  bool recordState = false; // in the traces kept
  std::optional<runtime::rtl::Wave> wave; // rtl: what it shows of itself
};

struct EngineResult {
  std::vector<int32_t> predictions;       // by sample
  std::vector<trace::SampleTrace> traces; // by sample, if kept
  runtime::energy::SpikeCounts spikes;
  EngineTotals totals;
};
struct RunResult {
  std::vector<EngineResult> engines; // as RunPlan::engines
  uint32_t steps = 0;                // T of every sample
  // First sample handed in to last result, host encoding included; engines are made and loaded
  // before.
  double wallSeconds = 0;
};

llvm::Expected<RunResult> runSamples(const Subject &subject, const Samples &samples,
                                     const RunPlan &plan, Console &console);

} // namespace snnc::cli
