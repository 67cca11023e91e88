#include "tools/snnc/layer_grid.h"

#include <algorithm>
#include <cmath>

namespace snnc::cli {

static void add(std::optional<Spread> &spread, double value) {
  if (!spread)
    spread = Spread{value, value};
  spread->low = std::min(spread->low, value);
  spread->high = std::max(spread->high, value);
}

static double largestInteger(unsigned bits) {
  return std::ldexp(1.0, static_cast<int>(bits) - 1) - 1;
}

// Effect of the largest integer weight into neuron j, membrane units; 0 without weights.
static double reachOf(const net::QuantNet &net, const target::CoreSpec &core, uint32_t population,
                      uint32_t j) {
  double reach = 0.0;
  for (const net::QuantProjection &in : net.projections)
    if (in.target == population)
      reach = std::max(reach, std::ldexp(largestInteger(in.weightBits),
                                         static_cast<int>(core.weightShift) + in.exponent));
  for (const net::HostLayer &host : net.hostLayers)
    if (host.target == population)
      reach = std::max(reach, std::ldexp(largestInteger(host.weightBits) * host.inputScale,
                                         int{net.populations[population].neurons[j].biasExp} -
                                             int{host.shift[j]}));
  return reach;
}

LayerGrid gridOf(const net::QuantNet &net, const target::CoreSpec &core, llvm::StringRef name) {
  LayerGrid grid;
  for (uint32_t p = 0; p < net.populations.size() && !net.isCrossbar(); ++p) {
    const net::QuantPopulation &population = net.populations[p];
    if (population.name != name || population.isInput || population.scale.empty())
      continue;
    for (uint32_t j = 0; j < population.size(); ++j) {
      const double scale = population.scale[j], reach = reachOf(net, core, p, j);
      add(grid.scale, scale);
      if (reach > 0.0)
        add(grid.range, reach / scale);
    }
  }
  return grid;
}

} // namespace snnc::cli
