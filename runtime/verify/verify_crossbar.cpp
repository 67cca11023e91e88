#include "runtime/verify/verify_crossbar.h"

#include "runtime/reference/crossbar_engine.h"

namespace snnc::runtime::verify {

CrossbarRun runNetwork(const net::CrossbarNet &net, uint32_t ticks) {
  reference::CrossbarTrace trace = reference::runCrossbar(net, ticks, true);
  CrossbarRun run;
  run.engine = "quant";
  run.ticks = ticks;
  run.columns = trace.outputs;
  run.rows = std::move(trace.rows);
  for (size_t c = 0; c < net.cores.size(); ++c) {
    // Only the neurons that the image has.
    const size_t used = net.cores[c].neurons.size();
    run.spikes.emplace_back();
    run.v.emplace_back();
    for (size_t t = 0; t < ticks; ++t)
      for (size_t i = 0; i < used; ++i) {
        run.spikes[c].push_back(trace.spikes[c][t * net.neurons + i]);
        run.v[c].push_back(static_cast<int32_t>(trace.v[c][t * net.neurons + i]));
      }
  }
  return run;
}

static void recordTick(const image::Image &image, Machine &machine, uint32_t tick,
                       CrossbarRun &run) {
  for (size_t c = 0; c < image.cores.size(); ++c) {
    const size_t neurons = image.cores[c].neuronCount();
    run.spikes[c].resize((size_t{tick} + 1) * neurons);
    std::vector<NeuronState> states(neurons);
    machine.readState(static_cast<uint32_t>(c), 0, states);
    for (const NeuronState &state : states)
      run.v[c].push_back(state.v);
  }
  for (const SpikeEvent &spike : machine.spikes())
    run.spikes[spike.core][size_t{tick} * image.cores[spike.core].neuronCount() + spike.neuron] = 1;
  run.tickCycles.push_back(machine.tickCycles());
  run.sends.push_back(machine.sends().vec());
}

// Row t + 1 from the spikes of tick t; those of the last tick are in none.
static void fillRows(const image::Image &image, CrossbarRun &run) {
  run.rows.resize(size_t{run.ticks} * run.columns);
  for (const image::BusOutput &output : image.bus)
    for (size_t t = 0; t + 1 < run.ticks; ++t)
      run.rows[(t + 1) * run.columns + output.column] |=
          run.spikes[output.core][t * image.cores[output.core].neuronCount() + output.local];
}

llvm::Expected<CrossbarRun> runImage(const image::Image &image, Machine &machine, uint32_t ticks,
                                     const PacketSource &packets) {
  if (llvm::Error error = machine.load(image, ticks))
    return error;
  CrossbarRun run;
  run.engine = machine.name();
  run.ticks = ticks;
  run.columns = image.busColumns;
  run.spikes.resize(image.cores.size());
  run.v.resize(image.cores.size());
  machine.reset();
  for (uint32_t tick = 0; tick < ticks; ++tick) {
    machine.inject(packets(tick));
    machine.step();
    recordTick(image, machine, tick, run);
  }
  run.counters = machine.counters();
  fillRows(image, run);
  return run;
}

namespace {

class PairComparer {
public:
  PairComparer(const image::Image &image, const CrossbarRun &a, const CrossbarRun &b)
      : image(image), a(a), b(b) {
    report.a = a.engine;
    report.b = b.engine;
  }

  PairReport run(const std::string &command) {
    for (uint32_t tick = 0; tick < a.ticks; ++tick)
      for (size_t core = 0; core < image.cores.size(); ++core)
        compareTick(tick, core);
    if (a.counters && b.counters)
      compareClocks();
    if (report.first)
      report.first->replay = command;
    return std::move(report);
  }

private:
  Divergence *keep(uint32_t tick, const std::string &field, int64_t x, int64_t y) {
    if (report.first)
      return nullptr;
    report.first.emplace();
    report.first->tick = tick;
    report.first->field = field;
    report.first->a = x;
    report.first->b = y;
    return &*report.first;
  }

  void differs(uint64_t &count, uint32_t tick, size_t core, size_t neuron, const char *field,
               int64_t x, int64_t y) {
    ++count;
    if (Divergence *first = keep(tick, field, x, y)) {
      first->layer = image.populations[core].name;
      first->neuron = first->local = static_cast<uint32_t>(neuron);
      first->core = static_cast<uint32_t>(core);
      first->operation = "docs/reference/crossbar_core.md, Arithmetic";
    }
  }

  void compareTick(uint32_t tick, size_t core) {
    const size_t neurons = image.cores[core].neuronCount();
    for (size_t i = 0; i < neurons; ++i) {
      const size_t at = size_t{tick} * neurons + i;
      if (a.spikes[core][at] != b.spikes[core][at])
        differs(report.spikeMismatches, tick, core, i, "spike", a.spikes[core][at],
                b.spikes[core][at]);
      if (a.v[core][at] != b.v[core][at])
        differs(report.stateMismatches, tick, core, i, "v", a.v[core][at], b.v[core][at]);
    }
  }

  void compareClocks() {
    uint64_t cycles = 0, counters = 0;
    for (uint32_t tick = 0; tick < a.ticks; ++tick) {
      if (a.tickCycles[tick] != b.tickCycles[tick] && ++cycles)
        keep(tick, "tick_cycles", static_cast<int64_t>(a.tickCycles[tick]),
             static_cast<int64_t>(b.tickCycles[tick]));
      if (a.sends[tick] != b.sends[tick] && ++cycles)
        keep(tick, "sends", static_cast<int64_t>(a.sends[tick].size()),
             static_cast<int64_t>(b.sends[tick].size()));
    }
    for (size_t core = 0; core < image.cores.size(); ++core)
      for (unsigned i = 0; i < kCoreCounters; ++i) {
        const uint64_t x = a.counters->cores[core].values[i], y = b.counters->cores[core].values[i];
        if (x != y && ++counters)
          keep(a.ticks, std::string("counter:") + nameOf(static_cast<CoreCounter>(i)),
               static_cast<int64_t>(x), static_cast<int64_t>(y));
      }
    if (counters == 0 && *a.counters != *b.counters && ++counters)
      keep(a.ticks, "counter:machine", static_cast<int64_t>(a.counters->tickCycles),
           static_cast<int64_t>(b.counters->tickCycles));
    report.cycleMismatches = cycles;
    report.counterMismatches = counters;
  }

  const image::Image &image;
  const CrossbarRun &a, &b;
  PairReport report;
};

} // namespace

VerifyReport compareRuns(const image::Image &image, llvm::ArrayRef<CrossbarRun> runs,
                         const std::string &command) {
  VerifyReport report;
  report.pass = true;
  report.samples = 1;
  report.ticks = runs.empty() ? 0 : runs.front().ticks;
  report.coresUsed = static_cast<uint32_t>(image.cores.size());
  for (size_t i = 0; i < runs.size(); ++i)
    for (size_t j = i + 1; j < runs.size(); ++j) {
      report.pairs.push_back(PairComparer(image, runs[i], runs[j]).run(command));
      report.pass &= report.pairs.back().equal();
    }
  return report;
}

} // namespace snnc::runtime::verify
