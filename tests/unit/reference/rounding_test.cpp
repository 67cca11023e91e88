// The float engine with a target's rounding of the state equals the quantised network, where all
// parameters lie on the target's grid: random networks of every kind, in both forms.
#include "runtime/reference/float_engine.h"

#include "common/trace/readout.h"
#include "runtime/reference/quant_engine.h"

#include "random_maps.h"
#include "tests/support/seeds.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

using namespace snnc;
using net::NeuronKind;
using net::ResetRule;
using runtime::reference::FloatEngine;
using runtime::reference::QuantEngine;
using runtime::reference::RoundingGrid;
using support::Rng;

namespace {

constexpr int32_t kNever = (1 << 23) - 1;

struct Twins {
  net::Net real; // as `lower` leaves it
  net::QuantNet ints;
};

template <class T> T pick(Rng &rng, std::initializer_list<T> values) {
  return values.begin()[rng.below(values.size())];
}

double tauOf(uint32_t leak) {
  if (leak == 0)
    return std::numeric_limits<double>::infinity();
  return leak == 4096 ? 1e-3 : -1.0 / std::log1p(-static_cast<double>(leak) / 4096.0);
}

void addInput(Twins &twins, const test::MapShape &shape) {
  net::Population real;
  net::QuantPopulation ints;
  real.name = ints.name = "input";
  real.shape = ints.shape = {shape.channels, shape.height, shape.width};
  ints.isInput = true;
  twins.real.populations.push_back(real);
  twins.ints.populations.push_back(ints);
  twins.real.inputs = twins.ints.inputs = {0};
}

// Parameters of one neuron in both forms.
void addNeuron(Rng &rng, net::Population &real, net::QuantPopulation &ints, ResetRule rule,
               bool ge) {
  const double scale = ints.scale.back();
  net::NeuronConfig neuron;
  neuron.dv = static_cast<uint16_t>(
      pick<uint64_t>(rng, {0, 410, 2048, 4095, rng.below(4096), rng.below(4096)}));
  neuron.du = 4095;
  neuron.compareGe = ge;
  neuron.refractory = static_cast<uint8_t>(pick<uint64_t>(rng, {1, 1, 1, 2, 4}));
  neuron.vInit = static_cast<int32_t>(rng.between(-500, 500));
  const bool cuba = real.kind == NeuronKind::CubaLIF || real.kind == NeuronKind::CubaLI;
  if (cuba) {
    neuron.biasToCurrent = true;
    neuron.du = static_cast<uint16_t>(rng.between(300, 4095));
    real.params.tauSyn.values.push_back(tauOf(neuron.du + ints.duOffset));
    real.params.tauMem.values.push_back(tauOf(neuron.dv));
  } else if (real.kind == NeuronKind::LIF || real.kind == NeuronKind::LI) {
    real.params.tau.values.push_back(tauOf(neuron.dv));
  } else {
    neuron.dv = 0;
  }
  neuron.resetSubtract = rule != ResetRule::Zero;
  neuron.threshold = kNever;
  neuron.compareGe &= net::spikes(real.kind);
  if (net::spikes(real.kind)) {
    neuron.threshold = static_cast<int32_t>(rng.between(300, 4000));
    const auto reset = static_cast<int32_t>(rng.between(-300, 400));
    neuron.reset = rule == ResetRule::Zero       ? reset
                   : rule == ResetRule::Subtract ? neuron.threshold - std::min(reset, 300)
                                                 : 0;
    real.params.vThreshold.values.push_back(neuron.threshold / scale);
    real.params.vReset.values.push_back(
        (rule == ResetRule::Subtract ? neuron.threshold - neuron.reset : neuron.reset) / scale);
  }
  neuron.biasExp = static_cast<uint8_t>(rng.below(4));
  neuron.biasMant = static_cast<int16_t>(rng.between(-60, 60));
  real.params.vInit.values.push_back(neuron.vInit / scale);
  real.params.refractory.values.push_back(neuron.refractory - 1.0);
  ints.neurons.push_back(neuron);
}

// `perChannel`: neurons of one channel share a scale, so that a kernel serves them all.
uint32_t addPopulation(Rng &rng, Twins &twins, const test::MapShape &shape, bool last,
                       bool perChannel) {
  net::Population real;
  net::QuantPopulation ints;
  real.name = ints.name = "p" + std::to_string(twins.real.populations.size());
  real.shape = ints.shape = {shape.channels, shape.height, shape.width};
  real.kind =
      last ? pick(rng, {NeuronKind::I, NeuronKind::LI, NeuronKind::CubaLI, NeuronKind::CubaLIF})
           : pick(rng, {NeuronKind::IF, NeuronKind::LIF, NeuronKind::CubaLIF});
  const ResetRule rule = pick(rng, {ResetRule::Zero, ResetRule::Subtract, ResetRule::None});
  if (rule != twins.real.profile.reset.value)
    real.reset = rule;
  const bool cuba = real.kind == NeuronKind::CubaLIF || real.kind == NeuronKind::CubaLI;
  ints.duOffset = cuba ? static_cast<uint8_t>(rng.below(2)) : 1;
  const bool ge = twins.real.profile.compare.value == net::Compare::Ge;
  const uint32_t places = shape.height * shape.width;
  for (uint32_t n = 0; n < shape.size(); ++n) {
    const bool shared = perChannel && n % places != 0;
    ints.scale.push_back(shared ? ints.scale.back() : 5.0 + 3000.0 * rng.uniform());
    addNeuron(rng, real, ints, rule, ge);
  }
  twins.real.populations.push_back(real);
  twins.ints.populations.push_back(ints);
  return static_cast<uint32_t>(twins.real.populations.size() - 1);
}

// What a network in real numbers stores for the integer w.
float realWeight(const net::QuantProjection &ints, const net::QuantPopulation &target, double w,
                 uint32_t neuron) {
  return static_cast<float>(std::ldexp(w, 6 + ints.exponent) / target.scale[neuron]);
}

net::Weights realWeights(const net::QuantProjection &ints, const net::QuantPopulation &target) {
  if (const auto *dense = std::get_if<net::DenseInts>(&ints.weights)) {
    net::DenseWeights real{dense->rows, dense->cols, {}};
    for (size_t i = 0; i < dense->values.size(); ++i)
      real.values.push_back(
          realWeight(ints, target, dense->values[i], static_cast<uint32_t>(i / dense->cols)));
    return real;
  }
  if (const auto *sparse = std::get_if<net::SparseInts>(&ints.weights)) {
    net::SparseWeights real{sparse->posts, sparse->pres, sparse->rowStart, sparse->columns, {}};
    for (size_t i = 0; i < sparse->values.size(); ++i)
      real.values.push_back(realWeight(ints, target, sparse->values[i], sparse->columns[i]));
    return real;
  }
  const auto &conv = std::get<net::ConvInts>(ints.weights);
  net::ConvWeights real{conv.inChannels, conv.outChannels, conv.groups, conv.window, {}};
  const size_t perChannel = conv.kernel.size() / conv.outChannels;
  for (size_t i = 0; i < conv.kernel.size(); ++i)
    real.kernel.push_back(
        realWeight(ints, target, conv.kernel[i],
                   static_cast<uint32_t>(i / perChannel * conv.window.outSize())));
  return real;
}

void finishProjection(Rng &rng, Twins &twins, net::QuantProjection ints) {
  const net::QuantPopulation &target = twins.ints.populations[ints.target];
  ints.name = "e" + std::to_string(twins.ints.projections.size());
  ints.exponent = static_cast<uint8_t>(rng.below(3));
  net::Projection real;
  real.name = ints.name;
  real.source = ints.source;
  real.target = ints.target;
  real.delay = ints.delay;
  real.before.assign(ints.pools.begin(), ints.pools.end());
  real.weights = realWeights(ints, target);
  // `lower` sums the biases of a population on its first projection.
  bool first = true;
  for (const net::QuantProjection &other : twins.ints.projections)
    first &= other.target != ints.target;
  for (uint32_t n = 0; first && n < target.size(); ++n)
    real.bias.push_back((target.neurons[n].biasMant << target.neurons[n].biasExp) /
                        target.scale[n]);
  twins.real.projections.push_back(std::move(real));
  twins.ints.projections.push_back(std::move(ints));
}

test::MapShape shapeOf(const net::QuantPopulation &population) {
  return {population.shape[0], population.shape[1], population.shape[2]};
}

// Larger weights, more of them positive.
void enliven(Rng &rng, std::vector<int16_t> &weights) {
  for (int16_t &weight : weights)
    if (weight != 0)
      weight = static_cast<int16_t>(weight * rng.between(1, 8) + rng.between(0, 8));
}

// A new population behind `source`.
void addLayer(Rng &rng, Twins &twins, uint32_t source, bool last) {
  net::QuantProjection ints;
  ints.source = source;
  ints.delay = static_cast<uint32_t>(rng.below(2));
  test::MapShape shape = shapeOf(twins.ints.populations[source]);
  for (uint64_t pools = rng.below(3); pools > 0; --pools)
    ints.pools.push_back(test::randomPool(rng, shape, true));
  const uint64_t form = rng.below(3);
  if (form == 0)
    ints.weights = test::randomDense<int16_t>(rng, shape);
  else if (form == 1)
    ints.weights = test::randomSparse<int16_t>(rng, shape);
  else
    ints.weights = test::randomConv<int16_t>(rng, shape);
  if (auto *dense = std::get_if<net::DenseInts>(&ints.weights))
    enliven(rng, dense->values);
  else if (auto *sparse = std::get_if<net::SparseInts>(&ints.weights))
    enliven(rng, sparse->values);
  else
    enliven(rng, std::get<net::ConvInts>(ints.weights).kernel);
  ints.target = addPopulation(rng, twins, shape, last, form == 2);
  finishProjection(rng, twins, std::move(ints));
}

Twins randomTwins(Rng &rng) {
  Twins twins;
  twins.real.profile.tauUnit.value = net::TauUnit::Steps;
  twins.real.profile.integrator.value = net::Integrator::Unit;
  twins.real.profile.reset.value = pick(rng, {ResetRule::Zero, ResetRule::Subtract});
  twins.real.profile.compare.value = pick(rng, {net::Compare::Gt, net::Compare::Ge});
  addInput(twins,
           {static_cast<uint32_t>(rng.between(1, 3)), static_cast<uint32_t>(rng.between(2, 7)),
            static_cast<uint32_t>(rng.between(2, 7))});
  const auto layers = static_cast<uint32_t>(rng.between(2, 4));
  for (uint32_t layer = 0; layer < layers; ++layer)
    addLayer(rng, twins, layer, layer + 1 == layers);
  const auto recurrent = static_cast<uint32_t>(rng.between(1, layers - 1));
  net::QuantProjection loop;
  loop.source = loop.target = recurrent;
  loop.delay = 1;
  const uint32_t size = twins.ints.populations[recurrent].size();
  net::DenseInts dense{size, size, {}};
  for (size_t i = 0; i < size_t{size} * size; ++i)
    dense.values.push_back(rng.below(4) == 0 ? static_cast<int16_t>(rng.between(-3, 2)) : 0);
  loop.weights = std::move(dense);
  finishProjection(rng, twins, std::move(loop));
  twins.real.outputs = twins.ints.outputs = {layers};
  for (uint32_t n = 0; n < twins.ints.populations[layers].size(); ++n)
    twins.ints.populations[layers].rest.push_back(rng.normal());
  return twins;
}

data::EncodedSample randomSpikes(Rng &rng, uint32_t size, uint32_t steps) {
  data::EncodedSample sample;
  sample.size = size;
  sample.steps = steps;
  for (size_t i = 0; i < size_t{size} * steps; ++i)
    sample.spikes.push_back(rng.below(3) == 0);
  return sample;
}

struct Count {
  uint64_t spikes = 0, states = 0, differing = 0;
};

void expectEqual(const Twins &twins, const trace::SampleTrace &real, const trace::SampleTrace &ints,
                 Count &count) {
  for (size_t p = 1; p < real.populations.size(); ++p) {
    const trace::PopulationTrace &a = real.populations[p], &b = ints.populations[p];
    ASSERT_EQ(a.spikes, b.spikes) << a.name;
    for (size_t i = 0; i < b.v.size(); ++i) {
      const net::QuantPopulation &grid = twins.ints.populations[p];
      const double rest = grid.rest.empty() ? 0.0 : grid.rest[i % b.size];
      const double v = (a.vReal[i] - rest) * grid.scale[i % b.size];
      ASSERT_NEAR(v, b.v[i], 1e-6) << a.name << " neuron " << i % b.size << " step " << i / b.size;
      count.spikes += b.spikes[i];
    }
    count.states += b.v.size();
  }
}

// Readouts of the output, a membrane that never fires in most cases.
void expectSameScores(const Twins &twins, const trace::SampleTrace &real,
                      const trace::SampleTrace &ints) {
  const uint32_t output = twins.ints.outputs[0];
  const trace::MembraneUnits units =
      trace::membraneUnits(twins.ints.populations[output], twins.ints.profile);
  for (const net::Readout readout :
       {net::Readout::Membrane, net::Readout::Last, net::Readout::Max}) {
    const auto a = trace::scores(real.populations[output], real.steps, readout);
    const auto b = trace::scores(ints.populations[output], ints.steps, readout, &units);
    for (size_t n = 0; n < a.size(); ++n)
      ASSERT_NEAR(a[n], b[n], 1e-9 * std::max(1.0, std::abs(b[n]))) << net::nameOf(readout);
  }
}

} // namespace

TEST(Rounding, OnTheGridFloatEqualsQuant) {
  Count count;
  uint64_t plainDiffers = 0, cases = 0;
  test::forEachSeed(1, 400, [&](uint64_t, Rng &rng) {
    const Twins twins = randomTwins(rng);
    const RoundingGrid grid = RoundingGrid::of(twins.ints);
    const auto sample = randomSpikes(rng, twins.ints.populations[0].size(), 40);
    auto rounded = FloatEngine::create(twins.real, {.rounding = &grid});
    ASSERT_TRUE(static_cast<bool>(rounded)) << llvm::toString(rounded.takeError());
    QuantEngine quant(twins.ints, target::CoreSpec{});
    const trace::SampleTrace b = quant.run(sample, true);
    const QuantEngine::Events events = quant.events();
    if (events.accWraps + events.currentWraps + events.membraneClamps != 0)
      return;
    const trace::SampleTrace a = (*rounded)->run(sample, true);
    expectEqual(twins, a, b, count);
    expectSameScores(twins, a, b);
    // Without the rounding of the state most leaking networks differ: the test can tell.
    const trace::SampleTrace plain =
        llvm::cantFail(FloatEngine::create(twins.real))->run(sample, true);
    ++cases;
    for (size_t p = 1; p < plain.populations.size(); ++p)
      if (plain.populations[p].spikes != b.populations[p].spikes) {
        ++plainDiffers;
        break;
      }
  });
  std::cout << cases << " networks, " << count.spikes << " spikes, " << count.states
            << " states; without rounding " << plainDiffers << " networks spike differently\n";
  if (std::getenv("SNNC_SEED") == nullptr) {
    EXPECT_GT(count.spikes, 100 * cases) << "silent networks prove nothing";
    EXPECT_GE(cases, 390u) << "too many networks that wrap or clamp";
    EXPECT_GT(plainDiffers, cases / 20);
  }
}

TEST(Rounding, RestsComeBackInTheMembrane) {
  Rng rng(5);
  Twins twins = randomTwins(rng);
  const auto sample = randomSpikes(rng, twins.ints.populations[0].size(), 5);
  const RoundingGrid plain = RoundingGrid::of(twins.ints);
  twins.ints.populations[1].rest.assign(twins.ints.populations[1].size(), -65.0);
  const RoundingGrid rested = RoundingGrid::of(twins.ints);
  const auto membrane = [&](const RoundingGrid &grid) {
    auto engine = llvm::cantFail(FloatEngine::create(twins.real, {.rounding = &grid}));
    return engine->run(sample, true).populations[1].vReal;
  };
  const std::vector<double> a = membrane(plain), b = membrane(rested);
  for (size_t i = 0; i < a.size(); ++i)
    EXPECT_EQ(b[i], a[i] + -65.0);
}
