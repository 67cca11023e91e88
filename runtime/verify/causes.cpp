#include "runtime/verify/causes.h"

#include "common/net/dequantize.h"
#include "common/net/synapses.h"
#include "common/trace/readout.h"
#include "runtime/reference/float_engine.h"
#include "runtime/reference/quant_engine.h"

#include "llvm/Support/Format.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace snnc::runtime::verify {
namespace {

using reference::FloatEngine;

struct Change {
  const char *name = "";
  bool weights = false, parameters = false, decays = false, rounding = false, inputs = false;
};

constexpr Change kChanges[] = {
    {.name = "weights", .weights = true}, {.name = "parameters", .parameters = true},
    {.name = "decays", .decays = true},   {.name = "rounding", .rounding = true},
    {.name = "inputs", .inputs = true},   {"together", true, true, true, true, true},
};

// ---- the float network with something of the quantised one in it

const net::Projection *findProjection(const net::Net &net, const net::Projection &like) {
  for (const net::Projection &projection : net.projections)
    if (projection.name == like.name && projection.source == like.source &&
        projection.target == like.target)
      return &projection;
  return nullptr;
}

void takeWeights(net::Net &net, const net::Net &ints) {
  for (net::Projection &projection : net.projections)
    if (const net::Projection *found = findProjection(ints, projection)) {
      projection.before = found->before;
      projection.weights = found->weights;
    }
}

// `lower` has moved every rest to 0.
net::Param withoutRest(net::Param param, const std::vector<double> &rest) {
  if (rest.empty() || param.empty())
    return param;
  net::Param moved;
  for (size_t i = 0; i < rest.size(); ++i)
    moved.values.push_back(param[i] - rest[i]);
  return moved;
}

void takeBiases(net::Net &net, const net::Net &ints, uint32_t population) {
  std::vector<double> sum;
  for (const net::Projection &projection : ints.projections)
    if (projection.target == population && !projection.bias.empty()) {
      sum.resize(projection.bias.size(), 0.0);
      std::transform(sum.begin(), sum.end(), projection.bias.begin(), sum.begin(), std::plus<>());
    }
  for (net::Projection &projection : net.projections)
    if (projection.target == population) {
      projection.bias = std::move(sum);
      sum.clear();
    }
}

void takeParameters(net::Net &net, const net::Net &ints, const net::QuantNet &quant) {
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    if (quant.populations[p].isInput)
      continue;
    net::NeuronParams &params = net.populations[p].params;
    const net::NeuronParams &from = ints.populations[p].params;
    const bool crossbar = !quant.populations[p].crossbar.empty(); // its membrane is as it stands
    const std::vector<double> rest = crossbar ? std::vector<double>() : quant.populations[p].rest;
    params.vInit = withoutRest(from.vInit, rest);
    if (net::spikes(net.populations[p].kind)) {
      params.vThreshold = withoutRest(from.vThreshold, rest);
      params.vReset = withoutRest(from.vReset, rest);
      // An amount that became 0 has come back as no reset at all.
      if (net::resetRule(ints.populations[p], ints.profile) == net::ResetRule::None)
        params.vReset = params.vThreshold;
    }
    takeBiases(net, ints, p);
  }
}

// tau in steps whose unit integrator decays by 1 - leak/4096 a step.
double tauOf(uint32_t leak) {
  constexpr double kOne = 4096.0, kForgets = 1e-3; // exp(-1000) is 0 in double
  if (leak == 0)
    return std::numeric_limits<double>::infinity();
  return leak >= kOne ? kForgets : -1.0 / std::log1p(-(leak / kOne));
}

void takeDecays(net::Net &net, const net::QuantNet &quant) {
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    const net::QuantPopulation &from = quant.populations[p];
    if (!from.crossbar.empty())
      continue; // decays of 0 and 1 as they are
    net::Param membrane, current;
    for (const net::NeuronConfig &neuron : from.neurons) {
      membrane.values.push_back(tauOf(neuron.dv));
      current.values.push_back(tauOf(neuron.du + from.duOffset));
    }
    net::NeuronParams &params = net.populations[p].params;
    switch (net.populations[p].kind) {
    case net::NeuronKind::LIF:
    case net::NeuronKind::LI:
      params.tau = std::move(membrane);
      break;
    case net::NeuronKind::CubaLIF:
    case net::NeuronKind::CubaLI:
      params.tauMem = std::move(membrane);
      params.tauSyn = std::move(current);
      break;
    default:
      break;
    }
  }
}

const net::HostLayer *hostOf(const net::QuantNet &quant, uint32_t input) {
  for (const net::HostLayer &layer : quant.hostLayers)
    if (layer.source == input)
      return &layer;
  return nullptr;
}

// Values as the host reads them: integers, so that their products are exact.
data::EncodedSample roundedInputs(data::EncodedSample sample, const net::QuantNet &quant) {
  if (!sample.analog())
    return sample;
  uint32_t offset = 0;
  for (uint32_t input : quant.inputs) {
    const uint32_t size = quant.populations[input].size();
    const net::HostLayer *host = hostOf(quant, input);
    for (size_t row = 0; host != nullptr && row < sample.values.size(); row += sample.size)
      for (uint32_t i = 0; i < size; ++i) {
        float &value = sample.values[row + offset + i];
        const double x = std::nearbyint(static_cast<double>(value) * host->inputScale);
        value = static_cast<float>(std::clamp<double>(x, host->inputMin, host->inputMax));
      }
    offset += size;
  }
  return sample;
}

// Weights for values in the host's unit.
void takeInputs(net::Net &net, const net::QuantNet &quant) {
  const auto divide = [](std::vector<float> &values, double scale) {
    for (float &value : values)
      value = static_cast<float>(value / scale);
  };
  for (net::Projection &projection : net.projections) {
    const net::HostLayer *host = hostOf(quant, projection.source);
    if (host == nullptr)
      continue;
    if (auto *dense = std::get_if<net::DenseWeights>(&projection.weights))
      divide(dense->values, host->inputScale);
    else if (auto *sparse = std::get_if<net::SparseWeights>(&projection.weights))
      divide(sparse->values, host->inputScale);
    else if (auto *conv = std::get_if<net::ConvWeights>(&projection.weights))
      divide(conv->kernel, host->inputScale);
    else
      projection.before.insert(projection.before.begin(),
                               net::DiagonalWeights{net::preCount(projection),
                                                    {static_cast<float>(1 / host->inputScale)}});
  }
}

// ---- runs

struct Run {
  trace::SampleTrace trace;
  uint32_t prediction = 0;
};

struct Variant {
  Change change;
  std::unique_ptr<FloatEngine> engine;
};

class Experiment {
public:
  explicit Experiment(const CauseRequest &request);
  llvm::Error build();
  llvm::Error addSample(uint64_t number);
  CauseReport take() { return std::move(report); }

private:
  Run runFloat(FloatEngine &engine, const data::EncodedSample &sample) const;
  Run runQuant(const data::EncodedSample &sample);
  void compare(uint64_t number, const Run &a, const Run &b, CauseRow &row) const;

  const CauseRequest &request;
  reference::QuantEngine quant;
  std::unique_ptr<FloatEngine> original;
  std::vector<Variant> variants;
  std::vector<uint32_t> layers; // populations
  CauseReport report;
};

Experiment::Experiment(const CauseRequest &request)
    : request(request), quant(request.quant, request.core) {
  for (uint32_t p = 0; p < request.quant.populations.size(); ++p) {
    const net::QuantPopulation &population = request.quant.populations[p];
    if (population.isInput)
      continue;
    layers.push_back(p);
    report.layers.push_back({population.name, population.size(), 0});
  }
  report.samples = request.samples;
}

llvm::Error Experiment::build() {
  auto made = FloatEngine::create(request.lowered);
  if (!made)
    return made.takeError();
  original = std::move(*made);
  llvm::Expected<net::Net> ints = net::dequantize(request.quant);
  if (!ints)
    return ints.takeError();
  // Membranes stay those of the lowered network; rests are added to all alike.
  reference::RoundingGrid grid = reference::RoundingGrid::of(request.quant);
  for (reference::RoundingGrid::Population &population : grid.populations)
    population.rest.clear();

  report.rows.push_back({"quantised", {}, 0, {}});
  for (const Change &change : kChanges) {
    const bool inputsAlone = change.inputs && !change.weights;
    if (inputsAlone && request.quant.hostLayers.empty())
      continue;
    net::Net net = request.lowered;
    if (change.weights)
      takeWeights(net, *ints);
    if (change.parameters)
      takeParameters(net, *ints, request.quant);
    if (change.decays)
      takeDecays(net, request.quant);
    if (change.inputs)
      takeInputs(net, request.quant);
    auto engine = FloatEngine::create(net, {.rounding = change.rounding ? &grid : nullptr});
    if (!engine)
      return engine.takeError();
    variants.push_back({change, std::move(*engine)});
    report.rows.push_back({change.name, {}, 0, {}});
  }
  report.rows.push_back({"unexplained", {}, 0, {}});
  for (CauseRow &row : report.rows)
    row.differences.assign(layers.size(), 0);
  return llvm::Error::success();
}

uint32_t predictionOf(const trace::SampleTrace &trace, const net::QuantNet &quant) {
  const uint32_t output = quant.outputs.front();
  trace::PopulationTrace entry = trace.populations[output];
  const std::vector<double> &rest = quant.populations[output].rest;
  for (size_t i = 0; !rest.empty() && i < entry.vReal.size(); ++i)
    entry.vReal[i] += rest[i % entry.size];
  return trace::predict(entry, trace.steps, quant.run.readout);
}

Run Experiment::runFloat(FloatEngine &engine, const data::EncodedSample &sample) const {
  Run run;
  run.trace = engine.run(sample, true);
  run.prediction = predictionOf(run.trace, request.quant);
  return run;
}

Run Experiment::runQuant(const data::EncodedSample &sample) {
  Run run;
  run.trace = quant.run(sample, true);
  const uint32_t output = request.quant.outputs.front();
  trace::PopulationTrace &entry = run.trace.populations[output];
  const std::vector<double> &scale = request.quant.populations[output].scale;
  for (size_t i = 0; i < entry.v.size(); ++i)
    entry.vReal.push_back(entry.v[i] / scale[i % entry.size]);
  run.prediction = predictionOf(run.trace, request.quant);
  return run;
}

void Experiment::compare(uint64_t number, const Run &a, const Run &b, CauseRow &row) const {
  row.predictions += a.prediction != b.prediction;
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    const trace::PopulationTrace &x = a.trace.populations[layers[layer]];
    const trace::PopulationTrace &y = b.trace.populations[layers[layer]];
    for (size_t i = 0; i < x.spikes.size(); ++i)
      row.differences[layer] += x.spikes[i] != y.spikes[i];
  }
  if (row.first)
    return;
  for (uint32_t step = 0; step < a.trace.steps; ++step)
    for (uint32_t p : layers) {
      const trace::PopulationTrace &x = a.trace.populations[p], &y = b.trace.populations[p];
      for (uint32_t n = 0; n < x.size; ++n)
        if (const size_t i = size_t{step} * x.size + n; x.spikes[i] != y.spikes[i]) {
          row.first = trace::Divergence{
              static_cast<uint32_t>(number), step, p, n, "spike", x.spikes[i], y.spikes[i]};
          return;
        }
    }
}

llvm::Error Experiment::addSample(uint64_t number) {
  llvm::Expected<data::EncodedSample> sample = request.sampleAt(number);
  if (!sample)
    return sample.takeError();
  report.steps += sample->steps;
  const Run real = runFloat(*original, *sample), ints = runQuant(*sample);
  for (size_t layer = 0; layer < layers.size(); ++layer) {
    const std::vector<uint8_t> &spikes = real.trace.populations[layers[layer]].spikes;
    report.layers[layer].spikes += std::accumulate(spikes.begin(), spikes.end(), uint64_t{0});
  }
  compare(number, real, ints, report.rows.front());
  for (size_t v = 0; v < variants.size(); ++v) {
    const Run run =
        runFloat(*variants[v].engine,
                 variants[v].change.inputs ? roundedInputs(*sample, request.quant) : *sample);
    compare(number, real, run, report.rows[v + 1]);
    if (v + 1 == variants.size())
      compare(number, run, ints, report.rows.back());
  }
  return llvm::Error::success();
}

} // namespace

uint64_t CauseRow::total() const {
  return std::accumulate(differences.begin(), differences.end(), uint64_t{0});
}

llvm::Expected<CauseReport> findCauses(const CauseRequest &request) {
  Experiment experiment(request);
  if (llvm::Error error = experiment.build())
    return error;
  for (uint64_t i = 0; i < request.samples; ++i) {
    if (llvm::Error error = experiment.addSample(request.firstSample + i))
      return error;
    if (request.progress)
      request.progress(i + 1, request.samples);
  }
  return experiment.take();
}

void print(const CauseReport &report, llvm::raw_ostream &os) {
  constexpr unsigned kFirst = 12, kColumn = 10;
  const auto width = [&](const CauseReport::Layer &layer) {
    return std::max<unsigned>(kColumn, static_cast<unsigned>(layer.name.size()) + 2);
  };
  os << "spikes that differ from the float network, " << report.samples << " samples, "
     << report.steps << " steps\n";
  os << llvm::left_justify("", kFirst) << llvm::right_justify("all", kColumn);
  for (const CauseReport::Layer &layer : report.layers)
    os << llvm::right_justify(layer.name, width(layer));
  os << llvm::right_justify("predictions", kColumn + 3) << "\n";
  for (const CauseRow &row : report.rows) {
    os << llvm::left_justify(row.name, kFirst)
       << llvm::right_justify(std::to_string(row.total()), kColumn);
    for (size_t layer = 0; layer < report.layers.size(); ++layer)
      os << llvm::right_justify(std::to_string(row.differences[layer]),
                                width(report.layers[layer]));
    os << llvm::right_justify(std::to_string(row.predictions), kColumn + 3) << "\n";
  }
  uint64_t spikes = 0;
  for (const CauseReport::Layer &layer : report.layers)
    spikes += layer.spikes;
  os << llvm::left_justify("of spikes", kFirst)
     << llvm::right_justify(std::to_string(spikes), kColumn);
  for (const CauseReport::Layer &layer : report.layers)
    os << llvm::right_justify(std::to_string(layer.spikes), width(layer));
  os << "\n";
}

} // namespace snnc::runtime::verify
