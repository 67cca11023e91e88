#include "runtime/fast/tables.h"

#include "common/image/synapse_words.h"
#include "runtime/fast/bundles.h"
#include "runtime/fast/stages.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace snnc::runtime::fast {

namespace {

// A list of an image, decoded once whatever the number of axons that share it.
struct List {
  ListKind kind = ListKind::Dense8;
  uint32_t begin = 0, count = 0;
  uint32_t first = 0; // neuron of the first weight, from the base row's first
  uint32_t synops = 0;
};

class Flattener {
public:
  Flattener(const image::Image &image, const target::CoreSpec &spec)
      : image(image), spec(spec), format(image::WordFormat::of(spec)) {}
  Tables run();

private:
  void number();
  void countMessages();
  void addCore(uint32_t core);
  void addGroups(uint32_t core);
  List decode(const image::CoreImage &core, const image::AxonEntry &entry);
  // The span of the list begins and ends at multiples of `align`, so that rows whose first or last
  // weights happen to be 0 still lie over the same targets.
  List store(const std::vector<Pair> &found, uint32_t align);
  void bound(uint32_t core, const std::vector<List> &lists);
  Row makeRow(uint32_t core, const image::AxonEntry &entry, const List &list) const;
  template <class Visit> void forEach(const List &list, Visit &&visit) const;

  const image::Image &image;
  const target::CoreSpec &spec;
  const image::WordFormat format;
  Tables tables;
  std::vector<uint64_t> messages; // [axon] that may be due in one tick
  // Of the core under way, per local neuron.
  std::vector<uint8_t> unit; // exponent that its narrow sum counts in
  std::vector<bool> reached; // some weight leads to it
  std::vector<bool> fits;    // whatever arrives, the narrow sum holds it
};

uint32_t wordsOf(size_t neurons) {
  return static_cast<uint32_t>((neurons + kWord - 1) / kWord);
}

// Neurons and axons over all cores.
void Flattener::number() {
  tables.coreAt.assign(size_t{image.meshWidth} * image.meshHeight, -1);
  tables.axonBase.push_back(0);
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    const image::CoreImage &core = image.cores[c];
    tables.coreAt[core.y * image.meshWidth + core.x] = static_cast<int32_t>(c);
    tables.coreBase.push_back(tables.neurons);
    // Rows may reach over the target's whole core, with weights of 0 where no neuron is.
    tables.neurons += wordsOf(core.neurons.size()) * kWord;
    tables.coreOfWord.resize(tables.neurons / kWord, c);
    tables.axonBase.push_back(tables.axonBase.back() + static_cast<uint32_t>(core.axons.size()));
  }
  tables.opens.resize(tables.neurons);
  tables.shifts.resize(tables.neurons);
  tables.axonRows.resize(tables.axonBase.back());
  tables.axonCosts.resize(tables.axonBase.back());
}

// A neuron fires once per tick, so each of its slots gives one message; so does a route.
void Flattener::countMessages() {
  messages.resize(tables.axonBase.back());
  tables.injected.resize(tables.axonBase.back());
  tables.slotsBegin.resize(tables.neurons);
  tables.slotsCount.resize(tables.neurons);
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    const image::CoreImage &core = image.cores[c];
    const auto base = static_cast<uint32_t>(tables.slotAxons.size());
    for (const image::OutSlot &slot : core.outSlots) {
      const auto target = static_cast<uint32_t>(tables.coreAt[slot.y * image.meshWidth + slot.x]);
      tables.slotAxons.push_back(tables.axonBase[target] + slot.axon);
    }
    for (uint32_t i = 0; i < core.outPointers.size(); ++i) {
      const image::OutPointer &pointer = core.outPointers[i];
      tables.slotsBegin[tables.coreBase[c] + i] = base + pointer.base;
      tables.slotsCount[tables.coreBase[c] + i] = pointer.count;
      for (uint32_t slot = 0; slot < pointer.count; ++slot)
        ++messages[tables.slotAxons[base + pointer.base + slot]];
    }
  }
  for (const image::InputMap &input : image.inputs)
    for (const image::InputRoute &route : input.routes) {
      ++messages[tables.axonBase[route.core] + route.axon];
      ++tables.injected[tables.axonBase[route.core] + route.axon];
    }
}

template <class Visit> void Flattener::forEach(const List &list, Visit &&visit) const {
  for (uint32_t i = 0; i < list.count; ++i) {
    if (list.kind == ListKind::Pairs)
      visit(tables.pairs[list.begin + i].neuron, int32_t{tables.pairs[list.begin + i].weight});
    else if (list.kind == ListKind::Dense16)
      visit(i, int32_t{tables.weights16[list.begin + i]});
    else
      visit(i, int32_t{tables.weights8[list.begin + i]});
  }
}

List Flattener::decode(const image::CoreImage &core, const image::AxonEntry &entry) {
  std::vector<Pair> found;
  for (uint32_t k = 0; k < entry.words; ++k) {
    const uint64_t word = core.synapses[entry.address + k];
    for (uint32_t i = 0; i < (entry.sparse ? format.pairs : format.lanes); ++i) {
      const int32_t weight =
          entry.sparse ? format.pairWeight(word, i) : format.denseWeight(word, i);
      const uint32_t neuron = entry.sparse ? format.pairNeuron(word, i) : k * format.lanes + i;
      if (weight != 0)
        found.push_back({static_cast<uint16_t>(neuron), static_cast<int16_t>(weight)});
    }
  }
  return store(found, entry.sparse ? 1 : format.lanes);
}

List Flattener::store(const std::vector<Pair> &found, uint32_t align) {
  List list;
  list.synops = static_cast<uint32_t>(found.size());
  if (found.empty())
    return list;
  uint32_t first = UINT32_MAX, last = 0;
  bool bytes = true, once = true; // a neuron may stand in several words of a sparse list
  std::vector<bool> seen(spec.neurons);
  for (const Pair &pair : found) {
    once &= !seen[pair.neuron];
    seen[pair.neuron] = true;
    first = std::min<uint32_t>(first, pair.neuron);
    last = std::max<uint32_t>(last, pair.neuron);
    bytes &= pair.weight == static_cast<int8_t>(pair.weight);
  }
  first = first / align * align;
  last = last / align * align + align - 1;
  const uint32_t span = last + 1 - first;
  list.first = first;
  list.count = span;
  if (!once || span * (bytes ? 1 : 2) > found.size() * sizeof(Pair)) {
    list.kind = ListKind::Pairs;
    list.begin = static_cast<uint32_t>(tables.pairs.size());
    list.count = static_cast<uint32_t>(found.size());
    for (const Pair &pair : found)
      tables.pairs.push_back({static_cast<uint16_t>(pair.neuron - first), pair.weight});
    return list;
  }
  const auto put = [&](auto &weights) {
    list.begin = static_cast<uint32_t>(weights.size());
    weights.resize(weights.size() + span);
    for (const Pair &pair : found)
      weights[list.begin + pair.neuron - first] =
          static_cast<std::decay_t<decltype(weights[0])>>(pair.weight);
  };
  list.kind = bytes ? ListKind::Dense8 : ListKind::Dense16;
  bytes ? put(tables.weights8) : put(tables.weights16);
  return list;
}

// Per neuron of a core: can the sums of a tick leave 16 bits, in units of the smallest effect?
void Flattener::bound(uint32_t c, const std::vector<List> &lists) {
  const image::CoreImage &core = image.cores[c];
  std::vector<int64_t> most(core.neurons.size()), least(core.neurons.size());
  unit.assign(core.neurons.size(), UINT8_MAX);
  for (uint32_t a = 0; a < core.axons.size(); ++a) {
    const auto count = static_cast<int64_t>(messages[tables.axonBase[c] + a]); // may be 0
    const image::AxonEntry &entry = core.axons[a];
    const uint32_t base = entry.baseRow * format.lanes + lists[a].first;
    forEach(lists[a], [&](uint32_t i, int32_t weight) {
      if (weight == 0)
        return;
      const int64_t effect = count * weight * (int64_t{1} << entry.exponent);
      (effect > 0 ? most : least)[base + i] += effect;
      unit[base + i] = std::min(unit[base + i], entry.exponent);
    });
  }
  fits.assign(core.neurons.size(), false);
  reached.assign(core.neurons.size(), false);
  const int64_t wrap = int64_t{1} << (spec.accumulatorBits - 1);
  for (size_t i = 0; i < core.neurons.size(); ++i) {
    reached[i] = unit[i] != UINT8_MAX;
    if (!reached[i])
      unit[i] = 0;
    const int64_t one = int64_t{1} << unit[i], effect = int64_t{1} << spec.weightShift;
    tables.shifts[tables.coreBase[c] + i] = spec.weightShift + unit[i];
    fits[i] = most[i] <= INT16_MAX * one && least[i] >= INT16_MIN * one &&
              most[i] * effect < wrap && -least[i] * effect <= wrap;
  }
}

Row Flattener::makeRow(uint32_t c, const image::AxonEntry &entry, const List &list) const {
  Row row;
  if (list.count == 0)
    return row;
  const uint32_t base = entry.baseRow * format.lanes + list.first;
  row.weights = list.begin;
  row.target = tables.coreBase[c] + base;
  row.count = static_cast<uint16_t>(list.count);
  row.kind = list.kind;
  row.exponent = entry.exponent;
  row.narrow = true;
  bool first = true;
  forEach(list, [&](uint32_t i, int32_t weight) {
    if (weight == 0)
      return;
    const auto shift = static_cast<uint8_t>(entry.exponent - unit[base + i]);
    row.narrow &=
        fits[base + i] && entry.exponent >= unit[base + i] && (first || shift == row.shift);
    row.shift = shift;
    row.earliest = std::max(row.earliest, tables.opens[row.target + i]);
    first = false;
  });
  return row;
}

void Flattener::addCore(uint32_t c) {
  const image::CoreImage &core = image.cores[c];
  std::map<std::tuple<uint32_t, uint16_t, bool>, List> known;
  std::vector<List> lists;
  for (const image::AxonEntry &entry : core.axons) {
    const auto [place, isNew] = known.try_emplace({entry.address, entry.words, entry.sparse});
    if (isNew)
      place->second = decode(core, entry);
    lists.push_back(place->second);
  }
  for (const image::Group &group : core.groups)
    std::fill_n(tables.opens.begin() + tables.coreBase[c] + group.first, group.count, group.skew);
  bound(c, lists);
  addGroups(c);
  for (uint32_t a = 0; a < core.axons.size(); ++a) {
    tables.axonRows[tables.axonBase[c] + a] = makeRow(c, core.axons[a], lists[a]);
    tables.axonCosts[tables.axonBase[c] + a] = {lists[a].synops, c, core.axons[a].words};
  }
}

template <class Field>
bool differ(llvm::ArrayRef<net::NeuronConfig> neurons, Field net::NeuronConfig::*field) {
  return std::any_of(neurons.begin(), neurons.end(), [&](const net::NeuronConfig &neuron) {
    return neuron.*field != neurons.front().*field;
  });
}

unsigned flagsOf(llvm::ArrayRef<net::NeuronConfig> neurons, uint32_t duOffset, bool unitsDiffer) {
  unsigned flags = 0;
  for (const net::NeuronConfig &neuron : neurons) {
    flags |= neuron.du + duOffset != 4096 ? kMemory : 0u;
    flags |= neuron.refractory > 1 ? kRefractory : 0u;
    flags |= neuron.biasToCurrent ? kBiasCurrent : 0u;
  }
  using Config = net::NeuronConfig;
  if (unitsDiffer || differ(neurons, &Config::du) || differ(neurons, &Config::dv) ||
      differ(neurons, &Config::refractory) || differ(neurons, &Config::resetSubtract))
    flags |= kOwnDynamics;
  return flags;
}

// Span::staysInRange for one neuron, whatever its bias becomes. An accumulator is below kSmall too,
// and a spike's v above the threshold.
bool staysInRange(const net::NeuronConfig &neuron, const image::CoreImage &core) {
  constexpr int64_t kMostMantissa = 1 << 12;
  const int64_t most = 3 * int64_t{kSmall} + (kMostMantissa << neuron.biasExp);
  return most <= core.vmax && -most >= core.vmin &&
         (!neuron.resetSubtract || int64_t{neuron.threshold} - neuron.reset >= core.vmin);
}

void Flattener::addGroups(uint32_t c) {
  const image::CoreImage &core = image.cores[c];
  for (const image::Group &group : core.groups) {
    GroupPlan plan;
    const uint32_t begin = tables.coreBase[c] + group.first, last = begin + group.count - 1;
    const auto members = llvm::ArrayRef(core.neurons).slice(group.first, group.count);
    plan.core = c;
    plan.skew = group.skew;
    plan.size = group.count;
    plan.span.firstWord = begin / kWord;
    plan.span.lastWord = last / kWord;
    plan.span.firstMask = ~uint64_t{0} << (begin % kWord);
    plan.span.lastMask = ~uint64_t{0} >> (kWord - 1 - last % kWord);
    if (plan.span.firstWord == plan.span.lastWord)
      plan.span.firstMask = plan.span.lastMask = plan.span.firstMask & plan.span.lastMask;
    plan.span.vmin = core.vmin;
    plan.span.vmax = core.vmax;
    plan.span.staysInRange = llvm::all_of(
        members, [&](const net::NeuronConfig &neuron) { return staysInRange(neuron, core); });
    const auto units = llvm::ArrayRef<uint8_t>(unit).slice(group.first, group.count);
    const bool unitsDiffer =
        std::any_of(units.begin(), units.end(), [&](uint8_t u) { return u != units.front(); });
    plan.flags = flagsOf(members, core.duOffset, unitsDiffer);
    const auto from = reached.begin() + group.first;
    if (std::none_of(from, from + group.count, [](bool is) { return is; }))
      plan.flags |= kUnreached;
    tables.groups.push_back(plan);
  }
}

Tables Flattener::run() {
  number();
  countMessages();
  for (uint32_t c = 0; c < image.cores.size(); ++c)
    addCore(c);
  // Whole vectors may be read at the end.
  tables.weights8.resize(tables.weights8.size() + kSlack);
  tables.weights16.resize(tables.weights16.size() + kSlack);
  bundleRows(image, tables);
  makeStages(tables);
  return std::move(tables);
}

} // namespace

uint64_t Tables::bytes() const {
  const auto size = [](const auto &v) { return v.size() * sizeof(v[0]); };
  uint64_t sum = size(weights8) + size(weights16) + size(pairs) + size(rows) + size(rowsBegin) +
                 size(axonRows) + size(axonCosts) + size(injected) + size(slotAxons) +
                 size(slotsBegin) + size(slotsCount);
  for (const Bundle &bundle : bundles)
    sum += size(bundle.members) + size(bundle.offsets);
  return sum;
}

Tables flatten(const image::Image &image, const target::CoreSpec &spec) {
  return Flattener(image, spec).run();
}

} // namespace snnc::runtime::fast
