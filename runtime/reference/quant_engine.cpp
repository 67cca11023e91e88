// Each rule of docs/reference/arithmetic.md is one array expression over a population. Products
// stay below 2^24 * 2^12 and sums below 2^53, so double rounds nothing.
#include "runtime/reference/quant_engine.h"

#include "common/net/synapses.h"
#include "runtime/reference/crossbar_layer.h"
#include "runtime/reference/schedule.h"
#include "runtime/reference/spike_history.h"

#include <Eigen/Core>

#include <algorithm>
#include <cassert>
#include <cmath>

namespace snnc::runtime::reference {
namespace {

using Array = Eigen::ArrayXd;

double powerOfTwo(unsigned exponent) {
  return std::ldexp(1.0, static_cast<int>(exponent));
}

// Two's complement: the representative of x in [-2^(bits-1), 2^(bits-1)).
Array wrapped(const Array &x, unsigned bits) {
  const double span = powerOfTwo(bits);
  return x - span * ((x + span / 2) / span).floor();
}

// Weights joined by source: one Eigen column each where they are dense, else walked.
class Columns {
public:
  template <class Joined> // net::QuantProjection or net::HostLayer
  explicit Columns(const Joined &given, bool dense) {
    if (dense) {
      using RowMajor = Eigen::Matrix<int16_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
      const auto &ints = std::get<net::DenseInts>(given.weights);
      matrix = Eigen::Map<const RowMajor>(ints.values.data(), ints.rows, ints.cols)
                   .template cast<float>();
      return;
    }
    const auto copy = std::make_shared<const Joined>(given);
    walked = copy;
    walk = std::make_unique<net::OutgoingInts>(*copy);
  }

  // sums += gain * column of `source`.
  void add(uint32_t source, double gain, Array &sums) const {
    if (walk)
      walk->forEach(source,
                    [&](uint32_t target, int16_t weight) { sums[target] += gain * weight; });
    else
      sums += gain * matrix.col(source).cast<double>().array();
  }

private:
  Eigen::MatrixXf matrix; // weights of up to 16 bits are exact in float
  std::shared_ptr<const void> walked;
  std::unique_ptr<net::OutgoingInts> walk;
};

struct Synapses {
  uint32_t source = 0, delay = 0;
  double gain = 1.0; // effect of a weight of 1
  Columns columns;

  Synapses(const net::QuantProjection &projection, double gain)
      : source(projection.source), delay(projection.delay), gain(gain),
        columns(projection, projection.pools.empty() &&
                                std::holds_alternative<net::DenseInts>(projection.weights)) {}

  void add(llvm::ArrayRef<uint32_t> fired, Array &sums) const {
    for (uint32_t source : fired)
      columns.add(source, gain, sums);
  }
};

// Direct coding's first layer: quant_net.h, HostLayer.
struct Host {
  uint32_t source = 0, inputs = 0;
  Columns columns;
  Array bias, shift;
  double inputScale = 1.0, inputMin = 0.0, inputMax = 0.0;

  Host(const net::HostLayer &layer, uint32_t inputs, uint32_t neurons)
      : source(layer.source), inputs(inputs),
        columns(layer, std::holds_alternative<net::DenseInts>(layer.weights)),
        bias(Array::Zero(neurons)), shift(neurons), inputScale(layer.inputScale),
        inputMin(layer.inputMin), inputMax(layer.inputMax) {
    for (uint32_t neuron = 0; neuron < neurons; ++neuron) {
      if (!layer.bias.empty())
        bias[neuron] = static_cast<double>(layer.bias[neuron]);
      shift[neuron] = powerOfTwo(layer.shift[neuron]);
    }
  }

  // Mantissas before saturation. nearbyint rounds half to even in the default rounding mode.
  Array mantissas(const float *values) const {
    Array sums = bias;
    for (uint32_t i = 0; i < inputs; ++i) {
      const double scaled = std::nearbyint(static_cast<double>(values[i]) * inputScale);
      const double x = std::min(std::max(scaled, inputMin), inputMax);
      if (x != 0.0)
        columns.add(i, x, sums);
    }
    return (sums / shift).unaryExpr([](double i) { return std::nearbyint(i); });
  }
};

struct Layer {
  uint32_t population = 0, size = 0;
  Array keepU, keepV; // 4096 - decay
  Array threshold, reset, vInit, bias, biasUnit, refractory;
  Eigen::Array<bool, Eigen::Dynamic, 1> compareGe, subtracts, biasToCurrent;
  double vmin = 0, vmax = 0;
  std::vector<Synapses> inputs;
  std::unique_ptr<Host> host;
  std::unique_ptr<CrossbarLayer> crossbar; // instead of the registers above
};

Layer layerOf(const net::QuantPopulation &population, uint32_t index,
              const target::CoreSpec &core) {
  Layer layer;
  layer.population = index;
  layer.size = population.size();
  if (!population.crossbar.empty()) {
    layer.crossbar = std::make_unique<CrossbarLayer>(population, core.membraneBits);
    layer.vInit = layer.crossbar->vInit();
    return layer;
  }
  layer.vmin = population.vmin;
  layer.vmax = population.vmax;
  const auto size = static_cast<Eigen::Index>(layer.size);
  for (Array *array : {&layer.keepU, &layer.keepV, &layer.threshold, &layer.reset, &layer.vInit,
                       &layer.bias, &layer.biasUnit, &layer.refractory})
    array->resize(size);
  for (auto *flags : {&layer.compareGe, &layer.subtracts, &layer.biasToCurrent})
    flags->resize(size);
  for (Eigen::Index n = 0; n < size; ++n) {
    const net::NeuronConfig &neuron = population.neurons[static_cast<size_t>(n)];
    layer.keepU[n] = powerOfTwo(core.decayBits) - (neuron.du + population.duOffset);
    layer.keepV[n] = powerOfTwo(core.decayBits) - neuron.dv;
    layer.threshold[n] = neuron.threshold;
    layer.reset[n] = neuron.reset;
    layer.vInit[n] = neuron.vInit;
    layer.biasUnit[n] = powerOfTwo(neuron.biasExp);
    layer.bias[n] = neuron.biasMant * layer.biasUnit[n];
    layer.refractory[n] = neuron.refractory;
    layer.compareGe[n] = neuron.compareGe;
    layer.subtracts[n] = neuron.resetSubtract;
    layer.biasToCurrent[n] = neuron.biasToCurrent;
  }
  return layer;
}

struct LayerState {
  Array u, v, held, bias;
  bool biasKnown = false; // the host has computed this sample's mantissas
};

} // namespace

struct QuantEngine::Impl {
  Impl(const net::QuantNet &net, const target::CoreSpec &core);
  void setBias(const Layer &layer, LayerState &state, const data::EncodedSample &sample,
               uint32_t step);
  void update(const Layer &layer, LayerState &state, const Array &sums, uint8_t *spikes);
  Array decayed(const Array &x, const Array &keep) const {
    return x.sign() * (x.abs() * keep / powerOfTwo(core.decayBits)).floor();
  }
  Array clamped(const Layer &layer, const Array &x) {
    const Array inside = x.max(layer.vmin).min(layer.vmax);
    clampedHere = inside != x;
    return inside;
  }

  target::CoreSpec core;
  net::QuantNet shell; // populations' names and shapes, inputs
  std::vector<uint32_t> offsets;
  std::vector<Layer> layers; // in order of execution
  Events events;
  Eigen::Array<bool, Eigen::Dynamic, 1> clampedHere;
};

QuantEngine::Impl::Impl(const net::QuantNet &net, const target::CoreSpec &core)
    : core(core), offsets(inputOffsets(net)) {
  shell.inputs = net.inputs;
  std::vector<Edge> edges;
  for (const net::QuantProjection &projection : net.projections)
    edges.push_back({projection.source, projection.target, projection.delay});
  for (const net::HostLayer &host : net.hostLayers)
    edges.push_back({host.source, host.target, 0});
  for (const net::QuantPopulation &population : net.populations) {
    net::QuantPopulation entry;
    entry.name = population.name;
    entry.shape = population.shape;
    entry.isInput = population.isInput;
    shell.populations.push_back(std::move(entry));
  }
  const auto count = static_cast<uint32_t>(net.populations.size());
  const std::vector<uint32_t> order = executionOrder(count, edges);
  assert(order.size() == count && "delay-0 edges form a cycle");
  for (uint32_t p : order) {
    if (net.populations[p].isInput)
      continue;
    Layer layer = layerOf(net.populations[p], p, core);
    for (const net::QuantProjection &projection : net.projections)
      if (projection.target == p)
        layer.inputs.emplace_back(
            projection, layer.crossbar ? 1.0 : powerOfTwo(core.weightShift + projection.exponent));
    for (const net::HostLayer &host : net.hostLayers)
      if (host.target == p)
        layer.host = std::make_unique<Host>(host, net.populations[host.source].size(), layer.size);
    layers.push_back(std::move(layer));
  }
}

// A host layer's result replaces the bias mantissa: once per sample, or per step if the values are.
void QuantEngine::Impl::setBias(const Layer &layer, LayerState &state,
                                const data::EncodedSample &sample, uint32_t step) {
  if (!layer.host || !sample.analog() || (state.biasKnown && !sample.valuesPerStep()))
    return;
  const float *values = analogStep(sample, step, 0) + offsets[layer.host->source];
  const Array exact = layer.host->mantissas(values);
  const double limit = powerOfTwo(core.biasMantBits - 1);
  const Array mantissas = exact.max(-limit).min(limit - 1);
  events.biasSaturations += static_cast<uint64_t>((mantissas != exact).count());
  state.bias = mantissas * layer.biasUnit;
  state.biasKnown = true;
}

void QuantEngine::Impl::update(const Layer &layer, LayerState &state, const Array &sums,
                               uint8_t *spikes) {
  if (layer.crossbar) {
    const CrossbarLayer::Flags fired = layer.crossbar->update(sums, state.v, events.membraneClamps);
    std::copy(fired.data(), fired.data() + fired.size(), spikes);
    return;
  }
  const Array zero = Array::Zero(layer.size);
  const Array acc = wrapped(sums, core.accumulatorBits); // step 1
  events.accWraps += static_cast<uint64_t>((acc != sums).count());

  const Array current =
      decayed(state.u, layer.keepU) + acc + layer.biasToCurrent.select(state.bias, zero);
  state.u = wrapped(current, core.currentBits); // step 2
  events.currentWraps += static_cast<uint64_t>((state.u != current).count());

  const Array sum =
      decayed(state.v, layer.keepV) + state.u + layer.biasToCurrent.select(zero, state.bias);
  Array v = clamped(layer, sum); // 3, 4
  Eigen::Array<bool, Eigen::Dynamic, 1> clamps = clampedHere;

  const Array holding = layer.subtracts.select(state.v, layer.reset);
  v = (state.held > 0).select(holding, v); // step 5
  const Eigen::Array<bool, Eigen::Dynamic, 1> spike =
      state.held == 0 &&
      layer.compareGe.select(v >= layer.threshold, v > layer.threshold); // step 6
  const Array lowered = clamped(layer, v - layer.reset);
  clamps = clamps || (spike && layer.subtracts && clampedHere);
  events.membraneClamps += static_cast<uint64_t>(clamps.count());
  v = spike.select(layer.subtracts.select(lowered, layer.reset), v);      // step 7
  state.held = (spike.select(layer.refractory, state.held) - 1).max(0.0); // 7, 8
  state.v = v;
  for (uint32_t n = 0; n < layer.size; ++n)
    spikes[n] = spike[n] ? 1 : 0;
}

QuantEngine::QuantEngine(const net::QuantNet &net, const target::CoreSpec &core)
    : impl(std::make_unique<Impl>(net, core)) {}
QuantEngine::~QuantEngine() = default;
QuantEngine::Events QuantEngine::events() const {
  return impl->events;
}

static void store(std::vector<int32_t> &out, uint32_t step, const Array &values) {
  const auto size = static_cast<size_t>(values.size());
  for (size_t n = 0; n < size; ++n)
    out[step * size + n] = static_cast<int32_t>(values[static_cast<Eigen::Index>(n)]);
}

trace::SampleTrace QuantEngine::run(const data::EncodedSample &sample, bool recordState) {
  const net::QuantNet &shell = impl->shell;
  trace::SampleTrace trace = emptyTrace(shell, sample.steps);
  SpikeHistory history(static_cast<uint32_t>(shell.populations.size()), sample.steps);
  std::vector<LayerState> states;
  for (const Layer &layer : impl->layers) {
    const Array zero = Array::Zero(layer.size);
    states.push_back({zero, layer.vInit, zero, layer.bias, false});
    trace::PopulationTrace &entry = trace.populations[layer.population];
    if (recordState) {
      entry.u.resize(entry.spikes.size());
      entry.v.resize(entry.spikes.size());
    }
  }
  for (uint32_t step = 0; step < sample.steps; ++step) {
    if (!sample.analog())
      recordInputs(shell, impl->offsets, sample, step, trace, history);
    for (size_t l = 0; l < states.size(); ++l) {
      const Layer &layer = impl->layers[l];
      trace::PopulationTrace &entry = trace.populations[layer.population];
      Array sums = Array::Zero(layer.size);
      for (const Synapses &input : layer.inputs)
        input.add(history.arriving(input.source, step, input.delay), sums);
      impl->setBias(layer, states[l], sample, step);
      uint8_t *spikes = entry.spikes.data() + size_t{step} * layer.size;
      impl->update(layer, states[l], sums, spikes);
      history.record(layer.population, step, spikes, layer.size);
      if (recordState) {
        store(entry.u, step, states[l].u);
        store(entry.v, step, states[l].v);
      }
    }
  }
  return trace;
}

} // namespace snnc::runtime::reference
