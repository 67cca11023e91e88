// Chooses the ranges of a population's weights and rounds them, still as real numbers: multiples
// of a step of their own, which `quantize` then finds and takes exactly (neuron_scale.h,
// host_neuron.h). So scale, exponents, registers and proofs have one place, whatever the method.
//
// Neurons that share a scale share a range: their largest weight times one factor, of 1.00, 0.95 ..
// 0.20 the one of least loss. The steps of several projections into one neuron keep their ratio.
//
//   percentile   range: the magnitude of rank ceil(0.99 n) among those of each row
//   mse          loss: sum of squared errors of the weights, a shared one as often as it is used
//   calibrated   loss: variance of the error of the input sum (error_feedback.h), for dense weights
//                whose sources were observed, as for mse for the others. Its mean goes into the
//                bias: what the network as trained adds up on average, it still does
#pragma once

#include "compiler/passes/quantize/quantize.h"

#include <optional>

namespace snnc::compiler::quantize {

// Of the weights, against those of the network as trained, counted by synapse.
struct RoundingLoss {
  double signal = 0.0, noise = 0.0; // sums of squares
  double saturated = 0.0, zeroed = 0.0;
};

// True if all projections into `population` are of a form that is rounded here. Diagonals and what
// the host unrolls are not.
bool canRound(const net::Net &net, uint32_t population);

// True if the weights are dense over inputs that can be observed: at most kMostObserved.
inline constexpr uint32_t kMostObserved = 4096;
bool isObserved(const net::Projection &projection);

// Rounds the projections into `population` of `net`. `quant` is what absmax made of `net`: its
// steps are those that the factors multiply. `moments`: per projection of `net`, empty if not
// observed. REQUIRES: canRound.
RoundingLoss roundLayer(net::Net &net, uint32_t population, const net::QuantNet &quant,
                        llvm::ArrayRef<std::optional<SourceMoments>> moments, Quantizer quantizer,
                        uint32_t weightMax, uint32_t weightShift);

} // namespace snnc::compiler::quantize
