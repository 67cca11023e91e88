// One leaky integrate-and-fire neuron under a constant current, in SI units:
//
//   C_m dV/dt = -g_L (V - E_L) + I        V >= V_th: a spike, V = V_reset for t_ref
//
// Source: W. Gerstner et al., Neuronal Dynamics, section 1.3. The defaults are the neuron of the
// study that examples/bridge retraces.
#pragma once

#include <cstdint>
#include <vector>

namespace snnc::lif {

struct Neuron {
  double capacitance = 100e-12; // C_m [F], > 0
  double leak = 10e-9;          // g_L [S], > 0
  double rest = -75e-3;         // E_L [V]
  double threshold = -55e-3;    // V_th [V], > E_L
  double reset = -75e-3;        // V_reset [V], < V_th
  double refractory = 2e-3;     // t_ref [s], >= 0

  double tau() const { return capacitance / leak; }   // [s]
  double height() const { return threshold - rest; }  // [V]
  double rheobase() const { return leak * height(); } // [A]: no spike at or below it
  bool operator==(const Neuron &) const = default;
};

// The scales that make it dv/dt = -v + i with v_th = 1 (time in tau, v from E_L in V_th - E_L,
// current in rheobases), and what is left of its parameters then.
struct Dimensionless {
  double voltage, time, current; // scales: [V], [s], [A]
  double reset, refractory;      // v_reset, t_ref; v_th is 1
};
Dimensionless dimensionless(const Neuron &neuron);

// Another neuron with the same dimensionless form: it behaves identically under equal i.
Neuron rescaled(const Neuron &neuron, double capacitance, double leak, double rest, double height);

enum class Integrator {
  Euler, // V += dt/C (-g (V - E) + I); a spike in the step that reaches V_th; t_ref in whole steps
  Exact, // the solution between spikes in closed form; spikes at any time
};
const char *nameOf(Integrator integrator); // "euler", "exact"

struct Protocol {
  double window = 150e-3; // [s], > 0; starts at V = E_L
  double dt = 0.1e-3;     // [s], > 0; Euler: < 2 tau, or V oscillates
  Integrator integrator = Integrator::Euler;

  uint64_t steps() const; // of the window, rounded
};

inline constexpr unsigned kFlopsPerStep = 5; // of Euler: -, *, +, * (by dt/C), +

struct Response {
  std::vector<double> spikeTimes; // [s], ascending, within the window
  std::vector<double> membrane;   // [V] after every step, if recorded
};
Response simulate(const Neuron &neuron, double current, const Protocol &protocol,
                  bool record = false);

// Spikes over the window [Hz], as the study counts.
double countRate(const Response &run, const Protocol &protocol);
// Of the spikes' mean distance [Hz], which a constant current fixes; countRate of fewer than two.
double intervalRate(const std::vector<double> &spikeTimes, double window);

// The F-I curve in closed form [Hz]: 0 up to the rheobase, else
//   1 / (t_ref + tau ln((i - v_reset) / (i - 1)))      i = I / rheobase
double rate(const Neuron &neuron, double current);

// `points` >= 2 currents from lo to hi, both included.
std::vector<double> currents(double lo, double hi, uint32_t points);

} // namespace snnc::lif
