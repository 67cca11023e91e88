// The neuron of `snnc lif` on a target: compiled as a network, a neuron per current, and its F-I
// curve measured by the engines.
#pragma once

#include "runtime/report/lif_report.h"
#include "tools/snnc/console.h"

namespace snnc::cli {

struct LifChipRequest {
  std::string target;
  std::vector<std::string> engines; // "cycle", "rtl"
};
// Fills report.chip, the chip's columns of report.curve and report.rates. The membrane is that of
// the dimensionless form, the current a constant bias. Fails as a compilation does: a t_ref that is
// no whole number of steps, more neurons than the target holds.
llvm::Error measureOnChip(const LifChipRequest &request, runtime::report::LifReport &report,
                          Console &console);

} // namespace snnc::cli
