// --weight-bits auto: the fewest bits per layer that keep an accuracy.
#pragma once

#include "tools/snnc/calibration.h"
#include "tools/snnc/subject.h"

namespace snnc::cli {

// All layers get the fewest bits, the same for all, whose accuracy on the samples of `data` is at
// most `budget` points below the float network's; then each in turn, the one with most synapses
// first, gives up bits as long as that holds. `options` are those of the compilation to come,
// `observe` included. SNN1215 if the data have no labels, SNN3013 if no
// number of bits keeps the budget.
// Cost: a quantisation and a run of all samples per trial, about one per bit and layer.
llvm::Expected<BitSearch> searchBits(const Subject &subject, compiler::CompileOptions options,
                                     const CalibrationData &data, double budget, Console &console);

} // namespace snnc::cli
