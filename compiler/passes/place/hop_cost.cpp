#include "compiler/passes/place/hop_cost.h"

#include "compiler/core_ir/shared_lists.h"

#include "common/net/synapses.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace snnc::compiler::place {

using namespace core_ir;

namespace {

constexpr uint32_t kNoCluster = UINT32_MAX;

std::vector<std::vector<uint32_t>> clusterOfNeuron(const CoreIr &ir, const net::QuantNet &net) {
  std::vector<std::vector<uint32_t>> owner;
  for (const net::QuantPopulation &population : net.populations)
    owner.emplace_back(population.size(), kNoCluster);
  for (uint32_t c = 0; c < ir.clusters.size(); ++c)
    for (const Run &run : ir.clusters[c].runs)
      for (uint32_t k = 0; k < run.count; ++k)
        owner[run.population][run.first + k] = c;
  return owner;
}

// f(source, target) for every synapse, source by source; sparse rows are not turned over or copied.
template <class F> void forEachSynapse(const net::QuantProjection &projection, F f) {
  if (const auto *sparse = std::get_if<net::SparseInts>(&projection.weights);
      sparse != nullptr && projection.pools.empty()) {
    for (uint32_t source = 0; source < sparse->pres; ++source)
      for (uint64_t i = sparse->rowStart[source]; i < sparse->rowStart[source + 1]; ++i)
        if (sparse->values[i] != 0)
          f(source, sparse->columns[i]);
    return;
  }
  const net::OutgoingInts outgoing(projection);
  for (uint32_t source = 0; source < preCount(projection); ++source)
    outgoing.forEach(source, [&](uint32_t target, int16_t) { f(source, target); });
}

// Collects the messages of one projection after the other.
class Counter {
public:
  Counter(const CoreIr &ir, const net::QuantNet &net, const target::Target &target)
      : ir(ir), net(net), core(target.core), owner(clusterOfNeuron(ir, net)),
        between(ir.clusters.size()), share(sharesOf()), seen(ir.clusters.size(), 0) {
    traffic.fromHost.assign(ir.clusters.size(), 0.0);
    traffic.received.assign(ir.clusters.size(), 0.0);
  }

  Traffic run() {
    for (const net::QuantProjection &projection : net.projections)
      addProjection(projection);
    for (uint32_t from = 0; from < between.size(); ++from) {
      std::vector<Flow> &flows = traffic.flows.emplace_back();
      for (const auto &[to, sums] : between[from])
        flows.push_back({to, sums.first, sums.second});
    }
    return std::move(traffic);
  }

private:
  // [population][neuron]: of a core, what the neuron takes at least. Dense words are the smallest;
  // shared lists may cost nothing.
  std::vector<std::vector<double>> sharesOf() const {
    std::vector<std::vector<double>> words;
    for (const net::QuantPopulation &population : net.populations)
      words.emplace_back(population.size(), 0.0);
    for (const net::QuantProjection &projection : net.projections)
      if (!sharesLists(projection) && projection.pools.empty())
        forEachSynapse(projection, [&](uint32_t, uint32_t target) {
          words[projection.target][target] += 1.0 / core.lanes();
        });
    for (std::vector<double> &list : words)
      for (double &value : list)
        value = std::max(value / core.synapseWords, 1.0 / core.neurons);
    return words;
  }

  void addProjection(const net::QuantProjection &projection) {
    double taken = 0;
    uint32_t current = 0;
    const auto finish = [&] {
      constexpr double kRounding = 1e-6; // of the sum
      if (taken > 0)
        traffic.lowerBound +=
            ir.rates.at(projection.source, current) * std::max(1.0, std::ceil(taken - kRounding));
      taken = 0;
    };
    ++stamp;
    forEachSynapse(projection, [&](uint32_t source, uint32_t target) {
      if (source != current) {
        finish();
        current = source;
        ++stamp;
      }
      taken += share[projection.target][target];
      const uint32_t c = owner[projection.target][target];
      if (seen[c] == stamp)
        return;
      seen[c] = stamp;
      addMessage(projection.source, source, c);
    });
    finish();
  }

  void addMessage(uint32_t population, uint32_t source, uint32_t to) {
    const double rate = ir.rates.at(population, source);
    traffic.messages += rate;
    traffic.received[to] += rate;
    if (net.populations[population].isInput) {
      traffic.fromHost[to] += rate;
      return;
    }
    const uint32_t from = owner[population][source];
    if (from == to)
      return;
    auto &sent = between[from][to];
    sent.first += rate;
    sent.second += rate;
    between[to][from].first += rate;
  }

  const CoreIr &ir;
  const net::QuantNet &net;
  const target::CoreSpec &core;
  const std::vector<std::vector<uint32_t>> owner;
  std::vector<std::map<uint32_t, std::pair<double, double>>> between; // both ways, sent
  const std::vector<std::vector<double>> share;
  std::vector<uint64_t> seen; // [cluster]: the last source that reached it
  uint64_t stamp = 0;
  Traffic traffic;
};

} // namespace

Traffic trafficOf(const CoreIr &ir, const net::QuantNet &net, const target::Target &target) {
  return Counter(ir, net, target).run();
}

LinkPrice LinkPrice::of(const target::Target &target) {
  for (const target::EnergyTable &table : target.energy) {
    const auto eastWest = table.prices.find("hop_east_west");
    const auto northSouth = table.prices.find("hop_north_south");
    if (eastWest != table.prices.end() && northSouth != table.prices.end())
      return {eastWest->second.value, northSouth->second.value};
  }
  return {};
}

double totalEnergy(const Traffic &traffic, const std::vector<Position> &positions,
                   const LinkPrice &price) {
  double sum = 0.0;
  for (uint32_t c = 0; c < positions.size(); ++c) {
    sum += traffic.fromHost[c] * priceOf(price, positions[c], {0, 0});
    for (const Flow &flow : traffic.flows[c])
      sum += 0.5 * flow.messages * priceOf(price, positions[c], positions[flow.to]);
  }
  return sum;
}

double totalHops(const Traffic &traffic, const std::vector<Position> &positions) {
  return totalEnergy(traffic, positions, {1, 1});
}

HottestLink hottestLink(const Traffic &traffic, const std::vector<Position> &positions,
                        uint32_t width, uint32_t height) {
  // [direction][cell]: of the link that leaves the cell; east, west, south, north.
  std::vector<double> loads[4];
  for (std::vector<double> &list : loads)
    list.assign(size_t{width} * height, 0.0);
  const auto cross = [&](Position from, Position to, double messages) {
    for (; from.x != to.x; from.x += from.x < to.x ? 1 : -1)
      loads[from.x < to.x ? 0 : 1][from.y * width + from.x] += messages;
    for (; from.y != to.y; from.y += from.y < to.y ? 1 : -1)
      loads[from.y < to.y ? 2 : 3][from.y * width + from.x] += messages;
  };
  for (uint32_t c = 0; c < positions.size(); ++c) {
    cross({0, 0}, positions[c], traffic.fromHost[c]);
    for (const Flow &flow : traffic.flows[c])
      if (flow.sent > 0)
        cross(positions[c], positions[flow.to], flow.sent);
  }
  HottestLink hottest;
  constexpr int kStep[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  for (int direction = 0; direction < 4; ++direction)
    for (uint32_t cell = 0; cell < width * height; ++cell)
      if (loads[direction][cell] > hottest.messages) {
        const Position from{cell % width, cell / width};
        hottest = {from,
                   {from.x + static_cast<uint32_t>(kStep[direction][0]),
                    from.y + static_cast<uint32_t>(kStep[direction][1])},
                   loads[direction][cell]};
      }
  return hottest;
}

} // namespace snnc::compiler::place
