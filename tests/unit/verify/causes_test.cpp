// One change between a network and its quantised form, and the row of the report that it shows in.
#include "runtime/verify/causes.h"

#include "common/support/rng.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace snnc;
using runtime::verify::Cause;
using runtime::verify::CauseReport;

namespace {

constexpr double kScale = 6400.0;
constexpr uint16_t kLeak = 512; // of 4096

// in[8] -> a[12] -> out[3], recurrent in a: weights of 1/100, a leak of 1/8, in both forms.
struct Subject {
  net::Net real;
  net::QuantNet ints;
  std::vector<int32_t> labels;

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

  CauseReport report(uint64_t samples = 4, unsigned threads = 1) const {
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
                                             .progress = {},
                                             .labels = labels,
                                             .threads = threads});
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
  EXPECT_EQ(names,
            (std::vector<std::string>{"quantised", "weights", "saturation", "thresholds", "resets",
                                      "biases", "decays", "rounding", "together", "unexplained"}));
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
  EXPECT_EQ(total(report, "thresholds"), 0u);
  EXPECT_EQ(total(report, "resets"), 0u);
  EXPECT_EQ(total(report, "biases"), 0u);
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
  EXPECT_EQ(shown(subject.report()), "quantised thresholds together");
  EXPECT_EQ(total(subject.report(), "together"), total(subject.report(), "quantised"));
}

TEST(Causes, ResetAmounts) {
  Subject subject;
  for (net::NeuronConfig &neuron : subject.ints.populations[1].neurons)
    neuron.reset = 0; // comes back as no reset at all
  EXPECT_EQ(shown(subject.report()), "quantised resets together");
}

TEST(Causes, Biases) {
  Subject subject;
  subject.ints.populations[2].neurons[1].biasMant = 600;
  const CauseReport report = subject.report();
  EXPECT_EQ(shown(report), "quantised biases together");
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
  EXPECT_EQ(total(report, "together"), total(report, "quantised"));
  EXPECT_EQ(total(report, "unexplained"), 0u);
  Subject shifted(true);
  shifted.ints.hostLayers[0].shift.assign(12, 5);
  for (net::NeuronConfig &neuron : shifted.ints.populations[1].neurons)
    neuron.biasExp = 7;
  const CauseReport mantissas = shifted.report(100);
  EXPECT_EQ(total(mantissas, "weights"), 0u);
  EXPECT_GT(total(mantissas, "currents"), total(report, "currents")) << "coarser mantissas";
  EXPECT_EQ(total(mantissas, "together"), total(mantissas, "quantised"));
  EXPECT_EQ(total(mantissas, "unexplained"), 0u);
}

namespace {

// "layer cause", where the cause is no rounding of the state.
std::string causesByLayer(const CauseReport &report) {
  std::string names;
  for (const runtime::verify::LayerCause &each : report.byLayer)
    if (each.cause != Cause::Rounding)
      names += (names.empty() ? "" : ", ") + each.layer + " " + nameOf(each.cause);
  return names;
}

const runtime::verify::LayerCause &find(const CauseReport &report, const std::string &layer,
                                        Cause cause) {
  for (const runtime::verify::LayerCause &each : report.byLayer)
    if (each.layer == layer && each.cause == cause)
      return each;
  ADD_FAILURE() << "nothing of " << layer << ' ' << nameOf(cause);
  return report.byLayer.front();
}

} // namespace

// One change in one layer: alone it makes all of its row, and without it nothing of it is left.
TEST(Causes, OneLayer) {
  Subject subject;
  std::get<net::DenseInts>(subject.ints.projections[0].weights).values[5] += 20; // into "out"
  const CauseReport report = subject.report(40);
  EXPECT_EQ(causesByLayer(report), "out weights");
  const auto &weights = find(report, "out", Cause::Weights);
  EXPECT_GT(weights.on.total(), 0u);
  EXPECT_EQ(weights.on.differences, report.row("weights").differences);
  EXPECT_EQ(weights.on.differences[0], 0u) << "nothing of 'out' comes back to 'a'";
  EXPECT_EQ(weights.off.differences, report.row("rounding").differences);
  // Off everywhere is off in the only layer.
  for (const auto &row : report.without)
    if (row.cause == Cause::Weights) {
      EXPECT_EQ(row.differences, weights.off.differences);
    }
}

TEST(Causes, TwoLayersEachAlone) {
  Subject subject;
  subject.ints.populations[1].neurons[3].threshold -= 900;
  subject.ints.populations[2].neurons[1].biasMant = 600;
  const CauseReport report = subject.report(40);
  EXPECT_EQ(causesByLayer(report), "a thresholds, out biases");
  EXPECT_GT(find(report, "a", Cause::Thresholds).on.differences[0], 0u);
  EXPECT_EQ(find(report, "out", Cause::Biases).on.differences[0], 0u);
  EXPECT_GT(find(report, "out", Cause::Biases).on.differences[1], 0u);
  EXPECT_LT(find(report, "a", Cause::Thresholds).off.differences[0],
            report.row("together").differences[0]);
}

TEST(Causes, ClippedWeightsAreNotRounded) {
  Subject subject;
  auto &real = std::get<net::DenseWeights>(subject.real.projections[2].weights).values;
  auto &ints = std::get<net::DenseInts>(subject.ints.projections[2].weights).values;
  ints[7] = 127;
  real[7] = static_cast<float>(200 * 64 / kScale);
  EXPECT_EQ(causesByLayer(subject.report()), "a saturation");
  real[7] = static_cast<float>(127.4 * 64 / kScale); // less than half a step away: rounded
  EXPECT_EQ(causesByLayer(subject.report()), "a weights");
}

TEST(Causes, LabelsCountWhatIsRight) {
  Subject subject;
  EXPECT_FALSE(subject.report().labelled);
  subject.ints.populations[2].neurons[1].biasMant = 3000; // "1" is the answer
  subject.labels.assign(42, 1);
  const CauseReport report = subject.report(40);
  EXPECT_TRUE(report.labelled);
  EXPECT_LT(report.correct, 40u);
  EXPECT_EQ(report.row("quantised").correct, 40u);
  const auto &biases = find(report, "out", Cause::Biases);
  EXPECT_EQ(biases.on.correct, report.row("biases").correct);
  EXPECT_EQ(biases.off.correct, report.row("rounding").correct);
}

TEST(Causes, TheSameWithThreads) {
  Subject subject;
  subject.labels = {0, 1, 2, 0, 1, 2, 0, 1, 2};
  subject.ints.populations[1].neurons[3].threshold -= 900;
  const CauseReport one = subject.report(7), three = subject.report(7, 3);
  ASSERT_EQ(one.byLayer.size(), three.byLayer.size());
  for (size_t i = 0; i < one.rows.size(); ++i) {
    EXPECT_EQ(one.rows[i].differences, three.rows[i].differences);
    EXPECT_EQ(one.rows[i].correct, three.rows[i].correct);
    EXPECT_EQ(one.rows[i].first.has_value(), three.rows[i].first.has_value());
  }
  for (size_t i = 0; i < one.byLayer.size(); ++i) {
    EXPECT_EQ(one.byLayer[i].on.differences, three.byLayer[i].on.differences);
    EXPECT_EQ(one.byLayer[i].off.predictions, three.byLayer[i].off.predictions);
  }
  EXPECT_EQ(one.rows[0].first->sample, three.rows[0].first->sample);
  EXPECT_EQ(one.correct, three.correct);
}
