#include "tests/support/structured_net.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace snnc::test {
namespace {

using Kind = StructuredNetOptions::Kind;

uint32_t drawSource(support::Rng &rng, const StructuredNetOptions &options, uint32_t neuron) {
  const auto any = [&] { return static_cast<uint32_t>(rng.below(options.neurons)); };
  if (options.kind == Kind::Random ||
      (options.kind != Kind::Local && rng.uniform() < options.rewired))
    return any();
  if (options.kind == Kind::Communities) {
    const uint32_t first = neuron / options.size * options.size;
    return first +
           static_cast<uint32_t>(rng.below(std::min(options.size, options.neurons - first)));
  }
  const int64_t away = rng.between(-int64_t{options.size}, int64_t{options.size});
  const int64_t all = options.neurons;
  return static_cast<uint32_t>((int64_t{neuron} + away + all) % all);
}

net::SparseInts sparseOf(const std::vector<std::set<uint32_t>> &sourcesOf, uint32_t pres) {
  net::SparseInts sparse;
  sparse.pres = pres;
  sparse.posts = static_cast<uint32_t>(sourcesOf.size());
  std::vector<std::vector<uint32_t>> targets(pres);
  for (uint32_t target = 0; target < sourcesOf.size(); ++target)
    for (uint32_t source : sourcesOf[target])
      targets[source].push_back(target);
  sparse.rowStart = {0};
  for (const std::vector<uint32_t> &row : targets) {
    for (uint32_t target : row) {
      sparse.columns.push_back(target);
      sparse.values.push_back(static_cast<int16_t>(1 + (target + sparse.columns.size()) % 100));
    }
    sparse.rowStart.push_back(sparse.columns.size());
  }
  return sparse;
}

} // namespace

net::QuantNet structuredNet(support::Rng &rng, const StructuredNetOptions &options) {
  std::vector<uint32_t> number(options.neurons); // of the neuron at a position
  std::iota(number.begin(), number.end(), 0u);
  if (options.shuffled)
    for (uint32_t i = options.neurons; i > 1; --i)
      std::swap(number[i - 1], number[rng.below(i)]);
  std::vector<std::set<uint32_t>> recurrent(options.neurons), driven(options.neurons);
  for (uint32_t position = 0; position < options.neurons; ++position) {
    std::set<uint32_t> &sources = recurrent[number[position]];
    while (sources.size() < options.sources)
      sources.insert(number[drawSource(rng, options, position)]);
    driven[number[position]].insert(position * options.inputs / options.neurons);
  }
  net::QuantNet net;
  net.name = "structured";
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].shape = {options.inputs};
  net.populations[0].isInput = true;
  net.populations[1].name = "net";
  net.populations[1].shape = {options.neurons};
  net.populations[1].neurons.resize(options.neurons);
  for (net::NeuronConfig &neuron : net.populations[1].neurons) {
    neuron.threshold = 1000;
    neuron.du = 4095;
  }
  net.projections.resize(2);
  net.projections[0].name = "drive";
  net.projections[0].target = 1;
  net.projections[0].weights = sparseOf(driven, options.inputs);
  net.projections[1].name = "recurrent";
  net.projections[1].source = net.projections[1].target = 1;
  net.projections[1].delay = 1;
  net.projections[1].weights = sparseOf(recurrent, options.neurons);
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

} // namespace snnc::test
