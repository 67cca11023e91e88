#include "runtime/report/eval_report.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace snnc::runtime::report {

std::vector<CoreUse> coreUse(const image::Image &image, const target::CoreSpec &core) {
  const auto usedAxons = [](const image::CoreImage &c) {
    uint64_t used = 0;
    for (const image::AxonEntry &axon : c.axons)
      used += axon.words != 0;
    return used;
  };
  const auto usedNeurons = [](const image::CoreImage &c) {
    uint64_t used = 0;
    for (const image::Group &group : c.groups)
      used += group.count;
    return used;
  };
  std::vector<CoreUse> uses;
  const auto add = [&](const char *name, uint64_t limit,
                       llvm::function_ref<uint64_t(const image::CoreImage &)> usedBy) {
    CoreUse use{name, 0, limit, 0};
    for (uint32_t c = 0; c < image.cores.size(); ++c)
      if (const uint64_t used = usedBy(image.cores[c]); used > use.used) {
        use.used = used;
        use.core = c;
      }
    uses.push_back(use);
  };
  add("neurons", core.neurons, usedNeurons);
  add("input axons", core.inputAxons, usedAxons);
  add("output slots", core.outputSlots,
      [](const image::CoreImage &c) { return uint64_t{c.outSlots.size()}; });
  add("synapse words (64 bit)", core.synapseWords,
      [](const image::CoreImage &c) { return uint64_t{c.synapses.size()}; });
  add("neuron groups", core.groups,
      [](const image::CoreImage &c) { return uint64_t{c.groups.size()}; });
  return uses;
}

Latency latencyOf(const Counters &counters, uint64_t samples, double clockMHz) {
  const double inferences = static_cast<double>(samples);
  Latency latency;
  latency.ticks = static_cast<double>(counters.tickCycles) / inferences;
  latency.host = static_cast<double>(counters.hostCycles) / inferences;
  latency.hostWrites = static_cast<double>(counters.hostWriteWords) / inferences;
  latency.reset = static_cast<double>(counters.resetCycles) / inferences;
  latency.clockMHz = clockMHz;
  return latency;
}

} // namespace snnc::runtime::report
