#include "compiler/export/nir/cycle_delays.h"

#include "common/support/strings.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace snnc::compiler::export_nir {
namespace {

using Pair = std::pair<uint32_t, uint32_t>; // populations by rank

class CycleDelays {
public:
  explicit CycleDelays(const net::Net &net) : net(net), rank(net.populations.size()) {
    std::vector<uint32_t> order(net.populations.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return support::naturalLess(net.populations[a].name, net.populations[b].name);
    });
    for (uint32_t i = 0; i < order.size(); ++i)
      rank[order[i]] = i;
    for (uint32_t input : net.inputs)
      starts.push_back(rank[input]);
    std::sort(starts.begin(), starts.end());
    for (uint32_t i = 0; i < order.size(); ++i)
      starts.push_back(i);
  }

  std::vector<bool> run();

private:
  Pair pairOf(const net::Projection &projection) const {
    return {rank[projection.source], rank[projection.target]};
  }
  std::set<Pair> closing(const std::vector<bool> &bare) const;

  const net::Net &net;
  std::vector<uint32_t> rank;   // of a population in natural order
  std::vector<uint32_t> starts; // of the walk: inputs first
};

// The edges that the importer's walk over bare projections finds leading back.
std::set<Pair> CycleDelays::closing(const std::vector<bool> &bare) const {
  std::vector<std::set<uint32_t>> successors(rank.size());
  for (size_t p = 0; p < bare.size(); ++p)
    if (bare[p])
      successors[pairOf(net.projections[p]).first].insert(pairOf(net.projections[p]).second);
  enum class Mark : uint8_t { New, Open, Done };
  std::vector<Mark> marks(rank.size(), Mark::New);
  std::set<Pair> back;
  using Frame = std::pair<uint32_t, std::set<uint32_t>::const_iterator>;
  std::vector<Frame> stack; // models may be deep: no recursion
  const auto open = [&](uint32_t node) {
    marks[node] = Mark::Open;
    stack.emplace_back(node, successors[node].begin());
  };
  for (uint32_t start : starts) {
    if (marks[start] == Mark::New)
      open(start);
    while (!stack.empty()) {
      auto &[node, next] = stack.back();
      if (next == successors[node].end()) {
        marks[node] = Mark::Done;
        stack.pop_back();
        continue;
      }
      const uint32_t to = *next++;
      if (marks[to] == Mark::Open)
        back.emplace(node, to);
      else if (marks[to] == Mark::New)
        open(to);
    }
  }
  return back;
}

std::vector<bool> CycleDelays::run() {
  std::map<Pair, std::set<uint32_t>> delays;
  for (const net::Projection &projection : net.projections)
    delays[pairOf(projection)].insert(projection.delay);
  std::vector<bool> bare;
  for (const net::Projection &projection : net.projections) {
    const bool alone = delays[pairOf(projection)].size() == 1;
    bare.push_back(projection.delay == 0 || (projection.delay == 1 && alone));
  }
  // The walk finds other edges once there is a Delay node, so until all that are left are found.
  // Then it finds no edge of delay 0: the one of delay 1 in that cycle would be on its way,
  // unfound.
  for (bool changed = true; changed;) {
    const std::set<Pair> back = closing(bare);
    changed = false;
    for (size_t p = 0; p < bare.size(); ++p)
      if (bare[p] && net.projections[p].delay == 1 && back.count(pairOf(net.projections[p])) == 0) {
        bare[p] = false;
        changed = true;
      }
  }
  return bare;
}

} // namespace

std::vector<bool> impliedDelays(const net::Net &net) {
  return CycleDelays(net).run();
}

} // namespace snnc::compiler::export_nir
