// Every form of integer weights against the sum over its definition; convolutions and pools are
// the float engine's maps on the same integers.
#include "runtime/reference/float_maps.h"
#include "runtime/reference/quant_engine.h"

#include "common/net/synapses.h"
#include "random_maps.h"
#include "tests/support/seeds.h"

#include <gtest/gtest.h>

#include <set>

using namespace snnc;
using runtime::reference::QuantEngine;
using support::Rng;

namespace {

// A neuron whose u is what arrived.
net::NeuronConfig quietNeuron() {
  net::NeuronConfig neuron;
  neuron.threshold = (1 << 23) - 1;
  neuron.du = 4095;
  return neuron;
}

net::QuantNet netOf(net::QuantProjection projection, uint32_t sources) {
  net::QuantNet net;
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].shape = {sources};
  net.populations[0].isInput = true;
  net.populations[1].name = "out";
  net.populations[1].shape = {net::postCount(projection)};
  net.populations[1].neurons.assign(net.populations[1].size(), quietNeuron());
  projection.target = 1;
  net.projections = {std::move(projection)};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

template <class Map> std::vector<float> realValues(const Map &map) {
  return {map.values.begin(), map.values.end()};
}

net::Projection inReals(const net::QuantProjection &ints) {
  net::Projection real;
  real.before.assign(ints.pools.begin(), ints.pools.end());
  if (const auto *dense = std::get_if<net::DenseInts>(&ints.weights))
    real.weights = net::DenseWeights{dense->rows, dense->cols, realValues(*dense)};
  else if (const auto *sparse = std::get_if<net::SparseInts>(&ints.weights))
    real.weights = net::SparseWeights{sparse->posts, sparse->pres, sparse->rowStart,
                                      sparse->columns, realValues(*sparse)};
  else {
    const auto &conv = std::get<net::ConvInts>(ints.weights);
    real.weights = net::ConvWeights{conv.inChannels,
                                    conv.outChannels,
                                    conv.groups,
                                    conv.window,
                                    {conv.kernel.begin(), conv.kernel.end()}};
  }
  return real;
}

} // namespace

TEST(QuantMaps, EveryFormWithAndWithoutPools) {
  std::set<std::pair<size_t, bool>> seen;
  test::forEachSeed(1, 300, [&](uint64_t, Rng &rng) {
    test::MapShape shape{static_cast<uint32_t>(rng.between(1, 4)),
                         static_cast<uint32_t>(rng.between(1, 7)),
                         static_cast<uint32_t>(rng.between(1, 7))};
    const uint32_t sources = shape.size();
    net::QuantProjection ints;
    for (uint64_t pools = rng.below(3); pools > 0; --pools)
      ints.pools.push_back(test::randomPool(rng, shape, true));
    const uint64_t form = rng.below(3);
    if (form == 0)
      ints.weights = test::randomDense<int16_t>(rng, shape);
    else if (form == 1)
      ints.weights = test::randomSparse<int16_t>(rng, shape);
    else
      ints.weights = test::randomConv<int16_t>(rng, shape);
    seen.insert({ints.weights.index(), ints.pools.empty()});
    data::EncodedSample sample;
    sample.steps = 3;
    sample.size = sources;
    std::vector<int32_t> wanted;
    runtime::reference::MapChain<double> chain(inReals(ints), {});
    for (uint32_t step = 0; step < sample.steps; ++step) {
      std::vector<uint32_t> fired;
      for (uint32_t i = 0; i < sources; ++i) {
        sample.spikes.push_back(rng.below(2) != 0);
        if (sample.spikes.back() != 0)
          fired.push_back(i);
      }
      std::vector<double> sums(net::postCount(ints), 0.0);
      chain.addSpikes(fired, sums.data());
      for (double sum : sums)
        wanted.push_back(static_cast<int32_t>(sum * 64));
    }
    QuantEngine engine(netOf(ints, sources), target::CoreSpec{});
    EXPECT_EQ(engine.run(sample, true).populations[1].u, wanted);
  });
  EXPECT_TRUE(seen.size() == 6 || std::getenv("SNNC_SEED") != nullptr);
}

TEST(QuantMaps, HostLayerOfSparseWeightsEqualsTheDense) {
  test::forEachSeed(5000, 50, [&](uint64_t, Rng &rng) {
    test::MapShape shape{1, 1, static_cast<uint32_t>(rng.between(1, 12))};
    const uint32_t sources = shape.size();
    const net::SparseInts sparse = test::randomSparse<int16_t>(rng, shape);
    net::DenseInts dense{sparse.posts, sparse.pres, {}};
    dense.values.resize(size_t{dense.rows} * dense.cols, 0);
    for (uint32_t source = 0; source < sources; ++source)
      for (uint64_t k = sparse.rowStart[source]; k < sparse.rowStart[source + 1]; ++k)
        dense.values[size_t{sparse.columns[k]} * dense.cols + source] = sparse.values[k];
    net::QuantProjection unused;
    unused.weights = dense;
    net::QuantNet net = netOf(unused, sources);
    net.projections.clear();
    net::HostLayer host;
    host.target = 1;
    host.bias.assign(sparse.posts, 5);
    host.shift.assign(sparse.posts, 1);
    data::EncodedSample sample;
    sample.steps = 4;
    sample.size = sources;
    for (uint32_t i = 0; i < sources * sample.steps; ++i)
      sample.values.push_back(static_cast<float>(rng.uniform()));
    const auto membrane = [&](auto weights) {
      host.weights = std::move(weights);
      net.hostLayers = {host};
      return QuantEngine(net, target::CoreSpec{}).run(sample, true).populations[1].v;
    };
    EXPECT_EQ(membrane(sparse), membrane(dense));
  });
}
