#include "common/lif/lif.h"

#include <cmath>

namespace snnc::lif {
namespace {

// From V_reset to V_th [s], inf at or below the rheobase; from `start` [V].
double riseTime(const Neuron &neuron, double current, double start) {
  const double target = current / neuron.leak; // above E_L [V]
  if (target <= neuron.height() * (1 + 1e-12)) // volts are rounded: 200 pA is the rheobase
    return INFINITY;
  return neuron.tau() * std::log((target - (start - neuron.rest)) / (target - neuron.height()));
}

Response euler(const Neuron &neuron, double current, const Protocol &protocol, bool record) {
  Response run;
  const uint64_t steps = protocol.steps();
  const auto hold = static_cast<uint64_t>(std::llround(neuron.refractory / protocol.dt));
  const double perAmpere = protocol.dt / neuron.capacitance;
  double v = neuron.rest;
  uint64_t held = 0;
  for (uint64_t step = 1; step <= steps; ++step) {
    if (held > 0) {
      --held;
    } else {
      v += (-neuron.leak * (v - neuron.rest) + current) * perAmpere;
      if (v >= neuron.threshold) {
        run.spikeTimes.push_back(static_cast<double>(step) * protocol.dt);
        v = neuron.reset;
        held = hold;
      }
    }
    if (record)
      run.membrane.push_back(v);
  }
  return run;
}

// V at time t after it was `start`.
double relaxed(const Neuron &neuron, double current, double start, double t) {
  const double target = neuron.rest + current / neuron.leak;
  return target + (start - target) * std::exp(-t / neuron.tau());
}

Response exact(const Neuron &neuron, double current, const Protocol &protocol, bool record) {
  Response run;
  const double first = riseTime(neuron, current, neuron.rest);
  const double period = neuron.refractory + riseTime(neuron, current, neuron.reset);
  if (first <= protocol.window && period > 0)
    for (double t = first; t <= protocol.window;
         t = first + static_cast<double>(run.spikeTimes.size()) * period)
      run.spikeTimes.push_back(t);
  if (!record)
    return run;
  size_t spikes = 0;
  for (uint64_t step = 1; step <= protocol.steps(); ++step) {
    const double t = static_cast<double>(step) * protocol.dt;
    while (spikes < run.spikeTimes.size() && run.spikeTimes[spikes] <= t)
      ++spikes;
    const double free = spikes == 0 ? t : t - run.spikeTimes[spikes - 1] - neuron.refractory;
    run.membrane.push_back(
        relaxed(neuron, current, spikes == 0 ? neuron.rest : neuron.reset, std::max(free, 0.0)));
  }
  return run;
}

} // namespace

Dimensionless dimensionless(const Neuron &neuron) {
  return {neuron.height(), neuron.tau(), neuron.rheobase(),
          (neuron.reset - neuron.rest) / neuron.height(), neuron.refractory / neuron.tau()};
}

Neuron rescaled(const Neuron &neuron, double capacitance, double leak, double rest, double height) {
  const Dimensionless form = dimensionless(neuron);
  return {capacitance,
          leak,
          rest,
          rest + height,
          rest + form.reset * height,
          form.refractory * capacitance / leak};
}

const char *nameOf(Integrator integrator) {
  return integrator == Integrator::Euler ? "euler" : "exact";
}

uint64_t Protocol::steps() const {
  return static_cast<uint64_t>(std::llround(window / dt));
}

Response simulate(const Neuron &neuron, double current, const Protocol &protocol, bool record) {
  return protocol.integrator == Integrator::Euler ? euler(neuron, current, protocol, record)
                                                  : exact(neuron, current, protocol, record);
}

double countRate(const Response &run, const Protocol &protocol) {
  return static_cast<double>(run.spikeTimes.size()) / protocol.window;
}

double intervalRate(const std::vector<double> &spikeTimes, double window) {
  if (spikeTimes.size() < 2)
    return static_cast<double>(spikeTimes.size()) / window;
  return static_cast<double>(spikeTimes.size() - 1) / (spikeTimes.back() - spikeTimes.front());
}

double rate(const Neuron &neuron, double current) {
  return 1.0 / (neuron.refractory + riseTime(neuron, current, neuron.reset));
}

std::vector<double> currents(double lo, double hi, uint32_t points) {
  std::vector<double> values(points);
  for (uint32_t i = 0; i < points; ++i)
    values[i] = lo + (hi - lo) * i / (points - 1);
  return values;
}

} // namespace snnc::lif
