// What the networks do on calibration samples, for the compiler, which runs none: the float and the
// quantised reference engine count, compiler/pass/calibration.h says what.
#pragma once

#include "common/data/data.h"
#include "common/target/target.h"
#include "compiler/pass/calibration.h"
#include "tools/snnc/console.h"

namespace snnc::cli {

struct CalibrationData {
  data::Dataset dataset;
  uint64_t samples = 0;   // the first of `dataset`, at least 1
  bool dataSteps = false; // the data's time axis counts the steps, whatever the model says
};

// The answer is the same whatever console.threads is: samples are summed in their order. Fails as
// data::encodeSample and FloatEngine::create do. Memory O(samples * neurons). `data` and `console`
// must outlive it.
compiler::ObserveSource observeOn(const CalibrationData &data, const target::CoreSpec &core,
                                  Console &console);

} // namespace snnc::cli
