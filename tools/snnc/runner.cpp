#include "tools/snnc/runner.h"

#include "common/trace/readout.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/fast/fast_machine.h"
#include "runtime/reference/float_engine.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/rtl/rtl_machine.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace snnc::cli {

using namespace snnc::runtime;

const char *nameOf(Engine engine) {
  switch (engine) {
  case Engine::Float:
    return "float";
  case Engine::Quant:
    return "quant";
  case Engine::Fast:
    return "fast";
  case Engine::Cycle:
    return "cycle";
  case Engine::Rtl:
    return "rtl";
  }
  llvm_unreachable("all engines are named");
}

namespace {

class FloatSample final : public SampleEngine {
public:
  explicit FloatSample(std::unique_ptr<reference::FloatEngine> engine)
      : engine(std::move(engine)) {}
  trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) override {
    return engine->run(sample, recordState);
  }

private:
  std::unique_ptr<reference::FloatEngine> engine;
};

class QuantSample final : public SampleEngine {
public:
  QuantSample(const net::QuantNet &net, const target::CoreSpec &core) : engine(net, core) {}
  trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) override {
    return engine.run(sample, recordState);
  }
  void addTotals(EngineTotals &totals) override {
    totals.host.biasSaturations += engine.events().biasSaturations;
  }

private:
  reference::QuantEngine engine;
};

class MachineSample final : public SampleEngine {
public:
  MachineSample(const image::Image &image, std::unique_ptr<Machine> loaded, uint32_t steps)
      : machine(std::move(loaded)), driver(image, *machine, steps) {}
  trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) override {
    HostDriver::Options options;
    options.recordState = recordState;
    return driver.run(sample, options);
  }
  void addTotals(EngineTotals &totals) override {
    if (!totals.counters)
      totals.counters.emplace();
    energy::addCounters(*totals.counters, machine->counters());
    const HostStats &stats = driver.stats();
    totals.host.macs += stats.macs;
    totals.host.biasSaturations += stats.biasSaturations;
    totals.host.inputSaturations += stats.inputSaturations;
    totals.host.packets += stats.packets;
  }

private:
  std::unique_ptr<Machine> machine;
  HostDriver driver;
};

// One thread: its engines, and its sums.
struct Worker {
  std::vector<std::unique_ptr<SampleEngine>> engines;
  std::vector<energy::SpikeCounts> spikes; // as engines
  llvm::Error error = llvm::Error::success();
  uint64_t errorSample = UINT64_MAX;
};

class Runner {
public:
  Runner(const Subject &subject, const Samples &samples, const RunPlan &plan, Console &console)
      : subject(subject), samples(samples), plan(plan), console(console) {}
  llvm::Expected<RunResult> run();

private:
  llvm::Expected<std::unique_ptr<Machine>> createMachine(Engine engine);
  llvm::Expected<std::unique_ptr<SampleEngine>> create(Engine engine);
  llvm::Error createWorkers();
  void work(Worker &worker);
  llvm::Error runOne(Worker &worker, uint64_t index);
  llvm::Error collect();

  const Subject &subject;
  const Samples &samples;
  const RunPlan &plan;
  Console &console;
  std::vector<Worker> workers;
  std::atomic<uint64_t> next{0};
  std::atomic<bool> stop{false};
  std::optional<Progress> progress;
  bool readsState = false;                   // the readout looks at membranes
  std::optional<trace::MembraneUnits> units; // of the integer engines' output
  reference::RoundingGrid grid;              // with plan.rounding
  RunResult result;
};

llvm::Expected<std::unique_ptr<Machine>> Runner::createMachine(Engine engine) {
  if (engine == Engine::Cycle)
    return cycle::createCycleMachine();
  if (engine == Engine::Fast)
    return fast::createFastMachine();
  return rtl::createRtlMachine(*subject.image, console.quiet ? llvm::nulls() : llvm::errs(), {},
                               plan.wave ? &*plan.wave : nullptr);
}

llvm::Expected<std::unique_ptr<SampleEngine>> Runner::create(Engine engine) {
  if (engine == Engine::Float) {
    reference::FloatOptions options;
    options.float32 = plan.float32;
    if (plan.rounding)
      options.rounding = &grid;
    auto made =
        reference::FloatEngine::create(plan.rounding ? *subject.lowered : *subject.net, options);
    if (!made)
      return made.takeError();
    return std::make_unique<FloatSample>(std::move(*made));
  }
  if (engine == Engine::Quant)
    return std::make_unique<QuantSample>(*subject.quant, subject.target->core);
  llvm::Expected<std::unique_ptr<Machine>> machine = createMachine(engine);
  if (!machine)
    return machine.takeError();
  if (llvm::Error error = (*machine)->load(*subject.image, result.steps))
    return error;
  return std::make_unique<MachineSample>(*subject.image, std::move(*machine), result.steps);
}

llvm::Error Runner::createWorkers() {
  // One RTL machine at a time: several could try to build the same one.
  const bool rtl =
      std::find(plan.engines.begin(), plan.engines.end(), Engine::Rtl) != plan.engines.end();
  const uint64_t threads = rtl ? 1 : std::min<uint64_t>(console.threads, samples.count);
  workers.resize(threads);
  for (Worker &worker : workers)
    for (Engine engine : plan.engines) {
      auto made = create(engine);
      if (!made)
        return made.takeError();
      worker.engines.push_back(std::move(*made));
      worker.spikes.emplace_back(subject.image ? energy::lostTails(*subject.image)
                                               : std::vector<uint32_t>());
    }
  return llvm::Error::success();
}

llvm::Error Runner::runOne(Worker &worker, uint64_t index) {
  llvm::Expected<data::EncodedSample> sample =
      data::encodeSample(samples.dataset, samples.first + index, subject.run, console.seed);
  if (!sample)
    return sample.takeError();
  for (size_t e = 0; e < plan.engines.size(); ++e) {
    EngineResult &engine = result.engines[e];
    trace::SampleTrace trace =
        worker.engines[e]->run(*sample, (plan.keepTraces && plan.recordState) || readsState);
    engine.predictions[index] =
        static_cast<int32_t>(trace::predict(trace.populations[subject.output()], trace.steps,
                                            subject.run.readout, units ? &*units : nullptr));
    worker.spikes[e].add(trace);
    if (plan.keepTraces)
      engine.traces[index] = std::move(trace);
  }
  return llvm::Error::success();
}

void Runner::work(Worker &worker) {
  while (!stop) {
    const uint64_t index = next++;
    if (index >= samples.count)
      return;
    if (llvm::Error error = runOne(worker, index)) {
      worker.error = llvm::joinErrors(std::move(worker.error), std::move(error));
      worker.errorSample = index;
      stop = true;
      return;
    }
    progress->advance();
  }
}

llvm::Error Runner::collect() {
  // The first sample's error wins, whichever thread met it.
  std::sort(workers.begin(), workers.end(),
            [](const Worker &a, const Worker &b) { return a.errorSample < b.errorSample; });
  llvm::Error first = llvm::Error::success();
  for (Worker &worker : workers) {
    if (first)
      llvm::consumeError(std::move(worker.error));
    else
      first = llvm::joinErrors(std::move(first), std::move(worker.error));
    for (size_t e = 0; e < plan.engines.size(); ++e) {
      worker.engines[e]->addTotals(result.engines[e].totals);
      result.engines[e].spikes.add(worker.spikes[e]);
    }
  }
  return first;
}

llvm::Expected<RunResult> Runner::run() {
  llvm::Expected<data::EncodedSample> probe =
      data::encodeSample(samples.dataset, samples.first, subject.run, console.seed);
  if (!probe)
    return probe.takeError();
  result.steps = probe->steps;
  readsState = subject.run.readout != net::Readout::Count;
  if (subject.quant)
    units =
        trace::membraneUnits(subject.quant->populations[subject.output()], subject.quant->profile);
  if (plan.rounding)
    grid = reference::RoundingGrid::of(*subject.quant);
  result.engines.resize(plan.engines.size());
  for (EngineResult &engine : result.engines) {
    engine.predictions.resize(samples.count);
    engine.traces.resize(plan.keepTraces ? samples.count : 0);
  }
  if (llvm::Error error = createWorkers())
    return error;
  progress.emplace(console, "running", samples.count);
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (size_t i = 1; i < workers.size(); ++i)
    threads.emplace_back([this, i] { work(workers[i]); });
  work(workers[0]);
  for (std::thread &thread : threads)
    thread.join();
  result.wallSeconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  progress.reset();
  if (llvm::Error error = collect())
    return error;
  return result;
}

} // namespace

llvm::Expected<RunResult> runSamples(const Subject &subject, const Samples &samples,
                                     const RunPlan &plan, Console &console) {
  return Runner(subject, samples, plan, console).run();
}

} // namespace snnc::cli
