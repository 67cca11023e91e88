#include "compiler/passes/partition/core_counts.h"

namespace snnc::compiler::partition {

CoreCounts::CoreCounts(const Problem &problem, const MapGraph &graph, const LoadModel &model,
                       std::vector<uint32_t> given, uint32_t cores)
    : problem(problem), graph(graph), model(model), part(std::move(given)),
      start(size_t{graph.edgeCount()} + 1, 0), size(graph.edgeCount(), 0), loads(cores),
      slots(cores, 0), groups(cores, 0), sent(graph.neurons(), 0),
      members(size_t{cores} * problem.net.populations.size(), 0) {
  std::vector<uint32_t> lastEdge(cores, UINT32_MAX);
  for (uint32_t edge = 0; edge < graph.edgeCount(); ++edge) {
    uint64_t reached = 0;
    for (uint32_t id : graph.targetsOf(edge))
      if (lastEdge[part[id]] != edge) {
        lastEdge[part[id]] = edge;
        ++reached;
      }
    start[edge + 1] =
        start[edge] + std::min<uint64_t>(graph.targetsOf(edge).size(), 2 * reached + kSpare);
  }
  entries.resize(start.back());
  for (uint32_t edge = 0; edge < graph.edgeCount(); ++edge)
    for (uint32_t id : graph.targetsOf(edge))
      addTarget(edge, part[id]);
  for (uint32_t p = 0; p < problem.net.populations.size(); ++p)
    for (uint32_t id = problem.firstId[p]; id < problem.firstId[p + 1]; ++id) {
      ++loads[part[id]].neurons;
      groups[part[id]] += members[part[id] * problem.net.populations.size() + p]++ == 0;
    }
}

uint32_t CoreCounts::addCore() {
  loads.emplace_back();
  slots.push_back(0);
  groups.push_back(0);
  members.resize(members.size() + problem.net.populations.size(), 0);
  return cores() - 1;
}

uint32_t CoreCounts::countOn(uint32_t edge, uint32_t core) const {
  for (const Entry &entry : coresOf(edge))
    if (entry.core == core)
      return entry.count;
  return 0;
}

double CoreCounts::messages() const {
  double messages = 0;
  for (uint32_t edge = 0; edge < graph.edgeCount(); ++edge)
    messages += static_cast<double>(graph.rate[edge]) * size[edge];
  return messages;
}

double CoreCounts::gain(uint32_t id, uint32_t to) const {
  if (part[id] == to)
    return 0;
  double saved = 0;
  for (uint32_t edge : graph.edgesInto(id)) {
    saved += countOn(edge, part[id]) == 1 ? graph.rate[edge] : 0.0f;
    saved -= countOn(edge, to) == 0 ? graph.rate[edge] : 0.0f;
  }
  return saved;
}

std::vector<float> CoreCounts::reachable() const {
  std::vector<float> most(graph.neurons(), 0.0f), heard(cores(), 0.0f);
  std::vector<uint32_t> touched;
  for (uint32_t id = 0; id < graph.neurons(); ++id) {
    touched.clear();
    for (uint32_t edge : graph.edgesInto(id))
      for (const Entry &entry : coresOf(edge)) {
        if (entry.core == part[id] && entry.count == 1)
          continue;
        if (heard[entry.core] == 0)
          touched.push_back(entry.core);
        heard[entry.core] += graph.rate[edge];
      }
    for (uint32_t core : touched) {
      most[id] = std::max(most[id], heard[core]);
      heard[core] = 0;
    }
  }
  return most;
}

double CoreCounts::strays() const {
  double alone = 0, all = 0;
  for (uint32_t edge = 0; edge < graph.edgeCount(); ++edge) {
    all +=
        static_cast<double>(graph.rate[edge]) * static_cast<double>(graph.targetsOf(edge).size());
    for (const Entry &entry : coresOf(edge))
      alone += entry.count == 1 ? graph.rate[edge] : 0.0f;
  }
  return all > 0 ? alone / all : 0.0;
}

void CoreCounts::price(uint32_t edge, uint32_t core, uint32_t before, uint32_t after) {
  const uint32_t p = graph.projectionOf[edge];
  SoftLoad &load = loads[core];
  load.axons += after != 0;
  load.axons -= before != 0;
  load.words += model.words(p, after) - model.words(p, before);
  load.blockBits += model.blockBits(p, after) - model.blockBits(p, before);
}

void CoreCounts::changeSlots(uint32_t edge, int32_t by) {
  const uint32_t source = graph.sourceOf[edge];
  if (source == MapGraph::kHost)
    return;
  sent[source] += static_cast<uint32_t>(by);
  slots[part[source]] += static_cast<uint64_t>(static_cast<int64_t>(by));
  if (by > 0)
    grown.push_back(part[source]);
}

void CoreCounts::addTarget(uint32_t edge, uint32_t core) {
  Entry *const first = entries.data() + start[edge];
  for (Entry *entry = first; entry != first + size[edge]; ++entry)
    if (entry->core == core) {
      price(edge, core, entry->count, entry->count + 1);
      ++entry->count;
      return;
    }
  first[size[edge]++] = {core, 1};
  price(edge, core, 0, 1);
  changeSlots(edge, 1);
}

void CoreCounts::removeTarget(uint32_t edge, uint32_t core) {
  Entry *const first = entries.data() + start[edge];
  Entry *entry = first;
  while (entry->core != core)
    ++entry;
  price(edge, core, entry->count, entry->count - 1);
  if (--entry->count != 0)
    return;
  *entry = first[--size[edge]];
  changeSlots(edge, -1);
}

bool CoreCounts::hasRoom(uint32_t edge, uint32_t from, uint32_t to) const {
  return start[edge] + size[edge] < start[edge + 1] || countOn(edge, from) == 1 ||
         countOn(edge, to) != 0;
}

bool CoreCounts::move(uint32_t id, uint32_t to) {
  const uint32_t from = part[id];
  for (uint32_t edge : graph.edgesInto(id))
    if (!hasRoom(edge, from, to))
      return false;
  grown.assign(1, to);
  for (uint32_t edge : graph.edgesInto(id)) {
    removeTarget(edge, from);
    addTarget(edge, to);
  }
  const size_t populations = problem.net.populations.size();
  const uint32_t population = problem.neuronOf(id).population;
  groups[from] -= --members[from * populations + population] == 0;
  groups[to] += members[to * populations + population]++ == 0;
  --loads[from].neurons;
  ++loads[to].neurons;
  slots[from] -= sent[id];
  slots[to] += sent[id];
  part[id] = to;
  return true;
}

} // namespace snnc::compiler::partition
