#include "runtime/reference/float_engine.h"

#include "common/net/discretize.h"
#include "common/net/quant_net.h"
#include "common/support/diag.h"
#include "runtime/reference/float_maps.h"
#include "runtime/reference/schedule.h"
#include "runtime/reference/spike_history.h"

#include <algorithm>
#include <cassert>
#include <cmath>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::runtime::reference {
namespace {

template <class Real> struct Neuron {
  Real currentDecay, currentGain, membraneDecay, membraneGain, leakTerm, threshold, reset, vInit;
  uint32_t refractorySteps;
  bool hasCurrent;

  explicit Neuron(const net::NeuronUpdate &update)
      : currentDecay(static_cast<Real>(update.currentDecay)),
        currentGain(static_cast<Real>(update.currentGain)),
        membraneDecay(static_cast<Real>(update.membraneDecay)),
        membraneGain(static_cast<Real>(update.membraneGain)),
        leakTerm(static_cast<Real>(update.leakTerm)),
        threshold(static_cast<Real>(update.threshold)), reset(static_cast<Real>(update.reset)),
        vInit(static_cast<Real>(update.vInit)), refractorySteps(update.refractorySteps),
        hasCurrent(update.hasCurrent) {}
};

template <class Real> struct Input {
  uint32_t source, delay;
  MapChain<Real> maps;
};

template <class Real> struct Layer {
  uint32_t population = 0, size = 0;
  net::ResetRule reset = net::ResetRule::Zero;
  bool broadcast = false;
  std::vector<Neuron<Real>> neurons;
  std::vector<Real> bias; // empty: none
  std::vector<Input<Real>> inputs;
  // With a rounding grid the state is kept in membrane units: gains of the weights, and v in
  // float units is v / scale + rest. Otherwise empty.
  std::vector<double> gains, scale, rest;
  std::vector<double> currentStep; // in units of x; empty: currents are not rounded

  const Neuron<Real> &neuron(uint32_t n) const { return neurons[broadcast ? 0 : n]; }
};

template <class Real> struct LayerState {
  std::vector<Real> v, i, x;
  std::vector<uint32_t> held;               // refractory steps to go
  std::vector<uint8_t> subtract;            // SubtractDelayed: subtraction due
  std::vector<std::vector<Real>> heldDrive; // per input: W x of values held for all steps
};

// k / 4096, if the decay is that but for the rounding on its way through a time constant.
double decayOnGrid(double decay) {
  constexpr double kOne = 4096.0, kTolerance = 1e-3; // net::discretize snaps by up to 2e-7
  const double steps = std::nearbyint(decay * kOne);
  return std::abs(decay * kOne - steps) <= kTolerance ? steps / kOne : decay;
}

// As the host fills a bias register of 13 bits whose unit is `step`. What is half a step but for
// the rounding of float weights is half a step.
double roundCurrent(double value, double step) {
  constexpr double kParts = 1024;
  const double steps = std::nearbyint(value / step * kParts) / kParts;
  return std::clamp(std::nearbyint(steps), -4096.0, 4095.0) * step;
}

// The same neuron with its state in units of 1/scale and all gains in `gain`, for the weights.
net::NeuronUpdate inMembraneUnits(net::NeuronUpdate update, double scale, double &gain) {
  gain = scale * update.currentGain * update.membraneGain;
  update.currentGain = update.membraneGain = 1.0;
  update.currentDecay = decayOnGrid(update.currentDecay);
  update.membraneDecay = decayOnGrid(update.membraneDecay);
  for (double *value : {&update.leakTerm, &update.threshold, &update.reset, &update.vInit})
    *value = snapToInteger(*value * scale);
  return update;
}

template <class Real> class Engine final : public FloatEngine {
public:
  llvm::Error build(const net::Net &network, const RoundingGrid *grid);
  trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) override;

private:
  llvm::Error addLayer(const net::Net &network, uint32_t population, const RoundingGrid *grid);
  void addInputs(const net::Net &network, Layer<Real> &layer);
  LayerState<Real> initialState(const Layer<Real> &layer) const;
  void gather(Layer<Real> &layer, LayerState<Real> &state, uint32_t step,
              const data::EncodedSample &sample, const SpikeHistory &history);
  void addAnalog(Layer<Real> &layer, LayerState<Real> &state, size_t input, uint32_t step,
                 const data::EncodedSample &sample);
  bool update(const Layer<Real> &layer, LayerState<Real> &state, uint32_t n) const;
  void record(const Layer<Real> &layer, const LayerState<Real> &state, double *out) const;
  bool isAnalog(const Input<Real> &input, const data::EncodedSample &sample) const {
    return sample.analog() && shell.populations[input.source].kind == net::NeuronKind::Input;
  }

  net::Net shell; // populations' names and shapes, inputs
  bool compareGe = false;
  std::vector<uint32_t> offsets;   // of input populations in a sample
  std::vector<Layer<Real>> layers; // in order of execution
};

// Bias timing `start` is that of the network's own steps only where a population begins at tick 0.
llvm::Error checkBiasTiming(const net::Net &network) {
  if (network.profile.biasTiming.value != net::BiasTiming::Start)
    return llvm::Error::success();
  net::QuantNet skeleton;
  for (const net::Population &population : network.populations) {
    skeleton.populations.emplace_back();
    skeleton.populations.back().isInput = population.kind == net::NeuronKind::Input;
  }
  for (const net::Projection &projection : network.projections) {
    skeleton.projections.emplace_back();
    skeleton.projections.back().source = projection.source;
    skeleton.projections.back().target = projection.target;
    skeleton.projections.back().delay = projection.delay;
  }
  const std::vector<uint32_t> first = net::firstTicks(skeleton);
  for (const net::Projection &projection : network.projections) {
    const bool biased = std::any_of(projection.bias.begin(), projection.bias.end(),
                                    [](double bias) { return bias != 0.0; });
    if (!biased || (!first.empty() && first[projection.target] == 0))
      continue;
    const net::Population &population = network.populations[projection.target];
    return Diag(DiagCode::ReferenceUnsupported, population.loc,
                formatv("unsupported: bias timing 'start' on '{0}', which begins after tick 0",
                        population.name))
        .help("--bias-timing window starts a layer's bias with its first input")
        .take();
  }
  return llvm::Error::success();
}

template <class Real> void Engine<Real>::addInputs(const net::Net &network, Layer<Real> &layer) {
  std::vector<double> bias;
  for (const net::Projection &projection : network.projections) {
    if (projection.target != layer.population)
      continue;
    layer.inputs.push_back(
        {projection.source, projection.delay, MapChain<Real>(projection, layer.gains)});
    if (projection.bias.empty())
      continue;
    bias.resize(layer.size, 0.0);
    for (uint32_t n = 0; n < layer.size; ++n)
      bias[n] += projection.bias[n];
  }
  if (!layer.gains.empty())
    for (size_t n = 0; n < bias.size(); ++n)
      bias[n] = snapToInteger(bias[n] * layer.gains[n]);
  layer.bias.assign(bias.begin(), bias.end());
}

template <class Real>
llvm::Error Engine<Real>::addLayer(const net::Net &network, uint32_t p, const RoundingGrid *grid) {
  const net::Population &population = network.populations[p];
  llvm::Expected<std::vector<net::NeuronUpdate>> updates =
      net::discretize(population, network.profile);
  if (!updates)
    return updates.takeError();
  Layer<Real> layer;
  layer.population = p;
  layer.size = population.size();
  // Without state there is nothing to reset: v is what the threshold saw.
  layer.reset = population.kind == net::NeuronKind::Threshold
                    ? net::ResetRule::None
                    : net::resetRule(population, network.profile);
  if (grid != nullptr && !grid->populations[p].scale.empty()) {
    layer.scale = grid->populations[p].scale;
    layer.rest = grid->populations[p].rest;
    layer.gains.resize(layer.size);
    for (uint32_t n = 0; n < layer.size; ++n)
      layer.neurons.emplace_back(inMembraneUnits((*updates)[updates->size() == 1 ? 0 : n],
                                                 layer.scale[n], layer.gains[n]));
  } else {
    layer.neurons = {updates->begin(), updates->end()};
    layer.broadcast = updates->size() == 1;
  }
  if (grid != nullptr)
    for (uint32_t n = 0; n < grid->populations[p].currentStep.size(); ++n) {
      const net::NeuronUpdate &update = (*updates)[updates->size() == 1 ? 0 : n];
      const double gain =
          layer.scale.empty() ? 1 / (update.currentGain * update.membraneGain) : layer.scale[n];
      layer.currentStep.push_back(grid->populations[p].currentStep[n] * gain);
    }
  addInputs(network, layer);
  layers.push_back(std::move(layer));
  return llvm::Error::success();
}

template <class Real>
llvm::Error Engine<Real>::build(const net::Net &network, const RoundingGrid *grid) {
  compareGe = network.profile.compare.value == net::Compare::Ge;
  offsets = inputOffsets(network);
  shell.inputs = network.inputs;
  for (const net::Population &population : network.populations) {
    net::Population entry;
    entry.name = population.name;
    entry.kind = population.kind;
    entry.shape = population.shape;
    shell.populations.push_back(std::move(entry));
  }
  std::vector<Edge> edges;
  for (const net::Projection &projection : network.projections)
    edges.push_back({projection.source, projection.target, projection.delay});
  const uint32_t count = static_cast<uint32_t>(network.populations.size());
  const std::vector<uint32_t> order = executionOrder(count, edges);
  if (order.size() != count)
    return Diag(DiagCode::StatelessCycle, {},
                formatv("edges of delay 0 form a cycle: only {0} of {1} populations can be "
                        "evaluated",
                        order.size(), count))
        .help("an edge that closes a loop has a delay of at least 1 step")
        .take();
  if (llvm::Error error = checkBiasTiming(network))
    return error;
  for (uint32_t p : order)
    if (network.populations[p].kind != net::NeuronKind::Input)
      if (llvm::Error error = addLayer(network, p, grid))
        return error;
  return llvm::Error::success();
}

template <class Real> LayerState<Real> Engine<Real>::initialState(const Layer<Real> &layer) const {
  LayerState<Real> state;
  state.v.resize(layer.size);
  for (uint32_t n = 0; n < layer.size; ++n)
    state.v[n] = layer.neuron(n).vInit;
  state.i.assign(layer.size, 0);
  state.x.assign(layer.size, 0);
  state.held.assign(layer.size, 0);
  state.subtract.assign(layer.size, 0);
  state.heldDrive.resize(layer.inputs.size());
  return state;
}

template <class Real>
void Engine<Real>::addAnalog(Layer<Real> &layer, LayerState<Real> &state, size_t input,
                             uint32_t step, const data::EncodedSample &sample) {
  auto &[source, delay, maps] = layer.inputs[input];
  const float *values = analogStep(sample, step, delay);
  if (values == nullptr)
    return;
  std::vector<Real> &drive = state.heldDrive[input];
  if (drive.empty() || sample.valuesPerStep()) {
    drive.assign(layer.size, 0);
    maps.addValues({values + offsets[source], shell.populations[source].size()}, drive.data());
  }
  for (uint32_t n = 0; n < layer.size; ++n)
    state.x[n] += drive[n];
}

// x of one step. What the host computes comes first: it is rounded before spikes are added.
template <class Real>
void Engine<Real>::gather(Layer<Real> &layer, LayerState<Real> &state, uint32_t step,
                          const data::EncodedSample &sample, const SpikeHistory &history) {
  std::fill(state.x.begin(), state.x.end(), Real{0});
  const bool rounds = !layer.currentStep.empty();
  const auto add = [&](size_t k) {
    Input<Real> &input = layer.inputs[k];
    if (isAnalog(input, sample))
      addAnalog(layer, state, k, step, sample);
    else
      input.maps.addSpikes(history.arriving(input.source, step, input.delay), state.x.data());
  };
  const auto addBias = [&] {
    for (size_t n = 0; n < layer.bias.size(); ++n)
      state.x[n] += layer.bias[n];
  };
  for (size_t k = 0; k < layer.inputs.size(); ++k)
    if (!rounds || isAnalog(layer.inputs[k], sample))
      add(k);
  addBias();
  if (!rounds)
    return;
  for (uint32_t n = 0; n < layer.size; ++n)
    state.x[n] = static_cast<Real>(roundCurrent(state.x[n], layer.currentStep[n]));
  for (size_t k = 0; k < layer.inputs.size(); ++k)
    if (!isAnalog(layer.inputs[k], sample))
      add(k);
}

template <class Real>
bool Engine<Real>::update(const Layer<Real> &layer, LayerState<Real> &state, uint32_t n) const {
  const Neuron<Real> &neuron = layer.neuron(n);
  const bool truncates = !layer.scale.empty();
  const auto decayed = [truncates](Real decay, Real value) {
    return truncates && decay != Real{1} ? std::trunc(decay * value) : decay * value;
  };
  Real &v = state.v[n];
  Real &i = state.i[n];
  i = neuron.hasCurrent ? decayed(neuron.currentDecay, i) + neuron.currentGain * state.x[n]
                        : state.x[n];
  if (state.held[n] > 0) { // v stays: at the reset value, or at what the last spike left
    --state.held[n];
    return false;
  }
  v = (decayed(neuron.membraneDecay, v) + neuron.membraneGain * i) + neuron.leakTerm;
  if (state.subtract[n] != 0)
    v -= neuron.reset;
  state.subtract[n] = 0;
  // A readout's threshold is infinite.
  if (!(compareGe ? v >= neuron.threshold : v > neuron.threshold))
    return false;
  if (layer.reset == net::ResetRule::Zero)
    v = neuron.reset;
  else if (layer.reset == net::ResetRule::Subtract)
    v -= neuron.reset;
  state.subtract[n] = layer.reset == net::ResetRule::SubtractDelayed ? 1 : 0;
  state.held[n] = neuron.refractorySteps;
  return true;
}

template <class Real>
void Engine<Real>::record(const Layer<Real> &layer, const LayerState<Real> &state,
                          double *out) const {
  for (uint32_t n = 0; n < layer.size; ++n) {
    out[n] = state.v[n];
    if (!layer.scale.empty())
      out[n] /= layer.scale[n];
    if (!layer.rest.empty())
      out[n] += layer.rest[n];
  }
}

template <class Real>
trace::SampleTrace Engine<Real>::run(const data::EncodedSample &sample, bool recordState) {
  trace::SampleTrace trace = emptyTrace(shell, sample.steps);
  SpikeHistory history(static_cast<uint32_t>(shell.populations.size()), sample.steps);
  std::vector<LayerState<Real>> states;
  for (const Layer<Real> &layer : layers) {
    states.push_back(initialState(layer));
    if (recordState)
      trace.populations[layer.population].vReal.resize(size_t{sample.steps} * layer.size);
  }
  for (uint32_t step = 0; step < sample.steps; ++step) {
    if (!sample.analog())
      recordInputs(shell, offsets, sample, step, trace, history);
    for (size_t l = 0; l < layers.size(); ++l) {
      Layer<Real> &layer = layers[l];
      trace::PopulationTrace &entry = trace.populations[layer.population];
      uint8_t *spikes = entry.spikes.data() + size_t{step} * layer.size;
      gather(layer, states[l], step, sample, history);
      for (uint32_t n = 0; n < layer.size; ++n)
        spikes[n] = update(layer, states[l], n) ? 1 : 0;
      history.record(layer.population, step, spikes, layer.size);
      if (recordState)
        record(layer, states[l], entry.vReal.data() + size_t{step} * layer.size);
    }
  }
  return trace;
}

template <class Real>
llvm::Expected<std::unique_ptr<FloatEngine>> createAs(const net::Net &network,
                                                      const RoundingGrid *grid) {
  auto engine = std::make_unique<Engine<Real>>();
  if (llvm::Error error = engine->build(network, grid))
    return error;
  return std::unique_ptr<FloatEngine>(std::move(engine));
}

} // namespace

RoundingGrid RoundingGrid::of(const net::QuantNet &quant) {
  RoundingGrid grid;
  for (const net::QuantPopulation &population : quant.populations)
    grid.populations.push_back({population.scale, population.rest, {}});
  return grid;
}

llvm::Expected<std::unique_ptr<FloatEngine>> FloatEngine::create(const net::Net &net,
                                                                 FloatOptions options) {
  assert(!(options.float32 && options.rounding != nullptr) && "the state would not be exact");
  return options.float32 ? createAs<float>(net, nullptr) : createAs<double>(net, options.rounding);
}

} // namespace snnc::runtime::reference
