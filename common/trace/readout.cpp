#include "common/trace/readout.h"

#include <algorithm>
#include <cassert>

namespace snnc::trace {

static double membrane(const PopulationTrace &output, size_t at) {
  return output.vReal.empty() ? output.v[at] : output.vReal[at];
}

// Row by row; sums of integers stay exact in double (|v| < 2^23).
static double scoreOf(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                      uint32_t neuron) {
  const size_t size = output.size;
  double score = 0.0;
  switch (readout) {
  case net::Readout::Count:
    for (uint32_t step = 0; step < steps; ++step)
      score += output.spikes[step * size + neuron];
    return score;
  case net::Readout::Membrane:
    for (uint32_t step = 0; step < steps; ++step)
      score += membrane(output, step * size + neuron);
    return score / steps;
  case net::Readout::Last:
    return membrane(output, (steps - 1) * size + neuron);
  case net::Readout::Max:
    score = membrane(output, neuron);
    for (uint32_t step = 1; step < steps; ++step)
      score = std::max(score, membrane(output, step * size + neuron));
    return score;
  }
  return score;
}

std::vector<double> scores(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                           llvm::ArrayRef<double> scale) {
  assert(readout == net::Readout::Count || !output.vReal.empty() || !output.v.empty());
  std::vector<double> all(output.size, 0.0);
  if (steps == 0)
    return all;
  for (uint32_t neuron = 0; neuron < output.size; ++neuron) {
    all[neuron] = scoreOf(output, steps, readout, neuron);
    if (readout != net::Readout::Count && !scale.empty())
      all[neuron] /= scale[neuron];
  }
  return all;
}

uint32_t predict(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                 llvm::ArrayRef<double> scale) {
  const std::vector<double> all = scores(output, steps, readout, scale);
  return static_cast<uint32_t>(std::max_element(all.begin(), all.end()) - all.begin());
}

} // namespace snnc::trace
