#include "tools/snnc/drift.h"

#include "tools/snnc/runner.h"

#include <algorithm>
#include <numeric>

namespace snnc::cli {

static uint64_t count(const std::vector<uint8_t> &spikes) {
  return std::accumulate(spikes.begin(), spikes.end(), uint64_t{0});
}

static uint64_t samplesFor(const Subject &subject, const CalibrationData &data) {
  constexpr uint64_t kMost = 100, kBytes = uint64_t{256} << 20; // a byte a neuron and step, twice
  uint64_t neurons = 1;
  for (const net::Population &population : subject.net->populations)
    neurons += population.size();
  const uint64_t steps = data.dataSteps ? *data.dataset.steps : subject.run.steps.value_or(1);
  const uint64_t fit = kBytes / (2 * neurons * std::max<uint64_t>(steps, 1));
  return std::min({data.samples, kMost, std::max<uint64_t>(fit, 1)});
}

// The earliest step of one sample at which the populations differ, before `before`.
static std::optional<LayerDrift::Place>
firstIn(const trace::PopulationTrace &real, const trace::PopulationTrace &ints, uint32_t before) {
  for (uint32_t step = 0; step < before; ++step)
    for (uint32_t n = 0; n < real.size; ++n)
      if (const size_t at = size_t{step} * real.size + n; real.spikes[at] != ints.spikes[at])
        return LayerDrift::Place{step, 0, n};
  return std::nullopt;
}

// All spikes of the first samples.
static llvm::Expected<RunResult> runFirst(Subject &subject, const CalibrationData &data,
                                          std::vector<Engine> engines, Console &console) {
  // The data's steps for this run alone.
  const std::optional<uint32_t> steps = subject.run.steps;
  if (data.dataSteps)
    subject.run.steps.reset();
  RunPlan plan;
  plan.engines = std::move(engines);
  plan.keepTraces = true;
  auto run = runSamples(subject, {data.dataset, 0, samplesFor(subject, data)}, plan, console);
  subject.run.steps = steps;
  return run;
}

llvm::Expected<std::map<std::string, std::vector<float>>>
ratesOf(Subject &subject, const CalibrationData &data, Console &console) {
  llvm::Expected<RunResult> run = runFirst(subject, data, {Engine::Float}, console);
  if (!run)
    return run.takeError();
  std::map<std::string, std::vector<float>> rates;
  for (uint32_t p = 0; p < subject.net->populations.size(); ++p) {
    std::vector<float> &of = rates[subject.net->populations[p].name];
    of.assign(subject.net->populations[p].size(), 0.5f);
    float steps = 0.0f;
    for (const trace::SampleTrace &trace : run->engines[0].traces) {
      steps += static_cast<float>(trace.steps);
      const std::vector<uint8_t> &spikes = trace.populations[p].spikes;
      for (size_t at = 0; at < spikes.size(); ++at)
        of[at % of.size()] += spikes[at];
    }
    for (float &rate : of)
      rate /= steps;
  }
  return rates;
}

llvm::Expected<std::vector<LayerDrift>> driftOf(Subject &subject, const CalibrationData &data,
                                                Console &console) {
  llvm::Expected<RunResult> run = runFirst(subject, data, {Engine::Float, Engine::Quant}, console);
  if (!run)
    return run.takeError();
  std::vector<LayerDrift> drift;
  for (uint32_t p = 0; p < subject.quant->populations.size(); ++p) {
    if (subject.quant->populations[p].isInput)
      continue;
    LayerDrift &layer = drift.emplace_back();
    layer.name = subject.quant->populations[p].name;
    layer.samples = run->engines[0].traces.size();
    for (uint32_t sample = 0; sample < layer.samples; ++sample) {
      const trace::SampleTrace &trace = run->engines[0].traces[sample];
      const trace::PopulationTrace &real = trace.populations[p];
      const trace::PopulationTrace &ints = run->engines[1].traces[sample].populations[p];
      layer.floatSpikes += count(real.spikes);
      layer.quantSpikes += count(ints.spikes);
      if (auto place = firstIn(real, ints, layer.first ? layer.first->step : trace.steps)) {
        place->sample = sample;
        layer.first = place;
      }
    }
  }
  return drift;
}

} // namespace snnc::cli
