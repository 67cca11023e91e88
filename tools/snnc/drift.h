// How often neurons spike on calibration samples, and what the integers changed in that.
#pragma once

#include "tools/snnc/calibration.h"
#include "tools/snnc/subject.h"

namespace snnc::cli {

// Of the first samples, at most 100, and fewer where their traces would take much memory. Runs the
// float and the quantised reference engine. REQUIRES: subject was compiled from real numbers.
llvm::Expected<std::vector<LayerDrift>> driftOf(Subject &subject, const CalibrationData &data,
                                                Console &console);

// Spikes per step of every neuron and input element on the same samples, in the network as trained,
// by population: what mapping weights messages with. What never spiked has half a spike.
llvm::Expected<std::map<std::string, std::vector<float>>>
ratesOf(Subject &subject, const CalibrationData &data, Console &console);

} // namespace snnc::cli
