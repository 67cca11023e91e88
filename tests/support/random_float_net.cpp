#include "tests/support/random_float_net.h"

#include <cmath>

namespace snnc::test {

namespace {

using support::Rng;

bool chance(Rng &rng, double p) {
  return rng.uniform() < p;
}

net::Profile randomProfile(Rng &rng) {
  static constexpr net::ResetRule kResets[] = {net::ResetRule::Zero, net::ResetRule::Subtract,
                                               net::ResetRule::SubtractDelayed};
  static constexpr net::Integrator kIntegrators[] = {net::Integrator::Euler, net::Integrator::Exp,
                                                     net::Integrator::Unit};
  net::Profile profile;
  profile.dt.value = 1.0;
  profile.tauUnit.value = net::TauUnit::Steps;
  profile.reset.value = kResets[rng.below(3)];
  profile.integrator.value = kIntegrators[rng.below(3)];
  profile.compare.value = chance(rng, 0.5) ? net::Compare::Gt : net::Compare::Ge;
  return profile;
}

// One value for all, or one each.
template <class Draw> net::Param param(Rng &rng, uint32_t size, Draw draw) {
  net::Param param;
  const uint32_t count = chance(rng, 0.5) ? 1 : size;
  for (uint32_t i = 0; i < count; ++i)
    param.values.push_back(draw());
  return param;
}

net::Population randomPopulation(Rng &rng, uint32_t index, uint32_t size) {
  net::Population population;
  population.name = "p" + std::to_string(index);
  population.shape = {size};
  const auto tau = [&] { return 2.0 + 18.0 * rng.uniform(); };
  net::NeuronParams &params = population.params;
  switch (rng.below(3)) {
  case 0:
    population.kind = net::NeuronKind::IF;
    break;
  case 1:
    population.kind = net::NeuronKind::LIF;
    params.tau = param(rng, size, tau);
    break;
  default:
    population.kind = net::NeuronKind::CubaLIF;
    params.tauMem = param(rng, size, tau);
    params.tauSyn = param(rng, size, tau);
    params.wIn = net::Param(1.0);
    break;
  }
  params.r = net::Param(1.0);
  params.vThreshold = param(rng, size, [&] { return 0.3 + rng.uniform(); });
  if (population.kind != net::NeuronKind::IF)
    params.vLeak = net::Param(0.0);
  return population;
}

net::Projection randomProjection(Rng &rng, const net::Net &net, uint32_t source, uint32_t target,
                                 uint32_t delay) {
  net::Projection projection;
  projection.name = net.populations[source].name + "_" + net.populations[target].name + "_" +
                    std::to_string(net.projections.size());
  projection.source = source;
  projection.target = target;
  projection.delay = delay;
  const uint32_t pres = net.populations[source].size(), posts = net.populations[target].size();
  const double scale = 2.0 / std::sqrt(pres);
  if (chance(rng, 0.6)) {
    net::DenseWeights dense;
    dense.rows = posts;
    dense.cols = pres;
    for (size_t i = 0; i < size_t{posts} * pres; ++i)
      dense.values.push_back(static_cast<float>(scale * (rng.normal() + 0.3)));
    projection.weights = std::move(dense);
  } else {
    net::SparseWeights sparse;
    sparse.posts = posts;
    sparse.pres = pres;
    sparse.rowStart.push_back(0);
    for (uint32_t pre = 0; pre < pres; ++pre) {
      for (uint32_t post = 0; post < posts; ++post)
        if (chance(rng, 0.4)) {
          sparse.columns.push_back(post);
          sparse.values.push_back(static_cast<float>(scale * (rng.normal() + 0.5)));
        }
      sparse.rowStart.push_back(sparse.values.size());
    }
    projection.weights = std::move(sparse);
  }
  if (chance(rng, 0.4))
    for (uint32_t post = 0; post < posts; ++post)
      projection.bias.push_back(0.1 * rng.normal());
  return projection;
}

} // namespace

net::Net randomFloatNet(Rng &rng, const RandomFloatNetOptions &options) {
  net::Net net;
  net.name = "random";
  net.profile = randomProfile(rng);
  net::Population input;
  input.name = "input";
  input.shape = {static_cast<uint32_t>(rng.between(1, options.maxInputs))};
  net.populations.push_back(input);
  const auto count = static_cast<uint32_t>(rng.between(1, options.maxPopulations));
  for (uint32_t p = 1; p <= count; ++p) {
    net.populations.push_back(
        randomPopulation(rng, p, static_cast<uint32_t>(rng.between(1, options.maxSize))));
    net.projections.push_back(randomProjection(rng, net, p - 1, p, 0));
  }
  if (count > 1 && chance(rng, 0.3)) // a skip edge
    net.projections.push_back(randomProjection(rng, net, 1, count, 0));
  if (chance(rng, 0.4)) { // a loop
    const auto target = static_cast<uint32_t>(rng.between(1, count));
    const auto source = static_cast<uint32_t>(rng.between(target, count));
    net.projections.push_back(randomProjection(rng, net, source, target, source - target + 1));
  }
  if (chance(rng, 0.3))
    net.run.encode = net::Encoding::Direct;
  net.inputs = {0};
  net.outputs = {count};
  return net;
}

} // namespace snnc::test
