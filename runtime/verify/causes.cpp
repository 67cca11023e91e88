#include "runtime/verify/causes.h"

#include "common/trace/readout.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/verify/mixture.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <thread>

namespace snnc::runtime::verify {
namespace {

using reference::FloatEngine;

struct Run {
  trace::SampleTrace trace;
  uint32_t prediction = 0;
};

// Which network a run is of, and where in the report its cost goes.
struct Variant {
  CauseMask mask;
  std::vector<CauseCost *> into;
};

// The report without figures, and the runs that fill it. A mask that several ask for runs once;
// what no cause changes does not run at all: `idle` is the float network's cost, against itself.
class Plan {
public:
  Plan(const CauseRequest &request, const Mixture &mixture);
  Plan(const Plan &) = delete;

  CauseReport report;
  std::vector<Variant> variants; // point into report
  CauseCost *quantised = nullptr, *unexplained = nullptr;
  std::vector<CauseCost *> idle;
  std::vector<uint32_t> layers; // populations
  size_t together = 0;          // into variants; none if that is the float network

private:
  void addRows();
  void ask(const CauseMask &mask, CauseCost &into);

  const Mixture &mixture;
  const size_t populations;
};

Plan::Plan(const CauseRequest &request, const Mixture &mixture)
    : mixture(mixture), populations(request.quant.populations.size()) {
  for (uint32_t p = 0; p < populations; ++p) {
    const net::QuantPopulation &population = request.quant.populations[p];
    if (!population.isInput) {
      layers.push_back(p);
      report.layers.push_back({population.name, population.size(), 0, 0});
    }
    for (Cause cause : allCauses())
      if (mixture.acts(p, cause))
        report.byLayer.push_back({p, population.name, cause, {}, {}});
  }
  report.samples = request.samples;
  report.labelled = !request.labels.empty();
  addRows();
}

void Plan::addRows() {
  const auto row = [](const char *name, std::optional<Cause> cause) {
    CauseRow made;
    made.name = name;
    made.cause = cause;
    return made;
  };
  report.rows.push_back(row("quantised", std::nullopt));
  for (Cause cause : allCauses()) {
    bool acts = cause != Cause::Inputs && cause != Cause::Currents; // the host's alone
    for (uint32_t p = 0; p < populations; ++p)
      acts |= mixture.acts(p, cause);
    if (!acts)
      continue;
    report.rows.push_back(row(nameOf(cause), cause));
    report.without.push_back(row(nameOf(cause), cause));
  }
  report.rows.push_back(row("together", std::nullopt));
  report.rows.push_back(row("unexplained", std::nullopt));
  quantised = &report.rows.front();
  unexplained = &report.rows.back();

  ask(mixture.all(), report.rows[report.rows.size() - 2]);
  together = variants.empty() ? SIZE_MAX : 0;
  const auto everywhere = [&](Cause cause, bool on, CauseMask mask) {
    for (uint32_t p = 0; p < populations; ++p)
      mask.set(p, cause, on && mixture.acts(p, cause));
    return mask;
  };
  for (CauseRow &made : report.rows)
    if (made.cause)
      ask(everywhere(*made.cause, true, CauseMask(populations)), made);
  for (CauseRow &made : report.without)
    ask(everywhere(*made.cause, false, mixture.all()), made);
  for (LayerCause &made : report.byLayer) {
    CauseMask on(populations), off = mixture.all();
    on.set(made.population, made.cause, true);
    off.set(made.population, made.cause, false);
    ask(on, made.on);
    ask(off, made.off);
  }
}

void Plan::ask(const CauseMask &mask, CauseCost &into) {
  into.differences.assign(layers.size(), 0);
  if (mask == CauseMask(populations)) {
    idle.push_back(&into);
    return;
  }
  const auto found = std::find_if(variants.begin(), variants.end(),
                                  [&](const Variant &variant) { return variant.mask == mask; });
  if (found != variants.end())
    found->into.push_back(&into);
  else
    variants.push_back({mask, {&into}});
}

std::optional<trace::Divergence> firstDifference(uint64_t sample, const Run &a, const Run &b,
                                                 llvm::ArrayRef<uint32_t> layers) {
  for (uint32_t step = 0; step < a.trace.steps; ++step)
    for (uint32_t p : layers) {
      const trace::PopulationTrace &x = a.trace.populations[p], &y = b.trace.populations[p];
      for (uint32_t n = 0; n < x.size; ++n)
        if (const size_t i = size_t{step} * x.size + n; x.spikes[i] != y.spikes[i])
          return trace::Divergence{
              static_cast<uint32_t>(sample), step, p, n, "spike", x.spikes[i], y.spikes[i]};
    }
  return std::nullopt;
}

uint64_t count(const std::vector<uint8_t> &spikes) {
  return std::accumulate(spikes.begin(), spikes.end(), uint64_t{0});
}

// A contiguous part of the samples: its own engines, its own figures.
class Experiment {
public:
  Experiment(const CauseRequest &request, const Mixture &mixture)
      : plan(request, mixture), request(request), mixture(mixture),
        quant(request.quant, request.core),
        recordState(request.quant.run.readout != net::Readout::Count) {}

  llvm::Error build();
  llvm::Error addSample(uint64_t number);
  Plan plan;

private:
  Run runFloat(FloatEngine &engine, const data::EncodedSample &sample) const;
  Run runQuant(const data::EncodedSample &sample);
  uint32_t predictionOf(const trace::SampleTrace &trace) const;
  void judge(uint64_t number, const Run &run, CauseCost &cost) const;
  void compare(uint64_t number, const Run &a, const Run &b, CauseCost &cost) const;
  void noteFirst(uint64_t number, const Run &a, const Run &b, CauseRow &row) const;

  const CauseRequest &request;
  const Mixture &mixture;
  reference::QuantEngine quant;
  const bool recordState; // what no prediction reads is not recorded
  std::unique_ptr<FloatEngine> original;
  std::vector<std::unique_ptr<FloatEngine>> engines; // per variant
};

llvm::Error Experiment::build() {
  const auto add = [&](const CauseMask &mask, std::unique_ptr<FloatEngine> &into) -> llvm::Error {
    auto made = mixture.engine(mask);
    if (!made)
      return made.takeError();
    into = std::move(*made);
    return llvm::Error::success();
  };
  if (llvm::Error error = add(CauseMask(request.quant.populations.size()), original))
    return error;
  for (const Variant &variant : plan.variants)
    if (llvm::Error error = add(variant.mask, engines.emplace_back()))
      return error;
  for (CauseCost *cost : {plan.quantised, plan.unexplained})
    cost->differences.assign(plan.layers.size(), 0);
  return llvm::Error::success();
}

uint32_t Experiment::predictionOf(const trace::SampleTrace &trace) const {
  const uint32_t output = request.quant.outputs.front();
  trace::PopulationTrace entry = trace.populations[output];
  const std::vector<double> &rest = request.quant.populations[output].rest;
  for (size_t i = 0; !rest.empty() && i < entry.vReal.size(); ++i)
    entry.vReal[i] += rest[i % entry.size];
  return trace::predict(entry, trace.steps, request.quant.run.readout);
}

Run Experiment::runFloat(FloatEngine &engine, const data::EncodedSample &sample) const {
  Run run;
  run.trace = engine.run(sample, recordState);
  run.prediction = predictionOf(run.trace);
  return run;
}

Run Experiment::runQuant(const data::EncodedSample &sample) {
  Run run;
  run.trace = quant.run(sample, recordState);
  const uint32_t output = request.quant.outputs.front();
  trace::PopulationTrace &entry = run.trace.populations[output];
  const std::vector<double> &scale = request.quant.populations[output].scale;
  for (size_t i = 0; i < entry.v.size(); ++i)
    entry.vReal.push_back(entry.v[i] / scale[i % entry.size]);
  run.prediction = predictionOf(run.trace);
  return run;
}

void Experiment::judge(uint64_t number, const Run &run, CauseCost &cost) const {
  if (number < request.labels.size())
    cost.correct += static_cast<int64_t>(run.prediction) == request.labels[number];
}

void Experiment::compare(uint64_t number, const Run &a, const Run &b, CauseCost &cost) const {
  cost.predictions += a.prediction != b.prediction;
  judge(number, b, cost);
  for (size_t layer = 0; layer < plan.layers.size(); ++layer) {
    const trace::PopulationTrace &x = a.trace.populations[plan.layers[layer]];
    const trace::PopulationTrace &y = b.trace.populations[plan.layers[layer]];
    for (size_t i = 0; i < x.spikes.size(); ++i)
      cost.differences[layer] += x.spikes[i] != y.spikes[i];
  }
}

void Experiment::noteFirst(uint64_t number, const Run &a, const Run &b, CauseRow &row) const {
  if (!row.first)
    row.first = firstDifference(number, a, b, plan.layers);
}

llvm::Error Experiment::addSample(uint64_t number) {
  llvm::Expected<data::EncodedSample> sample = request.sampleAt(number);
  if (!sample)
    return sample.takeError();
  CauseReport &report = plan.report;
  report.steps += sample->steps;
  const Run real = runFloat(*original, *sample), ints = runQuant(*sample);
  for (size_t layer = 0; layer < plan.layers.size(); ++layer) {
    const uint32_t p = plan.layers[layer];
    report.layers[layer].spikes += count(real.trace.populations[p].spikes);
    report.layers[layer].quantisedSpikes += count(ints.trace.populations[p].spikes);
  }
  if (number < request.labels.size())
    report.correct += static_cast<int64_t>(real.prediction) == request.labels[number];
  compare(number, real, ints, *plan.quantised);
  noteFirst(number, real, ints, report.rows.front());
  for (CauseCost *cost : plan.idle)
    judge(number, real, *cost);
  for (size_t v = 0; v < engines.size(); ++v) {
    const Variant &variant = plan.variants[v];
    const Run run = runFloat(*engines[v], mixture.inputs(*sample, variant.mask));
    for (CauseCost *cost : variant.into)
      compare(number, real, run, *cost);
    if (v == plan.together)
      compare(number, run, ints, *plan.unexplained);
  }
  if (plan.together == SIZE_MAX)
    compare(number, real, ints, *plan.unexplained);
  return llvm::Error::success();
}

// Adds the figures of a later part of the samples.
void append(CauseReport &into, const CauseReport &part) {
  for (size_t i = 0; i < into.layers.size(); ++i) {
    into.layers[i].spikes += part.layers[i].spikes;
    into.layers[i].quantisedSpikes += part.layers[i].quantisedSpikes;
  }
  for (size_t i = 0; i < into.rows.size(); ++i) {
    into.rows[i].add(part.rows[i]);
    if (!into.rows[i].first)
      into.rows[i].first = part.rows[i].first;
  }
  for (size_t i = 0; i < into.without.size(); ++i)
    into.without[i].add(part.without[i]);
  for (size_t i = 0; i < into.byLayer.size(); ++i) {
    into.byLayer[i].on.add(part.byLayer[i].on);
    into.byLayer[i].off.add(part.byLayer[i].off);
  }
  into.steps += part.steps;
  into.correct += part.correct;
}

} // namespace

const char *nameOf(Cause cause) {
  switch (cause) {
  case Cause::Weights:
    return "weights";
  case Cause::Saturation:
    return "saturation";
  case Cause::Thresholds:
    return "thresholds";
  case Cause::Resets:
    return "resets";
  case Cause::Biases:
    return "biases";
  case Cause::Decays:
    return "decays";
  case Cause::Rounding:
    return "rounding";
  case Cause::Inputs:
    return "inputs";
  case Cause::Currents:
    return "currents";
  }
  return "";
}

llvm::ArrayRef<Cause> allCauses() {
  static constexpr Cause kAll[kCauses] = {Cause::Weights,  Cause::Saturation, Cause::Thresholds,
                                          Cause::Resets,   Cause::Biases,     Cause::Decays,
                                          Cause::Rounding, Cause::Inputs,     Cause::Currents};
  return kAll;
}

uint64_t CauseCost::total() const {
  return std::accumulate(differences.begin(), differences.end(), uint64_t{0});
}

void CauseCost::add(const CauseCost &other) {
  for (size_t i = 0; i < differences.size(); ++i)
    differences[i] += other.differences[i];
  predictions += other.predictions;
  correct += other.correct;
}

const CauseRow &CauseReport::row(llvm::StringRef name) const {
  return *std::find_if(rows.begin(), rows.end(),
                       [&](const CauseRow &row) { return row.name == name; });
}

llvm::Expected<CauseReport> findCauses(const CauseRequest &request) {
  llvm::Expected<Mixture> mixture = Mixture::create(request.lowered, request.quant);
  if (!mixture)
    return mixture.takeError();
  const uint64_t parts =
      std::max<uint64_t>(1, std::min<uint64_t>(request.threads, request.samples));
  std::vector<std::unique_ptr<Experiment>> experiments;
  for (uint64_t part = 0; part < parts; ++part) {
    experiments.push_back(std::make_unique<Experiment>(request, *mixture));
    if (llvm::Error error = experiments.back()->build())
      return error;
  }
  std::mutex mutex;
  uint64_t done = 0;
  std::vector<llvm::Error> errors; // per part; the first is the lowest sample's
  for (uint64_t part = 0; part < parts; ++part)
    errors.push_back(llvm::Error::success());
  const auto work = [&](uint64_t part) {
    const uint64_t first = request.samples * part / parts;
    const uint64_t last = request.samples * (part + 1) / parts;
    for (uint64_t i = first; i < last && !errors[part]; ++i) {
      errors[part] = experiments[part]->addSample(request.firstSample + i);
      const std::lock_guard<std::mutex> lock(mutex);
      if (request.progress)
        request.progress(++done, request.samples);
    }
  };
  std::vector<std::thread> threads;
  for (uint64_t part = 1; part < parts; ++part)
    threads.emplace_back(work, part);
  work(0);
  for (std::thread &thread : threads)
    thread.join();
  llvm::Error all = llvm::Error::success();
  for (llvm::Error &error : errors)
    all = llvm::joinErrors(std::move(all), std::move(error));
  if (all)
    return all;
  CauseReport report = std::move(experiments[0]->plan.report);
  for (uint64_t part = 1; part < parts; ++part)
    append(report, experiments[part]->plan.report);
  return report;
}

} // namespace snnc::runtime::verify
