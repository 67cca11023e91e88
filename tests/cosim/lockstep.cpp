#include "tests/cosim/lockstep.h"

#include "common/image/codec.h"
#include "runtime/cycle/cycle_machine.h"

#include "nlohmann/json.hpp"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <fstream>
#include <map>

namespace snnc::test {

using runtime::CoreCounter;
using runtime::Counters;
using runtime::HostPacket;
using runtime::Machine;
using runtime::NeuronState;
using support::Rng;

namespace {

using Difference = std::optional<std::string>;

void host(Rng &rng, const target::Target &target, const image::Image &image, Machine &a,
          Machine &b) {
  for (uint32_t c = 0; c < image.cores.size() && !target.core.isCrossbar(); ++c) {
    if (rng.uniform() < 0.8)
      continue;
    const auto size = static_cast<uint32_t>(image.cores[c].neurons.size());
    const auto first = static_cast<uint32_t>(rng.below(size));
    std::vector<int16_t> mantissas(rng.between(1, size - first));
    for (int16_t &m : mantissas)
      m = static_cast<int16_t>(rng.between(-4096, 4095));
    a.writeBias(c, first, mantissas);
    b.writeBias(c, first, mantissas);
  }
  for (uint64_t bursts = rng.below(3); bursts > 0; --bursts) {
    std::vector<HostPacket> packets(rng.below(8));
    for (HostPacket &p : packets) {
      const image::CoreImage &core = image.cores[rng.below(image.cores.size())];
      p = {core.x, core.y, static_cast<uint8_t>(rng.below(target.core.largestDelay() + 1)),
           static_cast<uint16_t>(rng.below(core.axonCount()))};
    }
    a.inject(packets);
    b.inject(packets);
  }
}

std::string text(llvm::ArrayRef<runtime::SendEvent> sends) {
  std::string out;
  for (const runtime::SendEvent &send : sends)
    out += llvm::formatv("{0}@{1} ", send.core, send.cycle).str();
  return out;
}

Difference states(const image::Image &image, Machine &a, Machine &b) {
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    std::vector<NeuronState> x(image.cores[c].neuronCount()), y(x.size());
    a.readState(c, 0, x);
    b.readState(c, 0, y);
    for (size_t i = 0; i < x.size(); ++i)
      if (x[i] != y[i])
        return llvm::formatv(
                   "core {0} neuron {1}: {2} u {3} v {4} ref {5}, {6} u {7} v {8} ref {9}", c, i,
                   a.name(), x[i].u, x[i].v, uint32_t{x[i].refractory}, b.name(), y[i].u, y[i].v,
                   uint32_t{y[i].refractory})
            .str();
  }
  return std::nullopt;
}

Difference tick(const image::Image &image, Machine &a, Machine &b, Agree agree) {
  if (!a.spikes().equals(b.spikes()))
    return llvm::formatv("{0} and {1} spikes", a.spikes().size(), b.spikes().size()).str();
  if (agree == Agree::AllButCycles)
    return states(image, a, b);
  if (!a.sends().equals(b.sends()))
    return "sends (core@cycle)\n  " + text(a.sends()) + "\n  " + text(b.sends());
  if (a.tickCycles() != b.tickCycles())
    return llvm::formatv("tick of {0} and {1} cycles", a.tickCycles(), b.tickCycles()).str();
  return states(image, a, b);
}

Difference counters(const Counters &a, const Counters &b) {
  for (size_t c = 0; c < a.cores.size(); ++c)
    for (unsigned i = 0; i < runtime::kCoreCounters; ++i)
      if (a.cores[c].values[i] != b.cores[c].values[i])
        return llvm::formatv("core {0} counter {1}: {2} and {3}", c,
                             runtime::nameOf(static_cast<CoreCounter>(i)), a.cores[c].values[i],
                             b.cores[c].values[i])
            .str();
  if (a == b)
    return std::nullopt;
  auto all = [](const Counters &x) {
    return llvm::formatv(
               "ticks {0} cycles {1} barriers {2} reset {3} host {4} words {5} transit {6} "
               "{7} {8} {9}",
               x.ticks, x.tickCycles, x.barriers, x.resetCycles, x.hostCycles, x.hostWriteWords,
               x.transitHopsNorth, x.transitHopsEast, x.transitHopsSouth, x.transitHopsWest)
        .str();
  };
  return "counters of the machine\n  " + all(a) + "\n  " + all(b);
}

Counters withoutCycles(Counters counters) {
  counters.tickCycles = counters.hostCycles = 0;
  for (runtime::CoreCounters &core : counters.cores)
    core[CoreCounter::BusyCycles] = core[CoreCounter::IdleCycles] = core[CoreCounter::AccWraps] = 0;
  return counters;
}

void countSharing(const image::Image &image, LockstepCoverage &coverage) {
  for (const image::CoreImage &core : image.cores) {
    std::map<uint32_t, uint16_t> firstRow; // by address: lists do not overlap
    for (const image::AxonEntry &axon : core.axons) {
      if (axon.words == 0)
        continue;
      coverage.sparseBaseRows += axon.sparse && axon.baseRow != 0;
      coverage.sharedLists +=
          firstRow.try_emplace(axon.address, axon.baseRow).first->second != axon.baseRow;
    }
  }
}

} // namespace

using Changes = std::initializer_list<std::pair<const char *, int>>;

static target::Target variantOf(const std::string &name, Changes changes) {
  std::ifstream file(SNNC_SOURCE_DIR "/targets/" + name + ".json");
  nlohmann::json json = nlohmann::json::parse(file);
  for (const auto &[path, value] : changes)
    json.at(nlohmann::json::json_pointer(std::string("/") + path + "/value")) = value;
  return llvm::cantFail(target::parseTarget(json.dump(), "variant of " + name));
}

target::Target tinyWith(Changes changes) {
  return variantOf("tiny", changes);
}

target::Target crossbarWith(Changes changes) {
  return variantOf("truenorth-like", changes);
}

Difference firstDifference(Rng &rng, const target::Target &target, const image::Image &image,
                           Machine &cycle, Machine &rtl, uint32_t ticks, Agree agree,
                           LockstepCoverage &coverage) {
  cycle.reset();
  rtl.reset();
  for (uint32_t t = 0; t < ticks; ++t) {
    host(rng, target, image, cycle, rtl);
    cycle.step();
    rtl.step();
    if (Difference difference = tick(image, cycle, rtl, agree))
      return llvm::formatv("tick {0}: {1}", t, *difference).str();
    ++coverage.ticks;
    coverage.otherLengths += cycle.tickCycles() != rtl.tickCycles();
    coverage.longestTick = std::max(coverage.longestTick, rtl.tickCycles());
  }
  const Counters counted = rtl.counters();
  const runtime::CoreCounters total = counted.total();
  for (unsigned i = 0; i < runtime::kCoreCounters; ++i)
    coverage.sum.values[i] += total.values[i];
  coverage.hostCycles += counted.hostCycles;
  coverage.transitHops += counted.transitHopsNorth + counted.transitHopsEast +
                          counted.transitHopsSouth + counted.transitHopsWest;
  if (agree == Agree::AllButCycles)
    return counters(withoutCycles(cycle.counters()), withoutCycles(counted));
  return counters(cycle.counters(), counted);
}

Difference cycleAgainstRtl(Rng &rng, const target::Target &target,
                           const RandomImageOptions &options, LockstepCoverage &coverage,
                           const runtime::rtl::RouterStalls &stalls) {
  const image::Image image = randomImage(rng, target, options);
  if (llvm::Error error = image::verify(image))
    return "the random image is not legal: " + llvm::toString(std::move(error));
  countSharing(image, coverage);
  const auto cycle = runtime::cycle::createCycleMachine();
  auto rtl = runtime::rtl::createRtlMachine(image, llvm::errs(), stalls);
  if (!rtl)
    return llvm::toString(rtl.takeError());
  const auto steps = static_cast<uint32_t>(rng.between(1, options.maxSteps));
  for (Machine *machine : {cycle.get(), rtl->get()})
    if (llvm::Error error = machine->load(image, steps))
      return llvm::toString(std::move(error));
  const Agree agree = stalls.rate == 0 ? Agree::Everything : Agree::AllButCycles;
  for (int sample = 0; sample < 2; ++sample)
    if (Difference difference =
            firstDifference(rng, target, image, *cycle, **rtl, steps + 4, agree, coverage))
      return llvm::formatv("sample {0} {1}", sample, *difference).str();
  return std::nullopt;
}

} // namespace snnc::test
