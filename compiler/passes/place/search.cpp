#include "compiler/passes/place/search.h"

#include "common/support/rng.h"

#include <algorithm>
#include <cmath>

namespace snnc::compiler::place {
namespace {

constexpr uint32_t kFree = UINT32_MAX;
constexpr double kWorthIt = 1e-9;

// Clusters on a grid, and what a swap of two places changes.
class Grid {
public:
  Grid(const Traffic &traffic, Box box, const LinkPrice &price)
      : traffic(traffic), box(box), price(price), at(size_t{box.width} * box.height, kFree),
        positions(traffic.flows.size()), placed(traffic.flows.size(), false) {}

  uint32_t cells() const { return box.width * box.height; }
  Position positionOf(uint32_t cell) const { return {cell % box.width, cell / box.width}; }
  uint32_t cellOf(Position p) const { return p.y * box.width + p.x; }
  uint32_t clusterAt(uint32_t cell) const { return at[cell]; }
  const std::vector<Position> &places() const { return positions; }

  void put(uint32_t cluster, uint32_t cell) {
    at[cell] = cluster;
    positions[cluster] = positionOf(cell);
    placed[cluster] = true;
  }

  // Of the messages of `cluster` if it were there, to those that are placed, apart from `without`.
  double costAt(uint32_t cluster, Position place, uint32_t without = kFree) const {
    double cost = traffic.fromHost[cluster] * priceOf(price, place, {0, 0});
    for (const Flow &flow : traffic.flows[cluster])
      if (placed[flow.to] && flow.to != without)
        cost += flow.messages * priceOf(price, place, positions[flow.to]);
    return cost;
  }

  // Saved by a swap of what is on two cells; messages between the two cost the same after it.
  double gain(uint32_t a, uint32_t b) const {
    const Position pa = positionOf(a), pb = positionOf(b);
    double saved = 0;
    if (at[a] != kFree)
      saved += costAt(at[a], pa, at[b]) - costAt(at[a], pb, at[b]);
    if (at[b] != kFree)
      saved += costAt(at[b], pb, at[a]) - costAt(at[b], pa, at[a]);
    return saved;
  }
  void swap(uint32_t a, uint32_t b) {
    std::swap(at[a], at[b]);
    for (uint32_t cell : {a, b})
      if (at[cell] != kFree)
        positions[at[cell]] = positionOf(cell);
  }
  void take(const std::vector<Position> &given) {
    std::fill(at.begin(), at.end(), kFree);
    for (uint32_t c = 0; c < given.size(); ++c)
      put(c, cellOf(given[c]));
  }

  const Traffic &traffic;
  const Box box;

private:
  const LinkPrice price;
  std::vector<uint32_t> at; // [cell]
  std::vector<Position> positions;
  std::vector<bool> placed;
};

// Next comes the cluster with most traffic to those placed and the host, on the free core where it
// costs least; ties go to the lower index.
void construct(Grid &grid) {
  const auto count = static_cast<uint32_t>(grid.traffic.flows.size());
  std::vector<double> pull = grid.traffic.fromHost;
  std::vector<bool> placed(count, false);
  for (uint32_t step = 0; step < count; ++step) {
    uint32_t next = kFree;
    for (uint32_t c = 0; c < count; ++c)
      if (!placed[c] && (next == kFree || pull[c] > pull[next]))
        next = c;
    uint32_t best = kFree;
    double lowest = 0;
    for (uint32_t cell = 0; cell < grid.cells(); ++cell) {
      if (grid.clusterAt(cell) != kFree)
        continue;
      const double cost = grid.costAt(next, grid.positionOf(cell));
      if (best == kFree || cost < lowest) {
        lowest = cost;
        best = cell;
      }
    }
    grid.put(next, best);
    placed[next] = true;
    for (const Flow &flow : grid.traffic.flows[next])
      pull[flow.to] += flow.messages;
  }
}

// Row by row, to and fro, in bands: neighbours in the order stay neighbours.
std::vector<Position> snake(uint32_t count, Box box, uint32_t band) {
  std::vector<Position> places;
  for (uint32_t top = 0; top < box.height && places.size() < count; top += band) {
    const uint32_t rows = std::min(band, box.height - top);
    const bool back = (top / band) % 2 == 1;
    for (uint32_t i = 0; i < box.width && places.size() < count; ++i) {
      const uint32_t x = back ? box.width - 1 - i : i;
      for (uint32_t j = 0; j < rows && places.size() < count; ++j)
        places.push_back({x, top + (i % 2 == 1 ? rows - 1 - j : j)});
    }
  }
  return places;
}

void swapWhileItHelps(Grid &grid, uint32_t rounds) {
  for (bool changed = true; changed && rounds > 0; --rounds) {
    changed = false;
    for (uint32_t a = 0; a < grid.cells(); ++a)
      for (uint32_t b = a + 1; b < grid.cells(); ++b)
        if (grid.gain(a, b) > kWorthIt) {
          grid.swap(a, b);
          changed = true;
        }
  }
}

class Annealer {
public:
  Annealer(Grid &grid, uint64_t seed) : grid(grid), rng(seed) {}

  void run() {
    if (grid.cells() < 2)
      return;
    const uint64_t steps = budget();
    double temperature = firstTemperature();
    const double last = temperature * 1e-3;
    constexpr uint32_t kStages = 100;
    const double cooling = std::pow(1e-3, 1.0 / kStages);
    for (uint32_t stage = 0; stage < kStages && temperature > 0; ++stage) {
      // The reach shrinks with the temperature, down to neighbours.
      const double reach = std::max(1.0, std::max(grid.box.width, grid.box.height) *
                                             std::pow(temperature / (last * 1e3), 0.5));
      for (uint64_t step = 0; step < steps / kStages; ++step)
        tryOne(static_cast<uint32_t>(reach), temperature);
      temperature *= cooling;
    }
  }

private:
  // Steps: so many flows are looked at in all.
  uint64_t budget() const {
    constexpr double kFlows = 4e8;
    constexpr double kPerCell = 2000;
    double flows = 1;
    for (const std::vector<Flow> &list : grid.traffic.flows)
      flows += static_cast<double>(list.size());
    const double perStep = 4 * (1 + flows / grid.cells());
    return static_cast<uint64_t>(std::min(kFlows / perStep, kPerCell * grid.cells()));
  }

  // The start is good already: so warm that it is shaken, not lost.
  double firstTemperature() {
    constexpr int kSamples = 200;
    double sum = 0;
    for (int i = 0; i < kSamples; ++i) {
      const uint32_t a = static_cast<uint32_t>(rng.below(grid.cells()));
      sum += std::abs(grid.gain(a, near(a, 2)));
    }
    return 0.3 * sum / kSamples;
  }

  uint32_t near(uint32_t cell, uint32_t reach) {
    const Position p = grid.positionOf(cell);
    const auto draw = [&](uint32_t from, uint32_t size) {
      const int64_t lo = std::max<int64_t>(0, int64_t{from} - reach);
      const int64_t hi = std::min<int64_t>(int64_t{size} - 1, int64_t{from} + reach);
      return static_cast<uint32_t>(rng.between(lo, hi));
    };
    const uint32_t x = draw(p.x, grid.box.width);
    return grid.cellOf({x, draw(p.y, grid.box.height)});
  }

  void tryOne(uint32_t reach, double temperature) {
    const auto a = static_cast<uint32_t>(rng.below(grid.cells()));
    const uint32_t b = near(a, reach);
    if (a == b || (grid.clusterAt(a) == kFree && grid.clusterAt(b) == kFree))
      return;
    const double gain = grid.gain(a, b);
    if (gain >= 0 || rng.uniform() < std::exp(gain / temperature))
      grid.swap(a, b);
  }

  Grid &grid;
  support::Rng rng;
};

} // namespace

std::vector<Position> search(const Traffic &traffic, Box box, const LinkPrice &price,
                             uint64_t seed) {
  const auto count = static_cast<uint32_t>(traffic.flows.size());
  constexpr uint32_t kSmall = 256; // clusters, for what is quadratic in them
  Grid grid(traffic, box, price);
  std::vector<Position> best;
  double lowest = 0;
  const auto keep = [&](const std::vector<Position> &places) {
    const double cost = totalEnergy(traffic, places, price);
    if (best.empty() || cost < lowest * (1 - kWorthIt)) {
      best = places;
      lowest = cost;
    }
  };
  if (count <= kSmall) {
    construct(grid);
    swapWhileItHelps(grid, UINT32_MAX);
    keep(grid.places());
  } else {
    for (uint32_t band = 1; band <= box.height; band *= 2)
      keep(snake(count, box, band));
  }
  if (count < 3)
    return best;
  grid.take(best);
  Annealer(grid, seed).run();
  if (count <= kSmall)
    swapWhileItHelps(grid, UINT32_MAX);
  keep(grid.places());
  return best;
}

} // namespace snnc::compiler::place
