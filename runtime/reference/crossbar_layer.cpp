#include "runtime/reference/crossbar_layer.h"

#include <cassert>
#include <cmath>

namespace snnc::runtime::reference {

CrossbarLayer::CrossbarLayer(const net::QuantPopulation &population, unsigned membraneBits)
    : lowest(-std::ldexp(1.0, static_cast<int>(membraneBits) - 1)), highest(-lowest - 1.0) {
  assert(!population.crossbar.empty());
  const auto size = static_cast<Eigen::Index>(population.crossbar.size());
  for (Array *array : {&leak, &threshold, &floor, &reset, &start})
    array->resize(size);
  for (Flags *flags : {&linear, &inclusive})
    flags->resize(size);
  for (Eigen::Index n = 0; n < size; ++n) {
    const net::CrossbarConfig &neuron = population.crossbar[static_cast<size_t>(n)];
    leak[n] = neuron.leak;
    threshold[n] = neuron.threshold;
    floor[n] = neuron.floor;
    reset[n] = neuron.reset;
    start[n] = neuron.vInit;
    linear[n] = neuron.linearReset;
    inclusive[n] = neuron.floorInclusive;
  }
}

CrossbarLayer::Flags CrossbarLayer::update(const Array &sums, Array &v, uint64_t &clamps) const {
  const Array x = v + sums + leak;
  const Flags spike = x >= threshold;
  const Flags below = !spike && inclusive.select(x <= floor, x < floor);
  const Array fired = linear.select(x - threshold, reset);
  const Array raised = linear.select(x - floor, -reset);
  const Array y = spike.select(fired, below.select(raised, x));
  v = y.max(lowest).min(highest);
  clamps += static_cast<uint64_t>((v != y).count());
  return spike;
}

} // namespace snnc::runtime::reference
