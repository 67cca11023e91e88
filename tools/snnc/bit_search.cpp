#include "tools/snnc/bit_search.h"

#include "tools/snnc/compile_subject.h"
#include "tools/snnc/runner.h"

#include <algorithm>
#include <cmath>

namespace snnc::cli {

using llvm::formatv;
using support::Diag;
using support::DiagCode;

namespace {

using Bits = std::map<std::string, uint32_t>;

class Search {
public:
  Search(const Subject &subject, compiler::CompileOptions options, const CalibrationData &data,
         double budget, Console &console)
      : trial(subject),
        options(onlyIntegers(std::move(options))), samples{data.dataset, 0, data.samples},
        console(console) {
    if (data.dataSteps)
      trial.run.steps.reset();
    found.samples = data.samples;
    found.budget = budget;
  }

  llvm::Expected<BitSearch> run() {
    if (samples.dataset.labels.empty())
      return Diag(DiagCode::NoLabels, {},
                  formatv("--weight-bits auto measures accuracy, but '{0}' has no labels",
                          samples.dataset.spec))
          .help("give --calibrate data with labels, or --weight-bits N")
          .take();
    llvm::Expected<uint64_t> real = correct(Engine::Float);
    if (!real)
      return real.takeError();
    found.correctFloat = *real;
    if (llvm::Error error = searchAll())
      return error;
    for (const std::string &layer : layers)
      if (llvm::Error error = lower(layer))
        return error;
    return std::move(found);
  }

private:
  llvm::Expected<uint64_t> correct(Engine engine) {
    RunPlan plan;
    plan.engines = {engine};
    llvm::Expected<RunResult> result = runSamples(trial, samples, plan, console);
    if (!result)
      return result.takeError();
    uint64_t right = 0;
    for (uint64_t i = 0; i < samples.count; ++i)
      right += result->engines[0].predictions[i] == samples.dataset.labels[i];
    return right;
  }

  // How many are right with these bits.
  llvm::Expected<uint64_t> tryBits(const Bits &bits, uint32_t others) {
    options.layerBits = bits;
    options.weightBits = others;
    options.forceBits = true;
    support::Warnings ignored; // the compilation to come says them
    auto result = compiler::compile(*trial.net, *trial.target, options, ignored);
    if (!result)
      return result.takeError();
    trial.lowered = std::move(result->net);
    trial.quant = std::move(result->quant);
    trial.report = std::move(result->report);
    ++found.tried;
    return correct(Engine::Quant);
  }

  bool keeps(uint64_t right) const {
    const double lost = double(found.correctFloat) - double(right);
    return lost * 100.0 <= found.budget * double(found.samples);
  }

  // The same bits for all.
  llvm::Error searchAll() {
    uint64_t best = 0;
    for (uint32_t bits = trial.target->core.weightBits; bits >= 2; --bits) {
      llvm::Expected<uint64_t> right = tryBits({}, bits);
      if (!right)
        return right.takeError();
      best = std::max(best, *right);
      if (!keeps(*right))
        break;
      take(*right);
    }
    if (!found.bits.empty())
      return llvm::Error::success();
    const auto percent = [&](uint64_t right) {
      return 100.0 * double(right) / double(found.samples);
    };
    return Diag(DiagCode::BitBudget, {},
                formatv("--budget-accuracy is {0} points, but at all {1} bits of '{2}' {3:f2} % of "
                        "{4} samples are right, where the network as trained has {5:f2} %",
                        found.budget, trial.target->core.weightBits, trial.target->name,
                        percent(best), found.samples, percent(found.correctFloat)))
        .help(formatv("a budget of {0:f2} points takes all bits; 'snnc eval --explain' says what "
                      "the loss comes from",
                      percent(found.correctFloat) - percent(best)))
        .take();
  }

  // The bits of the trial as they were given out.
  void take(uint64_t right) {
    found.correct = right;
    std::vector<compiler::LayerReport> weighted;
    for (const compiler::LayerReport &layer : trial.report.layers)
      if (layer.weightBits != 0) {
        found.bits[layer.name] = layer.weightBits;
        weighted.push_back(layer);
      }
    std::stable_sort(weighted.begin(), weighted.end(),
                     [](const auto &a, const auto &b) { return a.synapses > b.synapses; });
    layers.clear();
    for (const compiler::LayerReport &layer : weighted)
      layers.push_back(layer.name);
  }

  llvm::Error lower(const std::string &layer) {
    while (found.bits[layer] > 2) {
      Bits fewer = found.bits;
      --fewer[layer];
      llvm::Expected<uint64_t> right = tryBits(fewer, options.weightBits);
      if (!right)
        return right.takeError();
      if (!keeps(*right))
        return llvm::Error::success();
      found.bits = std::move(fewer);
      found.correct = *right;
    }
    return llvm::Error::success();
  }

  Subject trial;
  compiler::CompileOptions options;
  const Samples samples;
  Console &console;
  std::vector<std::string> layers; // most synapses first
  BitSearch found;
};

} // namespace

llvm::Expected<BitSearch> searchBits(const Subject &subject, compiler::CompileOptions options,
                                     const CalibrationData &data, double budget, Console &console) {
  return Search(subject, std::move(options), data, budget, console).run();
}

} // namespace snnc::cli
