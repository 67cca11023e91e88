#include "runtime/fast/stages.h"

#include <algorithm>
#include <optional>

namespace snnc::runtime::fast {

namespace {

constexpr uint32_t kNone = UINT32_MAX;
// Sums and spikes of a whole block have to stay in a cache, or it does not pay.
constexpr uint32_t kMostNeurons = 1 << 14;

using Groups = std::vector<uint32_t>; // sorted, each once

void normalize(Groups &groups) {
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
}

class Graph {
public:
  explicit Graph(const Tables &tables);
  // Length of the longest path to each group; empty if there is a cycle.
  std::vector<uint32_t> levels() const;
  Groups sourcesOf(const Bundle &bundle) const;

private:
  Groups targetsOf(const Row &row) const;
  void connect(const Groups &sources, const Groups &targets);

  const Tables &tables;
  std::vector<uint32_t> groupOf; // [neuron]; kNone: in no group
  std::vector<Groups> targets;   // [group]
};

Graph::Graph(const Tables &tables)
    : tables(tables), groupOf(tables.neurons, kNone), targets(tables.groups.size()) {
  for (uint32_t g = 0; g < tables.groups.size(); ++g) {
    const Span &span = tables.groups[g].span;
    for (uint32_t word = span.firstWord; word <= span.lastWord; ++word)
      for (uint64_t bits = membersOf(span, word); bits != 0; bits &= bits - 1)
        groupOf[word * kWord + static_cast<uint32_t>(__builtin_ctzll(bits))] = g;
  }
  for (const Bundle &bundle : tables.bundles)
    connect(sourcesOf(bundle), targetsOf(bundle.row));
  for (uint32_t neuron = 0; neuron < tables.neurons; ++neuron)
    for (uint32_t r = tables.rowsBegin[neuron]; r < tables.rowsBegin[neuron + 1]; ++r)
      connect({groupOf[neuron]}, targetsOf(tables.rows[r]));
  for (Groups &groups : targets)
    normalize(groups);
}

Groups Graph::sourcesOf(const Bundle &bundle) const {
  Groups groups;
  for (uint32_t word = 0; word < bundle.members.size(); ++word)
    for (uint64_t bits = bundle.members[word]; bits != 0; bits &= bits - 1) {
      const auto lane = static_cast<uint32_t>(__builtin_ctzll(bits));
      groups.push_back(groupOf[(bundle.firstWord + word) * kWord + lane]);
    }
  normalize(groups);
  return groups;
}

Groups Graph::targetsOf(const Row &row) const {
  Groups groups;
  for (uint32_t i = 0; i < row.count; ++i) {
    const uint32_t from = row.kind == ListKind::Pairs ? tables.pairs[row.weights + i].neuron : i;
    const uint32_t group = groupOf[row.target + from];
    if (groups.empty() || groups.back() != group)
      groups.push_back(group);
  }
  return groups;
}

void Graph::connect(const Groups &sources, const Groups &to) {
  for (const uint32_t source : sources)
    for (const uint32_t target : to)
      if (source != kNone && target != kNone &&
          (targets[source].empty() || targets[source].back() != target))
        targets[source].push_back(target);
}

std::vector<uint32_t> Graph::levels() const {
  std::vector<uint32_t> level(targets.size()), waiting(targets.size()), ready;
  for (const Groups &groups : targets)
    for (const uint32_t target : groups)
      ++waiting[target];
  for (uint32_t g = 0; g < targets.size(); ++g)
    if (waiting[g] == 0)
      ready.push_back(g);
  for (size_t next = 0; next < ready.size(); ++next)
    for (const uint32_t target : targets[ready[next]]) {
      level[target] = std::max(level[target], level[ready[next]] + 1);
      if (--waiting[target] == 0)
        ready.push_back(target);
    }
  return ready.size() == targets.size() ? level : std::vector<uint32_t>();
}

} // namespace

void makeStages(Tables &tables) {
  std::optional<Graph> graph;
  if (tables.neurons <= kMostNeurons)
    graph.emplace(tables);
  const std::vector<uint32_t> level = graph ? graph->levels() : std::vector<uint32_t>();
  const auto stageAt = [&](uint32_t at) -> Stage & {
    tables.stages.resize(std::max<size_t>(tables.stages.size(), at + 1));
    return tables.stages[at];
  };
  for (uint32_t g = 0; g < tables.groups.size(); ++g) {
    GroupPlan &group = tables.groups[g];
    for (uint32_t word = group.span.firstWord; word <= group.span.lastWord; ++word)
      group.hasRows |= (tables.hasRows[word] & membersOf(group.span, word)) != 0;
    stageAt(level.empty() ? 0 : level[g]).groups.push_back(g);
  }
  for (uint32_t b = 0; b < tables.bundles.size(); ++b) {
    uint32_t last = 0;
    if (!level.empty())
      for (const uint32_t group : graph->sourcesOf(tables.bundles[b]))
        last = group == kNone ? last : std::max(last, level[group]);
    stageAt(last).bundles.push_back(b);
  }
  tables.blockTicks = level.empty() ? 1 : kMostBlockTicks;
}

} // namespace snnc::runtime::fast
