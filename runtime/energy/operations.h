// NeuroBench's operation counts on the deployed integers, averaged per sample over all its steps.
// Definitions and differences from the harness: docs/reference/energy_model.md.
#pragma once

#include "common/net/quant_net.h"
#include "runtime/energy/activity.h"

#include <optional>

namespace snnc::runtime::energy {

struct Operations {
  // What a dense framework executes at every step, zeros and padding included: rows x columns of a
  // dense layer, outputs x kernel entries of a convolution, the stored weights of a sparse one. A
  // pool's additions are no multiplications and count nothing. Empty for a network decoded from an
  // image, which holds no zero weights.
  std::optional<double> denseMacs;
  // Spike times nonzero weight, on and off the chip. Input spikes so late that their delay leads
  // past the last step act on nothing and do not count.
  double effectiveAcs = 0;
  double effectiveMacs = 0; // nonzero analog input times nonzero weight, as executed
  double hostMacs = 0;      // those of effectiveMacs that run on the host
  double synops = 0;        // counted by the cores
  double neuronUpdates = 0; // counted by the cores, active and inactive
  // Every input of the chip is a spike, so the cores must have counted effectiveAcs exactly: two
  // independent counts, from the traces with the network's weights and from the machines.
  bool synopsAgree = false;
};

// `hostMacs`, `spikes` and `activity` are sums over `samples` inferences of `steps` steps; `spikes`
// has the tails of lostTails.
Operations countOperations(const net::QuantNet &net, const SpikeCounts &spikes,
                           const Activity &activity, uint64_t hostMacs, uint32_t steps,
                           uint64_t samples);

} // namespace snnc::runtime::energy
