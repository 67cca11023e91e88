#include "compiler/passes/partition/neuron_order.h"

#include "compiler/passes/partition/open_cluster.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

struct Maps {
  uint32_t channels, height, width;
};
struct Tile {
  uint32_t height, width;
  bool channelsLast; // place by place, not channel by channel
};

void addTile(const Maps &maps, const Tile &tile, uint32_t top, uint32_t left,
             std::vector<uint32_t> &order) {
  const uint32_t bottom = std::min(top + tile.height, maps.height);
  const uint32_t right = std::min(left + tile.width, maps.width);
  const uint32_t outer = tile.channelsLast ? 1 : maps.channels;
  for (uint32_t first = 0; first < outer; ++first)
    for (uint32_t y = top; y < bottom; ++y)
      for (uint32_t x = left; x < right; ++x)
        for (uint32_t inner = 0; inner < maps.channels / outer; ++inner)
          order.push_back(((first + inner) * maps.height + y) * maps.width + x);
}

std::vector<uint32_t> tiled(const Maps &maps, const Tile &tile) {
  std::vector<uint32_t> order;
  order.reserve(size_t{maps.channels} * maps.height * maps.width);
  for (uint32_t top = 0; top < maps.height; top += tile.height)
    for (uint32_t left = 0; left < maps.width; left += tile.width)
      addTile(maps, tile, top, left, order);
  return order;
}

// Whole rows first, which make the fewest runs; narrower ones are whole rows of lanes. Channels
// last makes a run of every neuron, but the channels of a place fill whole rows of lanes: lists of
// all places are equal.
std::vector<Tile> tilesOf(const Maps &maps, uint32_t lanes) {
  std::vector<Tile> tiles;
  std::vector<uint32_t> widths = {maps.width};
  for (uint32_t width = lanes; width < maps.width; width *= 2)
    widths.push_back(width);
  for (bool channelsLast : {false, true})
    for (uint32_t width : widths)
      for (uint32_t height = 1; height < 2 * maps.height; height *= 2)
        if (channelsLast || height < maps.height || width < maps.width)
          tiles.push_back({height, width, channelsLast});
  return tiles;
}

class OrderFinder {
public:
  OrderFinder(const Problem &problem, const Limits &limits)
      : net(problem.net), lanes(problem.target.core.lanes()), limits(limits),
        open(problem, limits) {}

  std::vector<uint32_t> find(uint32_t population, const Maps &maps) {
    std::vector<uint32_t> best;
    double fewest = coresFor(population, best);
    const uint64_t size = net.populations[population].size();
    const auto least = static_cast<double>((size + limits.neurons - 1) / limits.neurons);
    for (const Tile &tile : tilesOf(maps, lanes)) {
      if (fewest <= least)
        break;
      std::vector<uint32_t> order = tiled(maps, tile);
      const double cores = coresFor(population, order);
      if (cores < fewest) {
        fewest = cores;
        best = std::move(order);
      }
    }
    return best;
  }

private:
  // Cores of the population, seen from its first ones, and those that its senders then need beyond
  // the ones for their neurons.
  double coresFor(uint32_t population, const std::vector<uint32_t> &order) {
    constexpr uint32_t kCores = 3;
    const uint32_t size = net.populations[population].size();
    uint32_t cores = 0, placed = 0;
    uint64_t messages = 0;
    const auto close = [&] {
      ++cores;
      for (const AxonKey &axon : open.finish().axons)
        messages += !net.populations[net.projections[axon.projection].source].isInput;
    };
    for (; placed < size; ++placed) {
      const uint32_t neuron = order.empty() ? placed : order[placed];
      if (open.tryAdd(population, neuron))
        continue;
      if (!open.empty())
        close();
      if (cores == kCores)
        break;
      open.forceAdd(population, neuron); // alone it may be too much; others report that
    }
    if (!open.empty())
      close();
    const double scale = static_cast<double>(size) / std::max(placed, 1u);
    const double slots =
        static_cast<double>(messages) * scale / static_cast<double>(limits.outputSlots);
    return (placed == size ? cores : cores * scale) +
           std::max(0.0, slots - coresOfSenders(population));
  }

  double coresOfSenders(uint32_t population) const {
    uint64_t neurons = 0;
    for (const net::QuantProjection &projection : net.projections)
      if (projection.target == population && !net.populations[projection.source].isInput)
        neurons += net.populations[projection.source].size();
    return static_cast<double>(neurons) / static_cast<double>(limits.neurons);
  }

  const net::QuantNet &net;
  const uint32_t lanes;
  const Limits limits;
  OpenCluster open;
};

} // namespace

Arrangement networkOrder(const Problem &problem, const std::vector<uint32_t> &firstTick,
                         bool apart) {
  const net::QuantNet &net = problem.net;
  std::vector<uint32_t> populations;
  for (uint32_t p = 0; p < net.populations.size(); ++p)
    if (!net.populations[p].isInput)
      populations.push_back(p);
  const auto registers = [&](uint32_t p) {
    const net::QuantPopulation &population = net.populations[p];
    return std::tuple(population.vmin, population.vmax, population.duOffset, firstTick[p]);
  };
  std::stable_sort(populations.begin(), populations.end(),
                   [&](uint32_t a, uint32_t b) { return registers(a) < registers(b); });
  Arrangement arrangement;
  arrangement.order.reserve(problem.neurons());
  for (uint32_t p : populations) {
    if (apart)
      arrangement.starts.push_back(static_cast<uint32_t>(arrangement.order.size()));
    for (uint32_t n = 0; n < net.populations[p].size(); ++n)
      arrangement.order.push_back(problem.idOf(p, n));
  }
  return arrangement;
}

bool tileConvolutions(const Problem &problem, const Limits &limits, Arrangement &arrangement) {
  std::vector<Maps> maps(problem.net.populations.size(), Maps{0, 0, 0});
  for (const net::QuantProjection &projection : problem.net.projections)
    if (const auto *conv = std::get_if<net::ConvInts>(&projection.weights);
        conv != nullptr && conv->outChannels > 1 && conv->window.outSize() > 1)
      maps[projection.target] = {conv->outChannels, conv->window.outH, conv->window.outW};
  std::optional<OrderFinder> finder;
  bool any = false;
  for (size_t at = 0; at < arrangement.order.size();) {
    const uint32_t p = problem.neuronOf(arrangement.order[at]).population;
    if (maps[p].channels != 0) {
      if (!finder)
        finder.emplace(problem, limits);
      const std::vector<uint32_t> order = finder->find(p, maps[p]);
      for (size_t i = 0; i < order.size(); ++i)
        arrangement.order[at + i] = problem.idOf(p, order[i]);
      any = any || !order.empty();
    }
    at += problem.net.populations[p].size();
  }
  return any;
}

} // namespace snnc::compiler::partition
