// What the integers changed in the spikes, layer by layer, on calibration samples.
#pragma once

#include "tools/snnc/calibration.h"
#include "tools/snnc/subject.h"

namespace snnc::cli {

// Of the first samples, at most 100, and fewer where their traces would take much memory. Runs the
// float and the quantised reference engine. REQUIRES: subject was compiled from real numbers.
llvm::Expected<std::vector<LayerDrift>> driftOf(const Subject &subject, const CalibrationData &data,
                                                Console &console);

} // namespace snnc::cli
