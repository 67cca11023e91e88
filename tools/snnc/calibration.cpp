#include "tools/snnc/calibration.h"

#include "runtime/reference/float_engine.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/reference/spike_history.h"

#include <Eigen/Core>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <functional>
#include <memory>
#include <thread>

namespace snnc::cli {
namespace {

using compiler::SourceMoments;
using runtime::reference::FloatEngine;
using runtime::reference::QuantEngine;
using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The population, and all whose spikes can reach it; of `net` only these and all inputs are kept.
std::vector<bool> upstream(const net::QuantNet &net, uint32_t population) {
  std::vector<bool> kept(net.populations.size(), false);
  kept[population] = true;
  for (bool grown = true; grown;) {
    grown = false;
    const auto visit = [&](uint32_t source, uint32_t target) {
      grown |= kept[target] && !kept[source];
      kept[source] = kept[source] || kept[target];
    };
    for (const net::QuantProjection &projection : net.projections)
      visit(projection.source, projection.target);
    for (const net::HostLayer &layer : net.hostLayers)
      visit(layer.source, layer.target);
  }
  for (uint32_t input : net.inputs)
    kept[input] = true;
  return kept;
}

struct Pruned {
  net::QuantNet net;
  uint32_t population = 0; // the new index
};

Pruned prune(const net::QuantNet &net, uint32_t population) {
  const std::vector<bool> kept = upstream(net, population);
  Pruned pruned;
  pruned.net.profile = net.profile;
  pruned.net.run = net.run;
  std::vector<uint32_t> index(net.populations.size(), 0);
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    index[p] = static_cast<uint32_t>(pruned.net.populations.size());
    if (kept[p])
      pruned.net.populations.push_back(net.populations[p]);
  }
  const auto keep = [&](const auto &joined, auto &list) {
    for (const auto &each : joined)
      if (kept[each.target]) {
        list.push_back(each);
        list.back().source = index[each.source];
        list.back().target = index[each.target];
      }
  };
  keep(net.projections, pruned.net.projections);
  keep(net.hostLayers, pruned.net.hostLayers);
  for (uint32_t input : net.inputs)
    pruned.net.inputs.push_back(index[input]);
  pruned.net.outputs = {index[population]};
  pruned.population = index[population];
  return pruned;
}

// Spikes per step of every neuron.
void spikesPerStep(const trace::PopulationTrace &population, uint32_t steps, double *rates) {
  std::vector<uint32_t> counts(population.size, 0);
  for (uint32_t step = 0; step < steps; ++step)
    for (uint32_t n = 0; n < population.size; ++n)
      counts[n] += population.spikes[size_t{step} * population.size + n];
  for (uint32_t n = 0; n < population.size; ++n)
    rates[n] = static_cast<double>(counts[n]) / steps;
}

class Observer {
public:
  Observer(const CalibrationData &data, const target::CoreSpec &core, Console &console)
      : data(data), core(core), console(console) {}

  llvm::Expected<SourceMoments> observe(const net::Net &lowered, const net::QuantNet &quant,
                                        uint32_t population) {
    const auto size = static_cast<Eigen::Index>(quant.populations[population].size());
    Matrix values(static_cast<Eigen::Index>(data.samples), size);
    const bool isInput = quant.populations[population].isInput;
    if (llvm::Error error =
            isInput ? readInput(quant, population, values) : runQuant(quant, population, values))
      return error;
    if (!isInput)
      if (llvm::Error error = runTrained(lowered))
        return error;
    const double part = 1.0 / static_cast<double>(data.samples);
    const Eigen::VectorXd mean = values.colwise().sum() * part;
    const Matrix second = values.transpose() * values * part;
    SourceMoments moments;
    moments.mean.assign(mean.data(), mean.data() + mean.size());
    moments.second.assign(second.data(), second.data() + second.size());
    moments.trained = isInput ? moments.mean : trained[population];
    return moments;
  }

private:
  using Run = std::function<llvm::Error(uint64_t, const data::EncodedSample &)>;

  // run(sample, its data) for all samples; `start` makes one such function per thread.
  llvm::Error forSamples(net::RunOptions run, const std::function<llvm::Expected<Run>()> &start) {
    if (data.dataSteps)
      run.steps.reset();
    const auto count = static_cast<size_t>(std::min<uint64_t>(console.threads, data.samples));
    std::vector<Run> runs;
    for (size_t i = 0; i < count; ++i) {
      llvm::Expected<Run> made = start();
      if (!made)
        return made.takeError();
      runs.push_back(std::move(*made));
    }
    Progress progress(console, "calibrating", data.samples);
    std::vector<std::unique_ptr<llvm::Error>> errors(data.samples);
    std::atomic<uint64_t> next{0};
    std::atomic<bool> stop{false};
    const auto work = [&](const Run &runOne) {
      for (uint64_t sample; !stop && (sample = next++) < data.samples; progress.advance())
        if (llvm::Error error = one(run, runOne, sample)) {
          errors[sample] = std::make_unique<llvm::Error>(std::move(error));
          stop = true;
        }
    };
    std::vector<std::thread> threads;
    for (size_t i = 1; i < count; ++i)
      threads.emplace_back([&, i] { work(runs[i]); });
    work(runs[0]);
    for (std::thread &thread : threads)
      thread.join();
    return first(errors);
  }

  llvm::Error one(const net::RunOptions &run, const Run &runOne, uint64_t sample) const {
    auto encoded = data::encodeSample(data.dataset, sample, run, console.seed);
    return encoded ? runOne(sample, *encoded) : encoded.takeError();
  }

  // The error of the lowest sample, whichever thread met it.
  static llvm::Error first(std::vector<std::unique_ptr<llvm::Error>> &errors) {
    llvm::Error found = llvm::Error::success();
    for (std::unique_ptr<llvm::Error> &error : errors) {
      if (error && !found)
        found = llvm::joinErrors(std::move(found), std::move(*error));
      else if (error)
        llvm::consumeError(std::move(*error));
    }
    return found;
  }

  // Values as the host reads them, or spikes.
  llvm::Error readInput(const net::QuantNet &quant, uint32_t population, Matrix &values) {
    const uint32_t offset = runtime::reference::inputOffsets(quant)[population];
    const uint32_t size = quant.populations[population].size();
    double scale = 1.0, low = 0.0, high = 1.0;
    for (const net::HostLayer &layer : quant.hostLayers)
      if (layer.source == population) {
        scale = layer.inputScale;
        low = layer.inputMin;
        high = layer.inputMax;
      }
    const Run read = [&, offset, size](uint64_t at, const data::EncodedSample &sample) {
      double *row = values.row(static_cast<Eigen::Index>(at)).data();
      const uint32_t steps = sample.analog() && !sample.valuesPerStep() ? 1 : sample.steps;
      for (uint32_t n = 0; n < size; ++n) {
        double sum = 0.0;
        for (uint32_t step = 0; step < steps; ++step) {
          const size_t place = size_t{step} * sample.size + offset + n;
          sum += sample.analog()
                     ? std::clamp(std::nearbyint(sample.values[place] * scale), low, high)
                     : sample.spikes[place];
        }
        row[n] = sum / (scale * steps);
      }
      return llvm::Error::success();
    };
    return forSamples(quant.run, [&]() -> llvm::Expected<Run> { return read; });
  }

  llvm::Error runQuant(const net::QuantNet &quant, uint32_t population, Matrix &values) {
    const Pruned pruned = prune(quant, population);
    return forSamples(quant.run, [&]() -> llvm::Expected<Run> {
      auto engine = std::make_shared<QuantEngine>(pruned.net, core);
      return [&, engine](uint64_t at, const data::EncodedSample &sample) {
        const trace::SampleTrace trace = engine->run(sample, false);
        spikesPerStep(trace.populations[pruned.population], trace.steps,
                      values.row(static_cast<Eigen::Index>(at)).data());
        return llvm::Error::success();
      };
    });
  }

  // Mean rates of every population of the network as trained; once.
  llvm::Error runTrained(const net::Net &lowered) {
    if (!trained.empty())
      return llvm::Error::success();
    std::vector<Matrix> rates;
    for (const net::Population &population : lowered.populations)
      rates.emplace_back(static_cast<Eigen::Index>(data.samples),
                         static_cast<Eigen::Index>(population.size()));
    if (llvm::Error error = forSamples(lowered.run, [&]() -> llvm::Expected<Run> {
          auto made = FloatEngine::create(lowered);
          if (!made)
            return made.takeError();
          std::shared_ptr<FloatEngine> engine = std::move(*made);
          return [&, engine](uint64_t at, const data::EncodedSample &sample) {
            const trace::SampleTrace trace = engine->run(sample, false);
            for (size_t p = 0; p < rates.size(); ++p)
              spikesPerStep(trace.populations[p], trace.steps,
                            rates[p].row(static_cast<Eigen::Index>(at)).data());
            return llvm::Error::success();
          };
        }))
      return error;
    for (const Matrix &each : rates) {
      const Eigen::VectorXd mean = each.colwise().sum() / static_cast<double>(data.samples);
      trained.emplace_back(mean.data(), mean.data() + mean.size());
    }
    return llvm::Error::success();
  }

  const CalibrationData &data;
  const target::CoreSpec core;
  Console &console;
  std::vector<std::vector<double>> trained; // [population][neuron]
};

} // namespace

compiler::ObserveSource observeOn(const CalibrationData &data, const target::CoreSpec &core,
                                  Console &console) {
  const auto observer = std::make_shared<Observer>(data, core, console);
  return [observer](const net::Net &lowered, const net::QuantNet &quant, uint32_t population) {
    return observer->observe(lowered, quant, population);
  };
}

} // namespace snnc::cli
