// A network laid onto cores without the compiler: no cost, no cleverness, much randomness. Tests of
// the engines use it, so that they need no compiler, and so that layouts are met that the compiler
// would never choose (holes, mixed dense and sparse axons, cores strewn over the mesh). Axons whose
// words are equal share them, whatever projection they are of.
#pragma once

#include "common/image/image.h"
#include "common/net/quant_net.h"
#include "common/support/rng.h"
#include "common/target/target.h"

#include <optional>

namespace snnc::test {

struct LayoutOptions {
  uint32_t neuronsPerCore = 0;            // 0: the target's
  uint32_t meshWidth = 0, meshHeight = 0; // 0: the target's
  // Cores at random places, holes between segments, random word formats and base rows of sparse
  // axons, some words that could be shared stored again.
  bool shuffle = false;
};

// Empty if the network does not fit the target this way. `rng` is used only to shuffle.
std::optional<image::Image> layOut(const net::QuantNet &net, const target::Target &target,
                                   const LayoutOptions &options, support::Rng &rng);

} // namespace snnc::test
