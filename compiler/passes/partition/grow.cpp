#include "compiler/passes/partition/grow.h"

namespace snnc::compiler::partition {

using core_ir::Limits;

namespace {

constexpr uint32_t kNone = UINT32_MAX;

// Neurons by level, highest first; stale entries are skipped by the caller.
class Levels {
public:
  static constexpr uint32_t kCount = 256;
  void push(uint32_t level, uint32_t id) {
    lists[level].push_back(id);
    top = std::max(top, level);
  }
  // Of the highest level that has an entry; kNone if all are empty.
  std::pair<uint32_t, uint32_t> pop() {
    while (top > 0 && lists[top].empty())
      --top;
    if (lists[top].empty())
      return {0, kNone};
    const uint32_t id = lists[top].back();
    lists[top].pop_back();
    return {top, id};
  }
  void clear() {
    for (std::vector<uint32_t> &list : lists)
      list.clear();
    top = 0;
  }

private:
  std::vector<uint32_t> lists[kCount];
  uint32_t top = 0;
};

class Grower {
public:
  Grower(const Problem &problem, const MapGraph &graph, const LoadModel &model,
         const GrowOptions &options)
      : problem(problem), graph(graph), model(model), neuronLimit(options.neurons),
        part(graph.neurons(), kNone), score(graph.neurons(), 0.0f), weight(graph.neurons(), 0.0f),
        level(graph.neurons(), 0), onCore(graph.edgeCount(), 0), lastCore(graph.edgeCount(), kNone),
        populationCore(problem.net.populations.size(), kNone) {
    const Limits &limits = problem.limits;
    axonLimit = options.fill * static_cast<double>(limits.inputAxons);
    wordLimit = options.fill * static_cast<double>(limits.synapseWords);
    bitLimit = options.fill * static_cast<double>(limits.blockBits);
    if (!options.reachable.empty()) {
      weight = options.reachable;
      return;
    }
    for (uint32_t id = 0; id < graph.neurons(); ++id)
      for (uint32_t edge : graph.edgesInto(id))
        if (telling(edge))
          weight[id] += graph.rate[edge];
  }

  std::vector<uint32_t> run() {
    for (uint32_t id = nextFree(kNone); id != kNone;) {
      growCore(id);
      const uint32_t near = bestLeft();
      clear();
      id = nextFree(near);
    }
    return std::move(part);
  }

private:
  // An edge to far more neurons than a core holds is on most cores anyway.
  bool telling(uint32_t edge) const {
    return graph.targetsOf(edge).size() <= size_t{8} * neuronLimit;
  }

  uint32_t nextFree(uint32_t preferred) {
    if (preferred != kNone)
      return preferred;
    while (lowestFree < part.size() && part[lowestFree] != kNone)
      ++lowestFree;
    return lowestFree < part.size() ? lowestFree : kNone;
  }

  void growCore(uint32_t seed) {
    registerClass = problem.registerClass[problem.neuronOf(seed).population];
    load = {};
    populations = 0;
    add(seed);
    constexpr uint32_t kTries = 8;
    for (uint32_t misses = 0; misses < kTries;) {
      uint32_t id = bestLeft();
      if (id == kNone)
        id = nextFree(kNone);
      if (id == kNone || load.neurons >= neuronLimit)
        break;
      if (fits(id)) {
        add(id);
        continue;
      }
      if (level[id] == 0)
        break;
      level[id] = 0; // not again for this core
      ++misses;
    }
    ++core;
  }

  // The free neuron with the largest share of its sources on the core.
  uint32_t bestLeft() {
    for (;;) {
      const auto [at, id] = levels.pop();
      if (id == kNone)
        return kNone;
      if (part[id] != kNone || level[id] != at)
        continue;
      if (problem.registerClass[problem.neuronOf(id).population] == registerClass)
        return id;
    }
  }

  bool fits(uint32_t id) const {
    const uint32_t population = problem.neuronOf(id).population;
    if (problem.registerClass[population] != registerClass ||
        (populationCore[population] != core && populations + 1 > problem.limits.groups))
      return false;
    SoftLoad after = load;
    for (uint32_t edge : graph.edgesInto(id)) {
      const uint32_t count = lastCore[edge] == core ? onCore[edge] : 0;
      const uint32_t p = graph.projectionOf[edge];
      after.axons += count == 0;
      after.words += model.words(p, count + 1) - model.words(p, count);
      after.blockBits += model.blockBits(p, count + 1) - model.blockBits(p, count);
    }
    return after.axons <= axonLimit && after.words <= wordLimit && after.blockBits <= bitLimit;
  }

  void add(uint32_t id) {
    const uint32_t population = problem.neuronOf(id).population;
    if (populationCore[population] != core) {
      populationCore[population] = core;
      ++populations;
    }
    part[id] = core;
    ++load.neurons;
    for (uint32_t edge : graph.edgesInto(id)) {
      if (lastCore[edge] != core) {
        lastCore[edge] = core;
        onCore[edge] = 0;
        ++load.axons;
        hear(edge);
      }
      const uint32_t p = graph.projectionOf[edge];
      const uint32_t count = onCore[edge]++;
      load.words += model.words(p, count + 1) - model.words(p, count);
      load.blockBits += model.blockBits(p, count + 1) - model.blockBits(p, count);
    }
  }

  // The core has the axon from now on.
  void hear(uint32_t edge) {
    if (!telling(edge) || graph.rate[edge] <= 0)
      return;
    for (uint32_t id : graph.targetsOf(edge)) {
      if (part[id] != kNone)
        continue;
      if (score[id] == 0)
        touched.push_back(id);
      score[id] += graph.rate[edge];
      const float share = weight[id] > 0 ? std::min(1.0f, score[id] / weight[id]) : 1.0f;
      const auto now = static_cast<uint32_t>(share * (Levels::kCount - 1));
      if (now != level[id]) {
        level[id] = static_cast<uint16_t>(now);
        levels.push(now, id);
      }
    }
  }

  void clear() {
    for (uint32_t id : touched) {
      score[id] = 0;
      level[id] = 0;
    }
    touched.clear();
    levels.clear();
  }

  const Problem &problem;
  const MapGraph &graph;
  const LoadModel &model;
  const uint32_t neuronLimit;
  double axonLimit, wordLimit, bitLimit;
  std::vector<uint32_t> part;
  std::vector<float> score, weight; // [id]: rates of its sources that the core hears, and of all
  std::vector<uint16_t> level;      // [id]: where it stands in `levels`, 0 = nowhere
  std::vector<uint32_t> onCore;     // [edge]: targets on `lastCore[edge]`
  std::vector<uint32_t> lastCore;
  std::vector<uint32_t> populationCore; // [population]: the last core that has some of it
  std::vector<uint32_t> touched;
  Levels levels;
  SoftLoad load;
  uint32_t core = 0, populations = 0, registerClass = 0, lowestFree = 0;
};

} // namespace

std::vector<uint32_t> grow(const Problem &problem, const MapGraph &graph, const LoadModel &model,
                           const GrowOptions &options) {
  return Grower(problem, graph, model, options).run();
}

} // namespace snnc::compiler::partition
