// Networks in integers with a structure that their neurons' order hides: one recurrent population,
// driven by a few inputs. Seeded; for tests of mapping.
#pragma once

#include "common/net/quant_net.h"
#include "common/support/rng.h"

namespace snnc::test {

struct StructuredNetOptions {
  enum class Kind { Communities, Local, SmallWorld, Random } kind = Kind::Communities;
  uint32_t neurons = 400;
  uint32_t sources = 12; // per neuron, all different
  uint32_t size = 40;    // of a community; how far a local source is at most
  double rewired = 0.1;  // chance that a source is any neuron
  uint32_t inputs = 8;
  bool shuffled = true;
};

net::QuantNet structuredNet(support::Rng &rng, const StructuredNetOptions &options);

} // namespace snnc::test
