#include "runtime/reference/float_engine.h"

#include "common/net/discretize.h"
#include "common/net/quant_net.h"
#include "common/support/diag.h"
#include "runtime/reference/schedule.h"
#include "runtime/reference/spike_history.h"

#include <algorithm>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::runtime::reference {
namespace {

// Weights by source: a spike adds one contiguous column.
class Columns {
public:
  explicit Columns(const net::Weights &weights) {
    if (const auto *given = std::get_if<net::SparseWeights>(&weights)) {
      sparse = *given;
      return;
    }
    const auto &given = std::get<net::DenseWeights>(weights);
    posts = given.rows;
    dense.resize(given.values.size());
    for (size_t row = 0; row < given.rows; ++row)
      for (size_t col = 0; col < given.cols; ++col)
        dense[col * posts + row] = given.values[row * given.cols + col];
  }

  template <class Real> void add(uint32_t source, Real *sums) const {
    addEach(source,
            [sums](uint32_t target, float weight) { sums[target] += static_cast<Real>(weight); });
  }
  template <class Real> void addScaled(uint32_t source, Real value, Real *sums) const {
    addEach(source, [sums, value](uint32_t target, float weight) {
      sums[target] += static_cast<Real>(weight) * value;
    });
  }

private:
  template <class Add> void addEach(uint32_t source, Add add) const {
    if (posts != 0) {
      const float *column = dense.data() + size_t{source} * posts;
      for (uint32_t target = 0; target < posts; ++target)
        add(target, column[target]);
      return;
    }
    for (uint64_t k = sparse.rowStart[source]; k < sparse.rowStart[source + 1]; ++k)
      add(sparse.columns[k], sparse.values[k]);
  }

  uint32_t posts = 0; // 0: sparse
  std::vector<float> dense;
  net::SparseWeights sparse;
};

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

struct Input {
  uint32_t source, delay;
  Columns columns;
};

template <class Real> struct Layer {
  uint32_t population = 0, size = 0;
  bool broadcast = false;
  std::vector<Neuron<Real>> neurons;
  std::vector<Real> bias; // empty: none
  std::vector<Input> inputs;

  const Neuron<Real> &neuron(uint32_t n) const { return neurons[broadcast ? 0 : n]; }
};

template <class Real> struct LayerState {
  std::vector<Real> v, i, x;
  std::vector<uint32_t> held;               // refractory steps to go
  std::vector<uint8_t> subtract;            // SubtractDelayed: subtraction due
  std::vector<std::vector<Real>> heldDrive; // per input: W x of values held for all steps
};

template <class Real> class Engine final : public FloatEngine {
public:
  llvm::Error build(const net::Net &network);
  trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) override;

private:
  llvm::Error addLayer(const net::Net &network, uint32_t population);
  LayerState<Real> initialState(const Layer<Real> &layer) const;
  void gather(const Layer<Real> &layer, LayerState<Real> &state, uint32_t step,
              const data::EncodedSample &sample, const SpikeHistory &history) const;
  void addAnalog(const Layer<Real> &layer, LayerState<Real> &state, size_t input, uint32_t step,
                 const data::EncodedSample &sample) const;
  bool update(const Neuron<Real> &neuron, LayerState<Real> &state, uint32_t n) const;

  net::Net shell; // populations' names and shapes, inputs
  net::ResetRule reset = net::ResetRule::Zero;
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

template <class Real> llvm::Error Engine<Real>::addLayer(const net::Net &network, uint32_t p) {
  const net::Population &population = network.populations[p];
  llvm::Expected<std::vector<net::NeuronUpdate>> updates =
      net::discretize(population, network.profile);
  if (!updates)
    return updates.takeError();
  Layer<Real> layer;
  layer.population = p;
  layer.size = population.size();
  layer.broadcast = updates->size() == 1;
  layer.neurons = {updates->begin(), updates->end()};

  std::vector<double> bias;
  for (const net::Projection &projection : network.projections) {
    if (projection.target != p)
      continue;
    layer.inputs.push_back({projection.source, projection.delay, Columns(projection.weights)});
    if (projection.bias.empty())
      continue;
    bias.resize(layer.size, 0.0);
    for (uint32_t n = 0; n < layer.size; ++n)
      bias[n] += projection.bias[n];
  }
  layer.bias.assign(bias.begin(), bias.end());
  layers.push_back(std::move(layer));
  return llvm::Error::success();
}

template <class Real> llvm::Error Engine<Real>::build(const net::Net &network) {
  reset = network.profile.reset.value;
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
      if (llvm::Error error = addLayer(network, p))
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
void Engine<Real>::addAnalog(const Layer<Real> &layer, LayerState<Real> &state, size_t input,
                             uint32_t step, const data::EncodedSample &sample) const {
  const auto &[source, delay, columns] = layer.inputs[input];
  const float *values = analogStep(sample, step, delay);
  if (values == nullptr)
    return;
  std::vector<Real> &drive = state.heldDrive[input];
  if (drive.empty() || sample.valuesPerStep()) {
    drive.assign(layer.size, 0);
    const uint32_t size = shell.populations[source].size();
    for (uint32_t i = 0; i < size; ++i)
      if (const float value = values[offsets[source] + i]; value != 0.0F)
        columns.addScaled(i, static_cast<Real>(value), drive.data());
  }
  for (uint32_t n = 0; n < layer.size; ++n)
    state.x[n] += drive[n];
}

// x of one step.
template <class Real>
void Engine<Real>::gather(const Layer<Real> &layer, LayerState<Real> &state, uint32_t step,
                          const data::EncodedSample &sample, const SpikeHistory &history) const {
  std::fill(state.x.begin(), state.x.end(), Real{0});
  for (size_t k = 0; k < layer.inputs.size(); ++k) {
    const Input &input = layer.inputs[k];
    if (sample.analog() && shell.populations[input.source].kind == net::NeuronKind::Input) {
      addAnalog(layer, state, k, step, sample);
      continue;
    }
    for (uint32_t source : history.arriving(input.source, step, input.delay))
      input.columns.add(source, state.x.data());
  }
  for (size_t n = 0; n < layer.bias.size(); ++n)
    state.x[n] += layer.bias[n];
}

template <class Real>
bool Engine<Real>::update(const Neuron<Real> &neuron, LayerState<Real> &state, uint32_t n) const {
  Real &v = state.v[n];
  Real &i = state.i[n];
  i = neuron.hasCurrent ? neuron.currentDecay * i + neuron.currentGain * state.x[n] : state.x[n];
  if (state.held[n] > 0) { // v stays: at the reset value, or at what the last spike left
    --state.held[n];
    return false;
  }
  v = (neuron.membraneDecay * v + neuron.membraneGain * i) + neuron.leakTerm;
  if (state.subtract[n] != 0)
    v -= neuron.reset;
  state.subtract[n] = 0;
  const bool spike = compareGe ? v >= neuron.threshold : v > neuron.threshold;
  if (!spike)
    return false;
  if (reset == net::ResetRule::Zero)
    v = neuron.reset;
  else if (reset == net::ResetRule::Subtract)
    v -= neuron.reset;
  state.subtract[n] = reset == net::ResetRule::SubtractDelayed ? 1 : 0;
  state.held[n] = neuron.refractorySteps;
  return true;
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
      const Layer<Real> &layer = layers[l];
      trace::PopulationTrace &entry = trace.populations[layer.population];
      uint8_t *spikes = entry.spikes.data() + size_t{step} * layer.size;
      gather(layer, states[l], step, sample, history);
      for (uint32_t n = 0; n < layer.size; ++n)
        spikes[n] = update(layer.neuron(n), states[l], n) ? 1 : 0;
      history.record(layer.population, step, spikes, layer.size);
      if (recordState)
        std::copy(states[l].v.begin(), states[l].v.end(),
                  entry.vReal.begin() + static_cast<std::ptrdiff_t>(size_t{step} * layer.size));
    }
  }
  return trace;
}

template <class Real>
llvm::Expected<std::unique_ptr<FloatEngine>> createAs(const net::Net &network) {
  auto engine = std::make_unique<Engine<Real>>();
  if (llvm::Error error = engine->build(network))
    return error;
  return std::unique_ptr<FloatEngine>(std::move(engine));
}

} // namespace

llvm::Expected<std::unique_ptr<FloatEngine>> FloatEngine::create(const net::Net &net,
                                                                 bool float32) {
  return float32 ? createAs<float>(net) : createAs<double>(net);
}

} // namespace snnc::runtime::reference
