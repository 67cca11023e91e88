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
  void connect(uint32_t source, const Row &row);
  template <class Visit> void forEachMember(const Bundle &bundle, Visit &&visit) const;

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
    forEachMember(bundle, [&](uint32_t source) {
      Row row = bundle.row;
      row.weights = bundle.offsets[source - bundle.firstWord * kWord];
      connect(source, row);
    });
  for (uint32_t source = 0; source < tables.neurons; ++source)
    for (uint32_t r = tables.rowsBegin[source]; r < tables.rowsBegin[source + 1]; ++r)
      connect(source, tables.rows[r]);
  for (Groups &groups : targets)
    normalize(groups);
}

template <class Visit> void Graph::forEachMember(const Bundle &bundle, Visit &&visit) const {
  for (uint32_t word = 0; word < bundle.members.size(); ++word)
    for (uint64_t bits = bundle.members[word]; bits != 0; bits &= bits - 1)
      visit((bundle.firstWord + word) * kWord + static_cast<uint32_t>(__builtin_ctzll(bits)));
}

Groups Graph::sourcesOf(const Bundle &bundle) const {
  Groups groups;
  forEachMember(bundle, [&](uint32_t source) { groups.push_back(groupOf[source]); });
  normalize(groups);
  return groups;
}

// Rows of whole words reach over neighbours, with weights of 0: those are no edges.
void Graph::connect(uint32_t source, const Row &row) {
  if (groupOf[source] == kNone)
    return;
  Groups &found = targets[groupOf[source]];
  const auto add = [&](uint32_t target, int32_t weight) {
    const uint32_t group = groupOf[row.target + target];
    if (weight != 0 && group != kNone && (found.empty() || found.back() != group))
      found.push_back(group);
  };
  for (uint32_t i = 0; i < row.count; ++i) {
    if (row.kind == ListKind::Dense8)
      add(i, tables.weights8[row.weights + i]);
    else if (row.kind == ListKind::Dense16)
      add(i, tables.weights16[row.weights + i]);
    else
      add(tables.pairs[row.weights + i].neuron, tables.pairs[row.weights + i].weight);
  }
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
