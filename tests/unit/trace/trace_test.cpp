#include "common/trace/npz.h"
#include "common/trace/readout.h"
#include "common/trace/trace.h"

#include "expect_diag.h"
#include "scratch.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::trace;

// Two steps; an input of 2 and an output of 3 neurons with state.
static SampleTrace sample() {
  SampleTrace trace;
  trace.steps = 2;
  trace.populations = {
      {"in", 2, {0, 1, 1, 0}, {}, {}, {}},
      {"out", 3, {0, 1, 1, 1, 0, 1}, {5, -2, 9, 7, 0, -9}, {1, 2, 3, 4, 5, 6}, {}}};
  return trace;
}

TEST(TraceDiff, EqualTracesHaveNone) {
  const TraceDiff result = diff(sample(), sample());
  EXPECT_EQ(result.spikeMismatches, 0u);
  EXPECT_EQ(result.stateMismatches, 0u);
  EXPECT_FALSE(result.first.has_value());
}

TEST(TraceDiff, FirstIsByStepThenPopulationThenNeuronThenField) {
  const SampleTrace a = sample();
  SampleTrace b = sample();
  b.populations[0].spikes[2] = 0; // step 1, population 0
  b.populations[1].spikes[2] = 0; // step 0, population 1, neuron 2
  b.populations[1].u[1] = 7;      // step 0, population 1, neuron 1
  b.populations[1].v[1] = 8;
  const TraceDiff result = diff(a, b);
  EXPECT_EQ(result.spikeMismatches, 2u);
  EXPECT_EQ(result.stateMismatches, 2u);
  ASSERT_TRUE(result.first.has_value());
  EXPECT_EQ(result.first->step, 0u);
  EXPECT_EQ(result.first->population, 1u);
  EXPECT_EQ(result.first->neuron, 1u);
  EXPECT_EQ(result.first->field, "v");
  EXPECT_EQ(result.first->a, -2);
  EXPECT_EQ(result.first->b, 8);
}

TEST(TraceDiff, StateThatOneDidNotRecordIsNotCompared) {
  SampleTrace b = sample();
  b.populations[1].v.clear();
  EXPECT_EQ(diff(sample(), b).stateMismatches, 0u);
}

TEST(Readout, EveryRule) {
  const PopulationTrace out = sample().populations[1];
  EXPECT_EQ(scores(out, 2, net::Readout::Count), (std::vector<double>{1, 1, 2}));
  EXPECT_EQ(scores(out, 2, net::Readout::Membrane), (std::vector<double>{6, -1, 0}));
  EXPECT_EQ(scores(out, 2, net::Readout::Last), (std::vector<double>{7, 0, -9}));
  EXPECT_EQ(scores(out, 2, net::Readout::Max), (std::vector<double>{7, 0, 9}));
  EXPECT_EQ(predict(out, 2, net::Readout::Count), 2u);
  EXPECT_EQ(predict(out, 2, net::Readout::Membrane), 0u);
  EXPECT_EQ(predict(out, 2, net::Readout::Max), 2u);
  MembraneUnits units;
  units.scale = {0.5, 1.0, 1.0};
  EXPECT_EQ(predict(out, 2, net::Readout::Max, &units), 0u);
}

// v / scale + rest, the delayed reset added back in the step of a spike and while v is held.
TEST(Readout, IntegersInUnitsOfTheFloatNetwork) {
  net::QuantPopulation population;
  population.shape = {2};
  population.neurons.resize(2);
  population.neurons[0].reset = 8;
  population.neurons[0].resetSubtract = true;
  population.neurons[1] = population.neurons[0];
  population.neurons[1].refractory = 2; // held for a step
  population.scale = {4.0, 2.0};
  population.rest = {0.0, -1.0};
  PopulationTrace out;
  out.name = "out";
  out.size = 2;
  out.spikes = {1, 1, 0, 0, 0, 0};
  out.v = {4, 6, 4, 6, 2, 2};
  net::Profile profile;
  const MembraneUnits usual = membraneUnits(population, profile);
  EXPECT_EQ(scores(out, 1, net::Readout::Last, &usual), (std::vector<double>{1, 2}));
  profile.reset.value = net::ResetRule::SubtractDelayed;
  const MembraneUnits units = membraneUnits(population, profile);
  EXPECT_EQ(scores(out, 1, net::Readout::Last, &units), (std::vector<double>{3, 6}));
  EXPECT_EQ(scores(out, 2, net::Readout::Last, &units), (std::vector<double>{1, 6}));
  EXPECT_EQ(scores(out, 3, net::Readout::Last, &units), (std::vector<double>{0.5, 0}));
  EXPECT_EQ(scores(out, 3, net::Readout::Max, &units), (std::vector<double>{3, 6}));
  EXPECT_EQ(scores(out, 3, net::Readout::Membrane, &units), (std::vector<double>{1.5, 4}));
}

TEST(Readout, TiesGoToTheLowestIndex) {
  PopulationTrace out = sample().populations[1];
  out.spikes = {0, 1, 1, 0, 0, 0};
  EXPECT_EQ(predict(out, 2, net::Readout::Count), 1u);
  out.spikes = {0, 0, 0, 0, 0, 0};
  EXPECT_EQ(predict(out, 2, net::Readout::Count), 0u);
}

TEST(Readout, TheFloatEnginesMembraneWins) {
  PopulationTrace out = sample().populations[1];
  out.vReal = {0, 0, 0, 0.25, 0.5, 0.125};
  EXPECT_EQ(predict(out, 2, net::Readout::Last), 1u);
}

TEST(Npz, ShapesAndTypes) {
  const support::NpyArrays arrays = toArrays({sample(), sample()}, true);
  ASSERT_EQ(arrays.size(), 4u); // in, out, out.v, out.u
  EXPECT_EQ(arrays.at("in").shape, (std::vector<uint64_t>{2, 2, 2}));
  EXPECT_EQ(arrays.at("in").type, support::NpyType::U8);
  EXPECT_EQ(arrays.at("out.v").type, support::NpyType::I32);
  EXPECT_EQ(arrays.at("out.v").toIntegers()[6], 5);
  EXPECT_EQ(toArrays({sample()}, false).size(), 2u);
  SampleTrace real = sample();
  real.populations[1].vReal.assign(6, 0.5);
  EXPECT_EQ(toArrays({real}, true).at("out.v").type, support::NpyType::F64);
}

TEST(Npz, WritesAFileThatReadsBack) {
  ScratchFolder scratch;
  ASSERT_FALSE(trace::writeNpz({sample()}, false, scratch / "t.npz"));
  auto back = support::readNpz(scratch / "t.npz");
  ASSERT_TRUE(static_cast<bool>(back));
  EXPECT_EQ(back->at("out").shape, (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(back->at("out").toIntegers(), (std::vector<int64_t>{0, 1, 1, 1, 0, 1}));
}

TEST(Npz, ALayerNamedLikeAStateIsRefused) {
  ScratchFolder scratch;
  SampleTrace named = sample();
  named.populations[0].name = "out.v";
  const support::Diagnostic error =
      firstDiagnostic(trace::writeNpz({named}, true, scratch / "t.npz"));
  EXPECT_EQ(error.code, support::DiagCode::DuplicateName);
  EXPECT_CONTAINS(error.message, "the state of 'out' and the layer 'out.v'");
  EXPECT_FALSE(trace::writeNpz({named}, false, scratch / "t.npz"));
}
