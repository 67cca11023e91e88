// One population for crossbar cores, with the projections into it.
#pragma once

#include "compiler/pass/pass.h"

#include "common/net/discretize.h"

namespace snnc::compiler::quantize {

struct CrossbarSource {
  const net::Projection *real = nullptr; // dense or sparse, nothing before
  net::QuantProjection *quant = nullptr;
};

struct CrossbarLayerRequest {
  const net::Net &net; // lowered
  uint32_t population = 0;
  llvm::ArrayRef<net::NeuronUpdate> updates; // one, or one per neuron
  uint32_t bits = 4;                         // of weights on no grid
  bool allowLossy = false;
};

// Fills `quant`, the weights of `sources` and `stats`.
llvm::Error quantizeCrossbarLayer(const CrossbarLayerRequest &request,
                                  llvm::ArrayRef<CrossbarSource> sources,
                                  net::QuantPopulation &quant, LayerStats &stats,
                                  PassContext &context);

} // namespace snnc::compiler::quantize
