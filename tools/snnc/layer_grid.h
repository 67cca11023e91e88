// The grid that a layer's integers lie on, in real units: what `compile` prints beside its layers.
#pragma once

#include "common/net/quant_net.h"
#include "common/target/target.h"

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace snnc::cli {

struct Spread { // over the neurons of a layer
  double low = 0.0, high = 0.0;
};

struct LayerGrid {
  std::optional<Spread> scale; // membrane units per real unit
  std::optional<Spread> range; // largest real weight that a neuron's integers reach
};

// Of the population of this name. Empty on crossbar cores, whose weights have types instead, and
// without a range where no weights come in.
LayerGrid gridOf(const net::QuantNet &net, const target::CoreSpec &core, llvm::StringRef name);

} // namespace snnc::cli
