// One change between a network and its quantised form, and the row of the report that it shows in.
#include "runtime/verify/causes.h"

#include "common/support/rng.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace snnc;
using runtime::verify::CauseReport;

namespace {

constexpr double kScale = 6400.0;
constexpr uint16_t kLeak = 512; // of 4096

// in[8] -> a[12] -> out[3], recurrent in a: weights of 1/100, a leak of 1/8, in both forms.
struct Subject {
  net::Net real;
  net::QuantNet ints;

  explicit Subject(bool direct = false) {
    support::Rng rng(3);
    real.profile.tauUnit.value = net::TauUnit::Steps;
    real.profile.integrator.value = net::Integrator::Unit;
    real.profile.reset.value = net::ResetRule::Subtract;
    addPopulation("in", 8);
    addPopulation("a", 12);
    addPopulation("out", 3);
    join(rng, 1, 2, 0);
    join(rng, 1, 1, 1);
    real.projections[0].bias.assign(3, 0.01);
    if (direct)
      joinHost(rng);
    else
      join(rng, 0, 1, 0);
    real.inputs = ints.inputs = {0};
    real.outputs = ints.outputs = {2};
  }

  CauseReport report(uint64_t samples = 4) const {
    const auto sampleAt = [&](uint64_t number) -> llvm::Expected<data::EncodedSample> {
      support::Rng rng(100 + number);
      data::EncodedSample sample;
      sample.steps = 50;
      sample.size = 8;
      for (uint32_t i = 0; ints.hostLayers.empty() && i < 8 * 50; ++i)
        sample.spikes.push_back(rng.below(3) == 0);
      for (uint32_t i = 0; !ints.hostLayers.empty() && i < 8; ++i)
        sample.values.push_back(static_cast<float>(rng.uniform()));
      return sample;
    };
    auto made = runtime::verify::findCauses({.lowered = real,
                                             .quant = ints,
                                             .core = {},
                                             .firstSample = 2,
                                             .samples = samples,
                                             .sampleAt = sampleAt,
                                             .progress = {}});
    if (made)
      return std::move(*made);
    ADD_FAILURE() << llvm::toString(made.takeError());
    return {};
  }

private:
  void addPopulation(const char *name, uint32_t size) {
    net::Population population;
    net::QuantPopulation quant;
    population.name = quant.name = name;
    population.shape = quant.shape = {size};
    quant.isInput = real.populations.empty();
    if (!quant.isInput) {
      population.kind = net::NeuronKind::LIF;
      population.params.tau = -1.0 / std::log1p(-kLeak / 4096.0);
      population.params.vThreshold = 1.0;
      net::NeuronConfig neuron;
      neuron.resetSubtract = true;
      neuron.threshold = neuron.reset = static_cast<int32_t>(kScale);
      neuron.du = 4095;
      neuron.dv = kLeak;
      neuron.biasMant = population.name == "out" ? 64 : 0;
      quant.neurons.assign(size, neuron);
      quant.scale.assign(size, kScale);
    }
    real.populations.push_back(std::move(population));
    ints.populations.push_back(std::move(quant));
  }

  net::DenseInts randomWeights(support::Rng &rng, uint32_t rows, uint32_t cols) {
    net::DenseInts weights{rows, cols, {}};
    for (uint32_t i = 0; i < rows * cols; ++i)
      weights.values.push_back(static_cast<int16_t>(rng.between(-30, 45)));
    return weights;
  }

  void join(support::Rng &rng, uint32_t source, uint32_t target, uint32_t delay) {
    net::Projection projection;
    net::QuantProjection quant;
    projection.name = quant.name = "e" + std::to_string(real.projections.size());
    projection.source = quant.source = source;
    projection.target = quant.target = target;
    projection.delay = quant.delay = delay;
    const net::DenseInts weights =
        randomWeights(rng, real.populations[target].size(), real.populations[source].size());
    net::DenseWeights values{weights.rows, weights.cols, {}};
    for (int16_t weight : weights.values)
      values.values.push_back(static_cast<float>(weight * 64 / kScale));
    projection.weights = values;
    quant.weights = weights;
    real.projections.push_back(std::move(projection));
    ints.projections.push_back(std::move(quant));
  }

  // x = round(255 value), bias = mantissa << 2.
  void joinHost(support::Rng &rng) {
    net::HostLayer host;
    host.name = "host";
    host.target = 1;
    net::DenseInts weights{12, 8, {}};
    for (uint32_t i = 0; i < 12 * 8; ++i)
      weights.values.push_back(static_cast<int16_t>(rng.between(-2, 3)));
    for (net::NeuronConfig &neuron : ints.populations[1].neurons)
      neuron.biasExp = 2;
    host.weights = weights;
    host.bias.assign(12, 0);
    host.shift.assign(12, 0);
    net::Projection projection;
    projection.name = host.name;
    projection.target = 1;
    net::DenseWeights values{12, 8, {}};
    for (int16_t weight : weights.values)
      values.values.push_back(static_cast<float>(weight * 4 * 255 / kScale));
    projection.weights = values;
    real.projections.push_back(projection);
    real.run.encode = ints.run.encode = net::Encoding::Direct;
    ints.hostLayers.push_back(std::move(host));
  }
};

uint64_t total(const CauseReport &report, const std::string &name) {
  for (const runtime::verify::CauseRow &row : report.rows)
    if (row.name == name)
      return row.total();
  ADD_FAILURE() << "no row " << name;
  return 0;
}

// Rows other than rounding that are not 0.
std::string shown(const CauseReport &report) {
  std::string names;
  for (const runtime::verify::CauseRow &row : report.rows)
    if (row.total() != 0 && row.name != "rounding")
      names += (names.empty() ? "" : " ") + row.name;
  return names;
}

} // namespace

TEST(Causes, RowsAndLayers) {
  const CauseReport report = Subject().report();
  std::vector<std::string> names;
  for (const auto &row : report.rows)
    names.push_back(row.name);
  EXPECT_EQ(names, (std::vector<std::string>{"quantised", "weights", "parameters", "decays",
                                             "rounding", "together", "unexplained"}));
  ASSERT_EQ(report.layers.size(), 2u);
  EXPECT_EQ(report.layers[0].name, "a");
  EXPECT_GT(report.layers[0].spikes, 100u);
  EXPECT_GT(report.layers[1].spikes, 20u);
  EXPECT_EQ(report.samples, 4u);
  EXPECT_EQ(report.steps, 200u);
}

TEST(Causes, OnTheGridOnlyTheStateIsRounded) {
  const CauseReport report = Subject().report(200);
  EXPECT_EQ(total(report, "weights"), 0u);
  EXPECT_EQ(total(report, "parameters"), 0u);
  EXPECT_EQ(total(report, "decays"), 0u);
  EXPECT_EQ(total(report, "unexplained"), 0u);
  EXPECT_GT(total(report, "rounding"), 0u);
  EXPECT_EQ(total(report, "rounding"), total(report, "quantised"));
  EXPECT_EQ(total(report, "together"), total(report, "quantised"));
  const auto &first = report.rows[0].first;
  ASSERT_TRUE(first);
  EXPECT_GE(first->sample, 2u);
  EXPECT_EQ(first->field, "spike");
}

TEST(Causes, Weights) {
  Subject subject;
  std::get<net::DenseInts>(subject.ints.projections[2].weights).values[5] += 20;
  const CauseReport report = subject.report();
  EXPECT_EQ(shown(report), "quantised weights together");
}

TEST(Causes, Thresholds) {
  Subject subject;
  subject.ints.populations[1].neurons[3].threshold -= 900;
  EXPECT_EQ(shown(subject.report()), "quantised parameters together");
  EXPECT_EQ(total(subject.report(), "together"), total(subject.report(), "quantised"));
}

TEST(Causes, ResetAmounts) {
  Subject subject;
  for (net::NeuronConfig &neuron : subject.ints.populations[1].neurons)
    neuron.reset = 0; // comes back as no reset at all
  EXPECT_EQ(shown(subject.report()), "quantised parameters together");
}

TEST(Causes, Biases) {
  Subject subject;
  subject.ints.populations[2].neurons[1].biasMant = 600;
  const CauseReport report = subject.report();
  EXPECT_EQ(shown(report), "quantised parameters together");
  EXPECT_EQ(report.rows[0].differences[0], 0u) << "layer 'a' has not changed";
}

TEST(Causes, Decays) {
  Subject subject;
  for (net::NeuronConfig &neuron : subject.ints.populations[1].neurons)
    neuron.dv = 700;
  EXPECT_EQ(shown(subject.report()), "quantised decays together");
}

// Sums that wrap at 22 bits are no rounding: nothing explains them.
TEST(Causes, WrapsAreUnexplained) {
  Subject subject;
  net::QuantProjection &input = subject.ints.projections[2];
  input.exponent = 7;
  auto &weights = std::get<net::DenseInts>(input.weights).values;
  std::fill(weights.begin(), weights.end(), int16_t{127});
  EXPECT_GT(total(subject.report(), "unexplained"), 0u);
}

TEST(Causes, DirectCodedInputs) {
  const CauseReport report = Subject(true).report(100);
  EXPECT_EQ(total(report, "weights"), 0u);
  EXPECT_GT(total(report, "inputs"), 0u);
  EXPECT_EQ(total(report, "unexplained"), 0u) << "shift 0: mantissas are exact";
  Subject shifted(true);
  shifted.ints.hostLayers[0].shift.assign(12, 5);
  for (net::NeuronConfig &neuron : shifted.ints.populations[1].neurons)
    neuron.biasExp = 7;
  EXPECT_EQ(total(shifted.report(100), "weights"), 0u);
  EXPECT_GT(total(shifted.report(100), "unexplained"), 0u) << "rounded mantissas";
}

TEST(Causes, Table) {
  Subject subject;
  subject.ints.populations[1].neurons[3].threshold -= 900;
  std::string text;
  llvm::raw_string_ostream os(text);
  print(subject.report(), os);
  os.flush();
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "spikes that differ from the float network, 4 samples, 200 steps");
  EXPECT_NE(text.find("parameters"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
}
