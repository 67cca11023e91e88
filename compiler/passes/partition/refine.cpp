#include "compiler/passes/partition/refine.h"

#include <numeric>

namespace snnc::compiler::partition {

namespace {

constexpr double kWorthIt = 1e-6;
constexpr uint32_t kNobody = UINT32_MAX;
constexpr size_t kCandidates = 4;           // cores tried for a neuron
constexpr uint32_t kMostForSwaps = 1 << 12; // cores: the table of wishes is quadratic

} // namespace

Refiner::Refiner(CoreCounts &counts, const Problem &problem, const MapGraph &graph)
    : counts(counts), problem(problem), graph(graph),
      most(counts.cores(), static_cast<uint32_t>(problem.limits.neurons)),
      classOn(counts.cores(), UINT32_MAX), heard(counts.cores(), 0.0f) {
  for (uint32_t p = 0; p < problem.net.populations.size(); ++p)
    for (uint32_t id = problem.firstId[p]; id < problem.firstId[p + 1]; ++id)
      classOn[counts.coreOf(id)] = problem.registerClass[p];
}

bool Refiner::fits(uint32_t core) const {
  const core_ir::Limits &limits = problem.limits;
  const SoftLoad &load = counts.loadOf(core);
  return load.neurons <= most[core] && load.axons <= limits.inputAxons &&
         load.words <= static_cast<double>(limits.synapseWords) &&
         load.blockBits <= static_cast<double>(limits.blockBits) &&
         counts.slotsOf(core) <= limits.outputSlots && counts.groupsOf(core) <= limits.groups;
}

bool Refiner::sameRegisters(uint32_t id, uint32_t core) const {
  return classOn[core] == problem.registerClass[problem.neuronOf(id).population];
}

// Fills `ranked`, `heard`, `leaving`, `total`.
void Refiner::rank(uint32_t id) {
  for (uint32_t core : ranked)
    heard[core] = 0;
  ranked.clear();
  leaving = total = 0;
  const uint32_t own = counts.coreOf(id);
  for (uint32_t edge : graph.edgesInto(id)) {
    const float rate = graph.rate[edge];
    total += rate;
    for (const CoreCounts::Entry &entry : counts.coresOf(edge)) {
      if (entry.core == own) {
        leaving += entry.count == 1 ? rate : 0.0f;
        continue;
      }
      if (heard[entry.core] == 0)
        ranked.push_back(entry.core);
      heard[entry.core] += rate;
    }
  }
  const size_t kept = std::min(ranked.size(), kCandidates);
  std::partial_sort(
      ranked.begin(), ranked.begin() + static_cast<ptrdiff_t>(kept), ranked.end(),
      [&](uint32_t a, uint32_t b) { return heard[a] != heard[b] ? heard[a] > heard[b] : a < b; });
}

// Moves if all limits hold then, those of senders' output slots included.
bool Refiner::moveIfFits(uint32_t id, uint32_t to) {
  const uint32_t from = counts.coreOf(id);
  if (counts.loadOf(to).neurons >= most[to] || !counts.move(id, to))
    return false;
  if (fits(to) && allFit(counts.raised()))
    return true;
  counts.move(id, from);
  return false;
}

bool Refiner::allFit(const std::vector<uint32_t> &cores) const {
  for (uint32_t core : cores)
    if (counts.slotsOf(core) > problem.limits.outputSlots)
      return false;
  return true;
}

// Swaps the two if that saves anything and all limits hold then. Messages saved.
double Refiner::swapIfItHelps(uint32_t id, uint32_t partner) {
  const uint32_t from = counts.coreOf(id), to = counts.coreOf(partner);
  const double first = counts.gain(partner, from);
  if (!sameRegisters(partner, from) || !counts.move(partner, from))
    return 0;
  const std::vector<uint32_t> raised = counts.raised();
  const double both = first + counts.gain(id, to);
  if (both > kWorthIt && counts.move(id, to)) {
    if (fits(from) && fits(to) && allFit(raised) && allFit(counts.raised()))
      return both;
    counts.move(id, from);
  }
  counts.move(partner, to);
  return 0;
}

// Against a neuron that would rather be here, or the one that is least at home there.
double Refiner::trySwap(uint32_t id, uint32_t to, double gain) {
  const uint32_t from = counts.coreOf(id);
  if (!wishes.empty()) {
    Wish &wish = wishes[size_t{to} * heard.size() + from];
    if (wish.id != kNobody && counts.coreOf(wish.id) == to && wish.gain + gain > kWorthIt)
      if (const double saved = swapIfItHelps(id, wish.id); saved > 0) {
        wish = {};
        return saved;
      }
  }
  const Wish loose = loosest[to];
  if (loose.id == kNobody || counts.coreOf(loose.id) != to || gain + loose.gain <= kWorthIt)
    return 0;
  const double saved = swapIfItHelps(id, loose.id);
  loosest[to] = {};
  return saved;
}

// Messages saved by the best change for the neuron.
double Refiner::tryNeuron(uint32_t id) {
  rank(id);
  const uint32_t from = counts.coreOf(id);
  const float stay = total - leaving;
  if (loosest[from].id == kNobody || counts.coreOf(loosest[from].id) != from ||
      loosest[from].gain < -stay)
    loosest[from] = {id, -stay};
  for (size_t i = 0; i < std::min(ranked.size(), kCandidates); ++i) {
    const uint32_t to = ranked[i];
    const double gain = heard[to] - stay;
    if (!sameRegisters(id, to))
      continue;
    if (gain > kWorthIt && moveIfFits(id, to))
      return gain;
    if (const double saved = trySwap(id, to, gain); saved > 0)
      return saved;
    if (gain > kWorthIt && !wishes.empty()) {
      Wish &wish = wishes[size_t{from} * heard.size() + to];
      if (wish.id == kNobody || counts.coreOf(wish.id) != from || wish.gain < gain)
        wish = {id, static_cast<float>(gain)};
    }
  }
  return 0;
}

std::vector<uint32_t> Refiner::byCore() const {
  std::vector<uint32_t> order(graph.neurons());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return counts.coreOf(a) < counts.coreOf(b); });
  return order;
}

double Refiner::improve(const RefineOptions &options) {
  double all = 0;
  const double enough = 3e-3 * counts.messages(); // of a pass, to make another one
  for (uint32_t pass = 0; pass < options.passes; ++pass) {
    if (counts.cores() <= kMostForSwaps)
      wishes.assign(size_t{counts.cores()} * counts.cores(), {});
    loosest.assign(counts.cores(), {});
    double saved = 0;
    for (uint32_t id : byCore())
      saved += tryNeuron(id);
    all += saved;
    if (saved <= enough)
      break;
  }
  wishes.clear();
  return all;
}

uint32_t Refiner::openCore(uint32_t like) {
  most.push_back(static_cast<uint32_t>(problem.limits.neurons));
  heard.push_back(0.0f);
  classOn.push_back(classOn[like]);
  return counts.addCore();
}

// Moves members out until the core fits: those that lose least go first, and to where they lose
// least. False if there are too many cores.
bool Refiner::relieve(uint32_t core, llvm::ArrayRef<uint32_t> members, uint32_t mostCores) {
  std::vector<std::pair<float, uint32_t>> losses;
  for (uint32_t id : members) {
    rank(id);
    losses.emplace_back(total - leaving - (ranked.empty() ? 0.0f : heard[ranked.front()]), id);
  }
  std::stable_sort(losses.begin(), losses.end());
  for (const auto &[loss, id] : losses) {
    if (fits(core) || counts.loadOf(core).neurons == 1)
      break;
    rank(id);
    const auto takes = [&, id = id](uint32_t to) {
      return sameRegisters(id, to) && moveIfFits(id, to);
    };
    if (std::any_of(ranked.begin(), ranked.end(), takes) || (spill != kNobody && takes(spill)))
      continue;
    if (counts.cores() >= mostCores)
      return false;
    spill = openCore(core);
    counts.move(id, spill);
  }
  return true;
}

bool Refiner::repair(uint32_t mostCores) {
  const std::vector<uint32_t> order = byCore();
  spill = kNobody;
  for (size_t begin = 0; begin < order.size();) {
    const uint32_t core = counts.coreOf(order[begin]);
    size_t end = begin;
    while (end < order.size() && counts.coreOf(order[end]) == core)
      ++end;
    if (!fits(core) && !relieve(core, {order.data() + begin, end - begin}, mostCores))
      return false;
    begin = end;
  }
  return true;
}

} // namespace snnc::compiler::partition
