// From what the output population did to the class it names.
#pragma once

#include "common/net/quant_net.h"
#include "common/trace/trace.h"

#include <cstdint>
#include <vector>

namespace snnc::trace {

// Integer membranes as those of the float network, v / scale + rest. Under subtract-delayed the
// float network's membrane (snnTorch's mem) is what it was before the subtraction, while the chip
// has subtracted: the reset amount is added back from the step of a spike to the end of the hold.
struct MembraneUnits {
  std::vector<double> scale;        // per neuron
  std::vector<double> rest;         // per neuron; empty = 0
  std::vector<double> delayedReset; // membrane units, per neuron; empty = 0
  std::vector<uint32_t> held; // steps of v after a spike that have it still; with delayedReset
};
MembraneUnits membraneUnits(const net::QuantPopulation &population, const net::Profile &profile);

// One score per neuron over `steps` steps:
//   Count     spikes
//   Membrane  mean of v after each step
//   Last      v after the last step
//   Max       largest v after any step
// v is vReal where recorded, else v in `units` (null: as it is); all but Count need one of them
// (asserted).
std::vector<double> scores(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                           const MembraneUnits *units = nullptr);

// The neuron with the largest score; ties go to the lowest index. 0 without neurons or steps.
uint32_t predict(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                 const MembraneUnits *units = nullptr);

} // namespace snnc::trace
