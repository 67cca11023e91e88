// From what the output population did to the class it names.
#pragma once

#include "common/net/profile.h"
#include "common/trace/trace.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace snnc::trace {

// One score per neuron over `steps` steps:
//   Count     spikes
//   Membrane  mean of v after each step
//   Last      v after the last step
//   Max       largest v after any step
// v is vReal where recorded, else v; all but Count need one of them (asserted). `scale`, membrane
// units per float unit of each neuron, makes integer membranes comparable; empty = 1.
std::vector<double> scores(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                           llvm::ArrayRef<double> scale = {});

// The neuron with the largest score; ties go to the lowest index. 0 without neurons or steps.
uint32_t predict(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                 llvm::ArrayRef<double> scale = {});

} // namespace snnc::trace
