#include "tools/snnc/lif_chip.h"

#include "tools/snnc/runner.h"

#include <cmath>

namespace snnc::cli {

using runtime::report::LifChip;
using runtime::report::LifPoint;
using runtime::report::LifReport;

// v = (V - E_L)/(V_th - E_L), and so tau dv/dt = -v + I/rheobase.
static net::Population populationOf(const lif::Neuron &neuron, uint32_t size) {
  const lif::Dimensionless form = lif::dimensionless(neuron);
  net::Population population;
  population.name = "neurons";
  population.kind = net::NeuronKind::LIF;
  population.shape = {size};
  population.params.tau = form.time;
  population.params.r = 1.0;
  population.params.vThreshold = 1.0;
  population.params.vReset = form.reset;
  population.params.refractory = neuron.refractory;
  return population;
}

// One neuron per current, in rheobases as its bias. The input is there because a network has one;
// nothing leaves it.
static net::Net networkOf(const LifReport &report, const std::vector<double> &currents) {
  net::Net net;
  net.name = "lif";
  net.profile.dt = {report.protocol.dt, net::Origin::Model, "the simulation's"};
  net.profile.reset = {net::ResetRule::Zero, net::Origin::Model, "to V_reset"};
  net.profile.compare = {net::Compare::Ge, net::Origin::Model, "the simulation's"};
  net.run.steps = static_cast<uint32_t>(report.protocol.steps());
  net::Population input;
  input.name = "none";
  input.shape = {1};
  const auto size = static_cast<uint32_t>(currents.size());
  net.populations = {input, populationOf(report.neuron, size)};
  net::Projection projection;
  projection.name = "current";
  projection.target = 1;
  projection.weights = net::SparseWeights{size, 1, {0, 0}, {}, {}};
  for (double current : currents)
    projection.bias.push_back(current / report.neuron.rheobase());
  net.projections = {projection};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

static llvm::Expected<Subject> compiled(const LifChipRequest &request, const LifReport &report,
                                        const std::vector<double> &currents, Console &console) {
  Subject subject;
  subject.path = "lif";
  llvm::Expected<target::Target> target = target::loadTarget(request.target);
  if (!target)
    return target.takeError();
  subject.target = std::move(*target);
  subject.net = networkOf(report, currents);
  subject.run = subject.net->run;
  support::Warnings warnings;
  auto result = compiler::compile(*subject.net, *subject.target, {}, warnings);
  console.warn(warnings);
  if (!result)
    return result.takeError();
  subject.lowered = std::move(result->net);
  subject.quant = std::move(result->quant);
  subject.image = std::move(result->image);
  return subject;
}

static llvm::Expected<RunResult> runChip(const LifChipRequest &request, const Subject &subject,
                                         Console &console) {
  Samples samples;
  samples.count = 1;
  samples.dataset.samples = samples.dataset.size = 1;
  samples.dataset.steps = subject.run.steps;
  samples.dataset.values.assign(*subject.run.steps, 0.0F);
  RunPlan plan;
  plan.keepTraces = true;
  for (const std::string &engine : request.engines)
    plan.engines.push_back(engine == "rtl" ? Engine::Rtl : Engine::Cycle);
  return runSamples(subject, samples, plan, console);
}

// The neuron that the core's decay stands for: its leak takes decay/4096 of v a step.
static lif::Neuron withDecay(lif::Neuron neuron, uint16_t decay, double dt) {
  constexpr double kUnits = 4096;
  neuron.leak = neuron.capacitance * decay / kUnits / dt;
  return neuron;
}

static double eulerRate(const lif::Neuron &neuron, double current, lif::Protocol protocol) {
  protocol.integrator = lif::Integrator::Euler;
  return lif::intervalRate(lif::simulate(neuron, current, protocol).spikeTimes, protocol.window);
}

static std::vector<double> spikeTimes(const trace::PopulationTrace &trace, uint32_t steps,
                                      uint32_t neuron, double dt) {
  std::vector<double> times;
  for (uint32_t step = 0; step < steps; ++step)
    if (trace.spikes[size_t{step} * trace.size + neuron] != 0)
      times.push_back((step + 1) * dt);
  return times;
}

static void takeTrace(const trace::SampleTrace &trace, LifChip &chip, LifReport &report) {
  const trace::PopulationTrace &neurons = trace.populations.at(1);
  uint32_t index = 0;
  for (LifPoint &point : report.curve) {
    const auto times = spikeTimes(neurons, trace.steps, index++, report.protocol.dt);
    point.chip = lif::intervalRate(times, report.protocol.window);
    point.euler = eulerRate(report.neuron, point.current, report.protocol);
    point.decayed = eulerRate(chip.neuron, point.current, report.protocol);
    if (std::abs(point.error()) > chip.maxError) {
      chip.maxError = std::abs(point.error());
      chip.atCurrent = point.current;
    }
  }
  for (runtime::report::LifRate &rate : report.rates)
    rate.chipSpikes = spikeTimes(neurons, trace.steps, index++, report.protocol.dt).size();
}

llvm::Error measureOnChip(const LifChipRequest &request, LifReport &report, Console &console) {
  std::vector<double> currents;
  for (const LifPoint &point : report.curve)
    currents.push_back(point.current);
  for (const runtime::report::LifRate &rate : report.rates)
    currents.push_back(rate.current);
  llvm::Expected<Subject> subject = compiled(request, report, currents, console);
  if (!subject)
    return subject.takeError();
  llvm::Expected<RunResult> result = runChip(request, *subject, console);
  if (!result)
    return result.takeError();
  LifChip chip;
  chip.target = subject->target->name;
  chip.engines = request.engines;
  chip.decay = subject->quant->populations[1].neurons[0].dv;
  chip.neuron = withDecay(report.neuron, chip.decay, report.protocol.dt);
  const trace::SampleTrace &first = result->engines.front().traces.front();
  for (const EngineResult &engine : result->engines)
    chip.agree &= trace::diff(first, engine.traces.front()).spikeMismatches == 0;
  takeTrace(first, chip, report);
  report.chip = std::move(chip);
  return llvm::Error::success();
}

} // namespace snnc::cli
