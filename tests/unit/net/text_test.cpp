#include "common/net/parse.h"
#include "common/net/print.h"
#include "common/net/verify.h"
#include "tests/unit/net/random_nets.h"
#include "tests/unit/support/expect_diag.h"

#include <cstring>
#include <fstream>
#include <sstream>

namespace snnc::net {
namespace {

template <class AnyNet> std::string textOf(const AnyNet &net) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(net, os);
  return text;
}

template <class AnyNet> AnyNet parsed(const std::string &text) {
  auto net = parse(text, "a.snn");
  if (!net) {
    ADD_FAILURE() << llvm::toString(net.takeError()) << text;
    return {};
  }
  return std::get<AnyNet>(*net);
}

// -0.0 and 0.0 differ here; NaN does not occur.
bool sameBits(const std::vector<double> &a, const std::vector<double> &b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}
bool sameBits(const std::vector<float> &a, const std::vector<float> &b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

template <class T> void expectSame(const Setting<T> &a, const Setting<T> &b) {
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.origin, b.origin);
  EXPECT_EQ(a.reason, b.reason);
}

void expectSame(const Profile &a, const Profile &b) {
  expectSame(a.dt, b.dt);
  expectSame(a.tauUnit, b.tauUnit);
  expectSame(a.integrator, b.integrator);
  expectSame(a.reset, b.reset);
  expectSame(a.compare, b.compare);
  expectSame(a.biasTiming, b.biasTiming);
}

void expectSame(const RunOptions &a, const RunOptions &b) {
  EXPECT_EQ(a.steps, b.steps);
  EXPECT_EQ(a.encode, b.encode);
  EXPECT_EQ(a.readout, b.readout);
  EXPECT_TRUE(sameBits(std::vector{a.inputLow, a.inputHigh}, {b.inputLow, b.inputHigh}));
}

void expectSame(const Population &a, const Population &b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.shape, b.shape);
  EXPECT_EQ(a.reset, b.reset);
  EXPECT_TRUE(sameBits(a.grid.scale.values, b.grid.scale.values));
  EXPECT_EQ(std::tuple(a.grid.biasExp, a.grid.duOffset),
            std::tuple(b.grid.biasExp, b.grid.duOffset));
  const NeuronParams &p = a.params, &q = b.params;
  EXPECT_TRUE(sameBits(p.tau.values, q.tau.values));
  EXPECT_TRUE(sameBits(p.tauSyn.values, q.tauSyn.values));
  EXPECT_TRUE(sameBits(p.tauMem.values, q.tauMem.values));
  EXPECT_TRUE(sameBits(p.r.values, q.r.values));
  EXPECT_TRUE(sameBits(p.wIn.values, q.wIn.values));
  EXPECT_TRUE(sameBits(p.vLeak.values, q.vLeak.values));
  EXPECT_TRUE(sameBits(p.vThreshold.values, q.vThreshold.values));
  EXPECT_TRUE(sameBits(p.vReset.values, q.vReset.values));
  EXPECT_TRUE(sameBits(p.vInit.values, q.vInit.values));
  EXPECT_TRUE(sameBits(p.refractory.values, q.refractory.values));
}

void expectSame(const DenseWeights &a, const DenseWeights &b) {
  EXPECT_TRUE(a.rows == b.rows && a.cols == b.cols && sameBits(a.values, b.values));
}
void expectSame(const DenseInts &a, const DenseInts &b) {
  EXPECT_TRUE(a.rows == b.rows && a.cols == b.cols && a.values == b.values);
}
void expectSame(const SparseWeights &a, const SparseWeights &b) {
  EXPECT_TRUE(a.posts == b.posts && a.pres == b.pres && a.rowStart == b.rowStart &&
              a.columns == b.columns && sameBits(a.values, b.values));
}
void expectSame(const SparseInts &a, const SparseInts &b) {
  EXPECT_TRUE(a.posts == b.posts && a.pres == b.pres && a.rowStart == b.rowStart &&
              a.columns == b.columns && a.values == b.values);
}
void expectSame(const ConvWeights &a, const ConvWeights &b) {
  EXPECT_EQ(std::tuple(a.inChannels, a.outChannels, a.groups),
            std::tuple(b.inChannels, b.outChannels, b.groups));
  EXPECT_TRUE(a.window == b.window && sameBits(a.kernel, b.kernel));
}
void expectSame(const ConvInts &a, const ConvInts &b) {
  EXPECT_TRUE(a == b);
}
void expectSame(const PoolMap &a, const PoolMap &b) {
  EXPECT_TRUE(a == b);
}
void expectSame(const DiagonalWeights &a, const DiagonalWeights &b) {
  EXPECT_TRUE(a.size == b.size && sameBits(a.values, b.values));
}
template <class... Forms>
void expectSame(const std::variant<Forms...> &a, const std::variant<Forms...> &b) {
  ASSERT_EQ(a.index(), b.index());
  std::visit([&](const auto &form) { expectSame(form, std::get<std::decay_t<decltype(form)>>(b)); },
             a);
}

void expectSame(const Projection &a, const Projection &b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(std::tuple(a.source, a.target, a.delay), std::tuple(b.source, b.target, b.delay));
  ASSERT_EQ(a.before.size(), b.before.size());
  for (size_t i = 0; i < a.before.size(); ++i)
    expectSame(a.before[i], b.before[i]);
  expectSame(a.weights, b.weights);
  EXPECT_TRUE(sameBits(a.bias, b.bias));
  EXPECT_EQ(std::tuple(a.grid.weightBits, a.grid.exponent, a.grid.hostShift),
            std::tuple(b.grid.weightBits, b.grid.exponent, b.grid.hostShift));
}

void expectSame(const Net &a, const Net &b) {
  EXPECT_EQ(a.name, b.name);
  expectSame(a.profile, b.profile);
  expectSame(a.run, b.run);
  ASSERT_EQ(a.populations.size(), b.populations.size());
  for (size_t i = 0; i < a.populations.size(); ++i)
    expectSame(a.populations[i], b.populations[i]);
  ASSERT_EQ(a.projections.size(), b.projections.size());
  for (size_t i = 0; i < a.projections.size(); ++i)
    expectSame(a.projections[i], b.projections[i]);
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.outputs, b.outputs);
}

void expectSame(const QuantNet &a, const QuantNet &b) {
  EXPECT_EQ(a.name, b.name);
  expectSame(a.profile, b.profile);
  expectSame(a.run, b.run);
  ASSERT_EQ(a.populations.size(), b.populations.size());
  for (size_t i = 0; i < a.populations.size(); ++i) {
    const QuantPopulation &p = a.populations[i], &q = b.populations[i];
    EXPECT_EQ(p.name, q.name);
    EXPECT_EQ(p.shape, q.shape);
    EXPECT_EQ(std::tuple(p.isInput, p.vmin, p.vmax, p.duOffset),
              std::tuple(q.isInput, q.vmin, q.vmax, q.duOffset));
    EXPECT_TRUE(p.neurons == q.neurons);
    EXPECT_TRUE(sameBits(p.scale, q.scale));
    EXPECT_TRUE(sameBits(p.rest, q.rest));
  }
  ASSERT_EQ(a.projections.size(), b.projections.size());
  for (size_t i = 0; i < a.projections.size(); ++i) {
    const QuantProjection &p = a.projections[i], &q = b.projections[i];
    EXPECT_EQ(p.name, q.name);
    EXPECT_EQ(std::tuple(p.source, p.target, p.delay, p.weightBits, p.exponent),
              std::tuple(q.source, q.target, q.delay, q.weightBits, q.exponent));
    EXPECT_EQ(p.pools, q.pools);
    expectSame(p.weights, q.weights);
  }
  ASSERT_EQ(a.hostLayers.size(), b.hostLayers.size());
  for (size_t i = 0; i < a.hostLayers.size(); ++i) {
    const HostLayer &p = a.hostLayers[i], &q = b.hostLayers[i];
    EXPECT_EQ(p.name, q.name);
    EXPECT_EQ(std::tuple(p.source, p.target, p.weightBits, p.inputScale, p.inputMin, p.inputMax),
              std::tuple(q.source, q.target, q.weightBits, q.inputScale, q.inputMin, q.inputMax));
    expectSame(p.weights, q.weights);
    EXPECT_EQ(p.bias, q.bias);
    EXPECT_EQ(p.shift, q.shift);
  }
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.outputs, b.outputs);
}

TEST(Text, RandomNetsRoundTrip) {
  const uint64_t seed = testSeed(1);
  for (uint64_t i = 0; i < 200; ++i) {
    SCOPED_TRACE(llvm::formatv("replay with SNNC_SEED={0}, one net", seed + i).str());
    const Net net = RandomNets(seed + i).net();
    const std::string text = textOf(net);
    const Net again = parsed<Net>(text);
    expectSame(net, again);
    EXPECT_EQ(text, textOf(again));
    if (testing::Test::HasFailure())
      return;
  }
}

TEST(Text, RandomQuantNetsRoundTrip) {
  const uint64_t seed = testSeed(1);
  for (uint64_t i = 0; i < 200; ++i) {
    SCOPED_TRACE(llvm::formatv("replay with SNNC_SEED={0}, one net", seed + i).str());
    const QuantNet net = RandomNets(seed + i).quantNet();
    const std::string text = textOf(net);
    const QuantNet again = parsed<QuantNet>(text);
    expectSame(net, again);
    EXPECT_EQ(text, textOf(again));
    if (testing::Test::HasFailure())
      return;
  }
}

// What a person writes: everything with a default left out.
TEST(Text, Minimal) {
  const Net net = parsed<Net>("net @five {\n  population @hidden size 5 model lif\n}\n");
  EXPECT_EQ(net.name, "five");
  ASSERT_EQ(net.populations.size(), 1u);
  EXPECT_EQ(net.populations[0].kind, NeuronKind::LIF);
  EXPECT_EQ(net.populations[0].shape, std::vector<uint32_t>{5});
  EXPECT_EQ(net.populations[0].loc.line, 2u);
}

TEST(Text, ByHand) {
  const Net net = parsed<Net>(R"(
    // RUN: comments and commas are blanks
    net @hand {
      profile { dt 1e-3  reset subtract "as trained" }
      run steps 8 encode rate readout last range -1 1
      population @in shape 1x2 model input
      population @out size 3 model cubalif { tau_mem 20, tau_syn [5, 2*inf], r 20, w_in 5 }
      projection @fc from @in to @out dense 3x2 { [1 2] [2*-0.5] [0 1e-3] bias [3*0.25] }
      projection @rec from @out to @out delay 1 sparse 3x3 { 0: 1=0.5 2=1  2: 0=-1 }
      inputs @in outputs @out
    })");
  EXPECT_EQ(net.profile.dt.value, 1e-3);
  EXPECT_EQ(net.profile.dt.origin, Origin::Model);
  EXPECT_EQ(net.profile.reset.reason, "as trained");
  EXPECT_EQ(net.profile.integrator.origin, Origin::Default);
  EXPECT_EQ(net.run.steps, 8u);
  EXPECT_EQ(net.run.inputLow, -1.0);
  EXPECT_EQ(std::get<DenseWeights>(net.projections[0].weights).values,
            (std::vector<float>{1, 2, -0.5f, -0.5f, 0, 1e-3f}));
  const auto &sparse = std::get<SparseWeights>(net.projections[1].weights);
  EXPECT_EQ(sparse.rowStart, (std::vector<uint64_t>{0, 2, 2, 3}));
  EXPECT_EQ(sparse.columns, (std::vector<uint32_t>{1, 2, 0}));
}

// The text of a small net, so that a change of the format is a decision.
TEST(Text, Golden) {
  Net net;
  net.name = "two";
  net.profile.reset = {ResetRule::Subtract, Origin::Flag, "--reset"};
  net.run.steps = 25;
  net.populations.resize(2);
  net.populations[0] = {"in", NeuronKind::Input, {2, 2}, {}, {}, {}, {}};
  net.populations[1] = {"out", NeuronKind::LIF, {3}, {}, {}, {}, {}};
  net.populations[1].params.tau = 0.002;
  net.populations[1].params.vThreshold.values = {1, 1, 0.5};
  net.projections.push_back({"fc", 0, 1, 0, {}, DenseWeights{3, 4, {}}, {0, 0, 0.1}, {}, {}});
  std::get<DenseWeights>(net.projections[0].weights).values = {0, 0, 0, 0, 1, 2, 3, 4, 1, 1, 1, -1};
  net.inputs = {0};
  net.outputs = {1};
  EXPECT_EQ(textOf(net), R"(net @two {
  profile {
    dt 1e-04 default
    tau_unit s default
    integrator euler default
    reset subtract flag "--reset"
    compare gt default
    bias_timing window default
  }
  run steps 25 encode none readout count range 0 1
  population @in shape 2x2 model input {
  }
  population @out size 3 model lif {
    tau 0.002
    v_threshold [1 1 0.5]
  }
  projection @fc from @in to @out delay 0 dense 3x4 {
    [4*0]
    [1 2 3 4]
    [3*1 -1]
    bias [0 0 0.1]
  }
  inputs @in
  outputs @out
}
)");
}

TEST(Text, GoldenForms) {
  Net net;
  net.name = "forms";
  net.populations.resize(2);
  net.populations[0] = {"in", NeuronKind::Input, {1, 2, 3}, {}, {}, {}, {}};
  net.populations[1] = {"out", NeuronKind::LIF, {2, 1, 2}, {}, ResetRule::None, {}, {}};
  net.populations[1].grid.scale = 64.0;
  net.populations[1].grid.biasExp = {0, 0, 0, 3};
  net.populations[1].grid.duOffset = 0;
  Projection projection;
  projection.name = "c";
  projection.target = 1;
  projection.before = {DiagonalWeights{6, {0.5f}}, DenseWeights{6, 6, std::vector<float>(36, 1)},
                       PoolMap{1, {2, 3, 2, 3, 1, 1, 1, 1, 0, 0, 1, 1}, true}};
  projection.weights =
      ConvWeights{1, 2, 1, {2, 3, 1, 2, 2, 1, 1, 2, 0, 1, 3, 1}, {0.5f, -1, 0.5f, 2}};
  projection.bias = {1, 2, 3, 4};
  projection.grid = {8, 1, {2, 2, 2, 2}};
  net.projections = {projection};
  const std::string text = textOf(net);
  EXPECT_EQ(text.substr(text.find("  population @out")),
            R"(  population @out shape 2x1x2 model lif reset none {
    grid_scale 64
    grid_bias_exp [3*0 3]
    grid_du_offset 0
  }
  projection @c from @in to @out delay 0
    before diagonal 6 { 0.5 }
    before dense 6x6 {
    [6*1]
    [6*1]
    [6*1]
    [6*1]
    [6*1]
    [6*1]
    }
    before avgpool 1x2x3 of 1x2x3 kernel 1x1 { }
    conv 2x1x2 of 1x2x3 kernel 2x1 stride 1x2 pad 0x1 dilation 3x1 {
    [0.5 -1]
    [0.5 2]
    bias [1 2 3 4]
    grid bits 8 exponent 1 shift [4*2]
  }
}
)");
}

TEST(Text, QuantByHand) {
  const QuantNet net = parsed<QuantNet>(R"(quantnet @q {
    population @in size 2 input
    population @h size 3 vmin -100 du_offset 0 {
      neurons 2 x { threshold 64 du 4095 compare_ge }
      neurons 1 x { }
    }
    projection @fc from @in to @h bits 4 dense 3x2 { [7 -8] [0 0] [1 2] }
    inputs @in outputs @h })");
  const QuantPopulation &h = net.populations[1];
  EXPECT_EQ(h.vmin, -100);
  EXPECT_EQ(h.duOffset, 0);
  ASSERT_EQ(h.neurons.size(), 3u);
  EXPECT_EQ(h.neurons[1].threshold, 64);
  EXPECT_TRUE(h.neurons[1].compareGe);
  EXPECT_TRUE(h.neurons[2] == NeuronConfig());
}

// The examples of docs/reference/network_ir.md are read as they stand there.
TEST(Text, DocumentedExamples) {
  std::ifstream file(SNNC_SOURCE_DIR "/docs/reference/network_ir.md");
  std::stringstream page;
  page << file.rdbuf();
  const std::string text = page.str();
  size_t examples = 0;
  for (size_t at = text.find("```\n"); at != std::string::npos; at = text.find("```\n", at)) {
    const size_t begin = at + 4, end = text.find("```", begin);
    ASSERT_NE(end, std::string::npos);
    const std::string example = text.substr(begin, end - begin);
    if (example.rfind("quantnet", 0) == 0)
      EXPECT_EQ(parsed<QuantNet>(example).inputs.size(), 1u);
    else
      EXPECT_EQ(parsed<Net>(example).inputs.size(), 1u);
    ++examples;
    at = end + 4;
  }
  EXPECT_EQ(examples, 4u);
}

} // namespace
} // namespace snnc::net
