#include "common/trace/readout.h"

#include <algorithm>
#include <cassert>

namespace snnc::trace {

MembraneUnits membraneUnits(const net::QuantPopulation &population, const net::Profile &profile) {
  MembraneUnits units;
  units.scale = population.scale;
  units.rest = population.rest;
  if (profile.reset.value != net::ResetRule::SubtractDelayed)
    return units;
  for (const net::NeuronConfig &neuron : population.neurons) {
    units.delayedReset.push_back(neuron.resetSubtract ? neuron.reset : 0);
    units.held.push_back(neuron.refractory - 1u);
  }
  for (const net::CrossbarConfig &neuron : population.crossbar) {
    units.delayedReset.push_back(neuron.linearReset ? neuron.threshold : 0);
    units.held.push_back(0);
  }
  return units;
}

namespace {

// The membrane of one neuron: after every step in its own units, which sum exactly in double
// (|v| < 2^24), and a reduction of those in float units.
class Membrane {
public:
  Membrane(const PopulationTrace &output, uint32_t neuron, const MembraneUnits *units)
      : output(output), neuron(neuron), units(output.vReal.empty() ? units : nullptr) {
    assert(!output.vReal.empty() || !output.v.empty());
  }
  double at(uint32_t step) const {
    const size_t index = size_t{step} * output.size + neuron;
    if (!output.vReal.empty())
      return output.vReal[index];
    const bool late = units != nullptr && !units->delayedReset.empty() && subtracted(step);
    return output.v[index] + (late ? units->delayedReset[neuron] : 0.0);
  }
  double real(double v) const {
    if (units == nullptr)
      return v;
    return (units->scale.empty() ? v : v / units->scale[neuron]) +
           (units->rest.empty() ? 0.0 : units->rest[neuron]);
  }

private:
  bool subtracted(uint32_t step) const {
    for (uint32_t back = 0; back <= std::min(units->held[neuron], step); ++back)
      if (output.spikes[size_t{step - back} * output.size + neuron] != 0)
        return true;
    return false;
  }

  const PopulationTrace &output;
  uint32_t neuron;
  const MembraneUnits *units;
};

double countOf(const PopulationTrace &output, uint32_t steps, uint32_t neuron) {
  double spikes = 0.0;
  for (uint32_t step = 0; step < steps; ++step)
    spikes += output.spikes[size_t{step} * output.size + neuron];
  return spikes;
}

double scoreOf(const PopulationTrace &output, uint32_t steps, net::Readout readout, uint32_t neuron,
               const MembraneUnits *units) {
  if (readout == net::Readout::Count)
    return countOf(output, steps, neuron);
  const Membrane membrane(output, neuron, units);
  if (readout == net::Readout::Last)
    return membrane.real(membrane.at(steps - 1));
  double sum = 0.0, most = membrane.at(0);
  for (uint32_t step = 0; step < steps; ++step) {
    sum += membrane.at(step);
    most = std::max(most, membrane.at(step));
  }
  return membrane.real(readout == net::Readout::Max ? most : sum / steps);
}

} // namespace

std::vector<double> scores(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                           const MembraneUnits *units) {
  std::vector<double> all(output.size, 0.0);
  for (uint32_t neuron = 0; steps != 0 && neuron < output.size; ++neuron)
    all[neuron] = scoreOf(output, steps, readout, neuron, units);
  return all;
}

uint32_t predict(const PopulationTrace &output, uint32_t steps, net::Readout readout,
                 const MembraneUnits *units) {
  const std::vector<double> all = scores(output, steps, readout, units);
  return static_cast<uint32_t>(std::max_element(all.begin(), all.end()) - all.begin());
}

} // namespace snnc::trace
