// How `quantize` may choose a network's integers, and what it asks about the network's activity.
//
// The compiler runs no network: whoever can (tools/snnc/calibration.h, with the reference engines)
// hands in a function that answers with plain numbers. docs/reference/quantisation.md.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace snnc::compiler {

enum class Quantizer {
  AbsMax,     // a row's range ends at its largest weight
  Percentile, // at the magnitude that 99 % of them do not exceed
  Mse,        // where the squared error of the weights is least
  Calibrated, // where the squared error of the input sums is least, over calibration samples
};
const char *nameOf(Quantizer quantizer);                          // as on the command line
std::optional<Quantizer> parseQuantizer(const std::string &name); // empty if unknown

// What the n neurons of one population send, over the calibration samples. A neuron's value in a
// sample is its spikes per step, 0 .. 1; an input's of a direct-coded network its value as the host
// reads it, mean over the steps.
struct SourceMoments {
  std::vector<double> trained; // mean in the network as trained
  std::vector<double> mean;    // mean in the quantised network
  std::vector<double> second;  // [n][n] mean of products in the quantised network
};

// `lowered`: in real numbers. `quant`: all its populations, those before `population` as they will
// be. Asked in the same order, it answers the same.
using ObserveSource = std::function<llvm::Expected<SourceMoments>(
    const net::Net &lowered, const net::QuantNet &quant, uint32_t population)>;

} // namespace snnc::compiler
