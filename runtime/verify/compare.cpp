#include "runtime/verify/compare.h"

#include "runtime/verify/explain.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cassert>

namespace snnc::runtime::verify {

Comparer::Comparer(const image::Image &image, const net::QuantNet &network,
                   const target::CoreSpec &core)
    : image(image), network(network), core(core), index(image) {
  size_t next = 0;
  for (const image::CoreImage &core : image.cores) {
    firstState.push_back(next);
    next += core.neuronCount();
  }
}

void Comparer::compare(const SampleRecord &a, const SampleRecord &b, uint64_t sampleNumber,
                       PairReport &pair) {
  report = &pair;
  sample = sampleNumber;
  lastTick = static_cast<uint32_t>(std::max(a.ticks.size(), b.ticks.size())) - 1;
  if (a.ticks.empty() || b.ticks.empty())
    compareTraces(a, b);
  else
    compareTicks(a, b);
  if (!a.ticks.empty() && !b.ticks.empty())
    compareCounters(a, b);
}

Divergence *Comparer::keep(uint32_t tick, const std::string &field, int64_t a, int64_t b) {
  if (report->first)
    return nullptr;
  report->first.emplace();
  report->first->sample = sample;
  report->first->tick = tick;
  report->first->field = field;
  report->first->a = a;
  report->first->b = b;
  return &*report->first;
}

void Comparer::place(Divergence &divergence, uint32_t core, uint32_t local) const {
  divergence.core = core;
  divergence.local = local;
  if (const auto neuron = index.find(core, local)) {
    divergence.layer = image.populations[neuron->population].name;
    divergence.neuron = neuron->neuron;
  }
}

void Comparer::addSynapses(Divergence &divergence, const trace::SampleTrace &trace) const {
  const bool summed = divergence.field == "u" || core.isCrossbar();
  if (!summed || divergence.layer.empty())
    return;
  const auto found =
      std::find_if(image.populations.begin(), image.populations.end(),
                   [&](const image::PopulationMap &map) { return map.name == divergence.layer; });
  const auto population = static_cast<uint32_t>(found - image.populations.begin());
  if (divergence.tick < found->skew || divergence.tick - found->skew >= trace.steps)
    return; // outside the window
  divergence.operation += "\n  " + dueSynapses(network, core, population, divergence.neuron,
                                               divergence.tick - found->skew, trace);
}

static int32_t initialMembrane(const image::CoreImage &core, uint32_t local) {
  return core.neurons.empty() ? core.crossbar.neurons[local].vInit : core.neurons[local].vInit;
}

// What a machine recorded before `tick`; before the first tick the initial state.
NeuronState Comparer::stateBefore(const std::vector<TickRecord> &ticks, uint32_t tick,
                                  uint32_t core, uint32_t local) const {
  if (tick == 0)
    return {0, initialMembrane(image.cores[core], local), 0};
  return ticks[tick - 1].states[firstState[core] + local];
}

// Where one side is the network: what both know, in network time.
void Comparer::compareTraces(const SampleRecord &a, const SampleRecord &b) {
  const trace::TraceDiff diff = trace::diff(a.trace, b.trace);
  report->spikeMismatches += diff.spikeMismatches;
  report->stateMismatches += diff.stateMismatches;
  if (!diff.first)
    return;
  const trace::Divergence &first = *diff.first;
  const image::PopulationMap &population = image.populations[first.population];
  Divergence *divergence = keep(first.step + population.skew, first.field, first.a, first.b);
  if (divergence == nullptr)
    return;
  divergence->layer = population.name;
  divergence->neuron = first.neuron;
  const auto segment = std::find_if(
      population.segments.begin(), population.segments.end(), [&](const image::Segment &s) {
        return first.neuron >= s.first && first.neuron - s.first < s.count;
      });
  if (segment == population.segments.end())
    return; // an input
  divergence->core = segment->core;
  divergence->local = segment->local + first.neuron - segment->first;
  const image::CoreImage &core = image.cores[segment->core];
  const auto stateIn = [&](const trace::SampleTrace &trace) {
    const trace::PopulationTrace &entry = trace.populations[first.population];
    const size_t at = size_t{first.step} * entry.size + first.neuron;
    return NeuronState{entry.u[at], entry.v[at], 0};
  };
  const Transition transition{stateBefore(a.ticks.empty() ? b.ticks : a.ticks, divergence->tick,
                                          segment->core, divergence->local),
                              stateIn(a.trace), stateIn(b.trace)};
  // A current that differs explains the membrane and the spike.
  if (transition.afterA.u != transition.afterB.u) {
    divergence->field = "u";
    divergence->a = transition.afterA.u;
    divergence->b = transition.afterB.u;
  }
  divergence->operation = explainField(divergence->field, core, divergence->local, transition);
  addSynapses(*divergence, a.trace);
}

void Comparer::compareTicks(const SampleRecord &a, const SampleRecord &b) {
  assert(a.ticks.size() == b.ticks.size());
  const bool clocked = a.clocked && b.clocked;
  if (clocked && !report->cycleMismatches)
    report->cycleMismatches = 0;
  for (uint32_t tick = 0; tick < a.ticks.size(); ++tick) {
    compareStates(a, b, tick);
    compareSpikes(a.ticks[tick], b.ticks[tick], tick);
    if (clocked)
      compareCycles(a.ticks[tick], b.ticks[tick], tick);
  }
}

void Comparer::compareStates(const SampleRecord &a, const SampleRecord &b, uint32_t tick) {
  const std::vector<NeuronState> &x = a.ticks[tick].states, &y = b.ticks[tick].states;
  if (x == y)
    return;
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    const image::CoreImage &core = image.cores[c];
    for (uint32_t local = 0; local < core.neuronCount(); ++local) {
      const size_t at = firstState[c] + local;
      const NeuronState before = stateBefore(a.ticks, tick, c, local);
      const auto field = [&](const char *name, int64_t valueA, int64_t valueB) {
        if (valueA == valueB)
          return;
        ++report->stateMismatches;
        if (Divergence *divergence = keep(tick, name, valueA, valueB)) {
          place(*divergence, c, local);
          divergence->operation = explainField(name, core, local, {before, x[at], y[at]});
          addSynapses(*divergence, a.trace);
        }
      };
      field("u", x[at].u, y[at].u);
      field("v", x[at].v, y[at].v);
      field("refractory", x[at].refractory, y[at].refractory);
    }
  }
}

void Comparer::compareSpikes(const TickRecord &a, const TickRecord &b, uint32_t tick) {
  std::vector<SpikeEvent> differing;
  std::set_symmetric_difference(a.spikes.begin(), a.spikes.end(), b.spikes.begin(), b.spikes.end(),
                                std::back_inserter(differing));
  report->spikeMismatches += differing.size();
  if (differing.empty())
    return;
  const SpikeEvent &first = differing.front();
  const bool inA = std::binary_search(a.spikes.begin(), a.spikes.end(), first);
  if (Divergence *divergence = keep(tick, "spike", inA, !inA)) {
    place(*divergence, first.core, first.neuron);
    divergence->operation =
        explainField("spike", image.cores[first.core], first.neuron, Transition{});
  }
}

void Comparer::compareCycles(const TickRecord &a, const TickRecord &b, uint32_t tick) {
  const auto differ = [&](const std::string &field, uint64_t x, uint64_t y) {
    ++*report->cycleMismatches;
    return keep(tick, field, static_cast<int64_t>(x), static_cast<int64_t>(y));
  };
  const size_t common = std::min(a.sends.size(), b.sends.size());
  for (size_t i = 0; i < common; ++i) {
    if (a.sends[i] == b.sends[i])
      continue;
    const bool sameCore = a.sends[i].core == b.sends[i].core;
    Divergence *divergence = sameCore ? differ("send_cycle", a.sends[i].cycle, b.sends[i].cycle)
                                      : differ("send_core", a.sends[i].core, b.sends[i].core);
    if (divergence != nullptr) {
      divergence->core = a.sends[i].core;
      divergence->operation = llvm::formatv("message {0} of the tick, by (core, cycle)", i);
    }
  }
  if (a.sends.size() != b.sends.size()) {
    *report->cycleMismatches += std::max(a.sends.size(), b.sends.size()) - common - 1;
    if (Divergence *divergence = differ("sends", a.sends.size(), b.sends.size()))
      divergence->operation = "messages that entered the network in the tick";
  }
  if (a.cycles != b.cycles)
    if (Divergence *divergence = differ("tick_cycles", a.cycles, b.cycles))
      divergence->operation = "cycles from the start of phase U to the end of phase X";
}

void Comparer::compareValue(std::optional<uint64_t> &mismatches, std::optional<uint32_t> core,
                            const std::string &field, uint64_t a, uint64_t b) {
  if (a == b)
    return;
  ++*mismatches;
  Divergence *divergence =
      keep(lastTick, "counter:" + field, static_cast<int64_t>(a), static_cast<int64_t>(b));
  if (divergence == nullptr)
    return;
  divergence->core = core;
  divergence->operation = "counted over the whole sample, its reset and host writes included";
}

// What a machine without a clock cannot count, or not in the same way: in which of a tick's
// additions a sum wraps depends on the order of the messages.
static bool needsClock(CoreCounter counter) {
  return counter == CoreCounter::BusyCycles || counter == CoreCounter::IdleCycles ||
         counter == CoreCounter::AccWraps;
}

void Comparer::compareCounters(const SampleRecord &first, const SampleRecord &second) {
  const Counters &a = first.counters, &b = second.counters;
  const bool clocked = first.clocked && second.clocked;
  std::optional<uint64_t> &mismatches = report->counterMismatches;
  if (!mismatches)
    mismatches = 0;
  assert(a.cores.size() == b.cores.size());
  for (uint32_t c = 0; c < a.cores.size(); ++c)
    for (unsigned i = 0; i < kCoreCounters; ++i) {
      const auto counter = static_cast<CoreCounter>(i);
      if (clocked || !needsClock(counter))
        compareValue(mismatches, c, nameOf(counter), a.cores[c].values[i], b.cores[c].values[i]);
    }
  const auto whole = [&](const char *field, uint64_t Counters::*value) {
    compareValue(mismatches, std::nullopt, field, a.*value, b.*value);
  };
  whole("transit_hops_north", &Counters::transitHopsNorth);
  whole("transit_hops_east", &Counters::transitHopsEast);
  whole("transit_hops_south", &Counters::transitHopsSouth);
  whole("transit_hops_west", &Counters::transitHopsWest);
  whole("ticks", &Counters::ticks);
  whole("barriers", &Counters::barriers);
  whole("host_write_words", &Counters::hostWriteWords);
  if (!clocked)
    return;
  whole("tick_cycles", &Counters::tickCycles);
  whole("reset_cycles", &Counters::resetCycles);
  whole("host_cycles", &Counters::hostCycles);
}

} // namespace snnc::runtime::verify
