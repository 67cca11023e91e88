#include "common/net/verify.h"
#include "tests/unit/net/random_nets.h"
#include "tests/unit/support/expect_diag.h"

#include <functional>

namespace snnc::net {
namespace {

// input(2) -> hidden(3), dense; hidden -> hidden, sparse, delay 1.
Net good() {
  Net net;
  net.name = "good";
  net.populations.resize(2);
  net.populations[0] = {"in", NeuronKind::Input, {2}, {}, {}, {}, {}};
  net.populations[1] = {"hidden", NeuronKind::LIF, {3}, {}, {}, {}, {}};
  net.populations[1].params.tau = 1.0;
  net.projections.push_back(
      {"fc", 0, 1, 0, {}, DenseWeights{3, 2, {1, 2, 3, 4, 5, 6}}, {}, {}, {}});
  net.projections.push_back(
      {"rec", 1, 1, 1, {}, SparseWeights{3, 3, {0, 2, 2, 3}, {0, 2, 1}, {1, 2, 3}}, {}, {}, {}});
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

QuantNet goodQuant() {
  QuantNet net;
  net.name = "good";
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].shape = {2};
  net.populations[0].isInput = true;
  net.populations[1].name = "hidden";
  net.populations[1].shape = {3};
  net.populations[1].neurons.resize(3);
  net.projections.push_back(
      {"rec", 1, 1, 1, 8, 0, {}, SparseInts{3, 3, {0, 1, 1, 1}, {2}, {-128}}});
  HostLayer layer;
  layer.name = "fc";
  layer.source = 0;
  layer.target = 1;
  layer.weights = DenseInts{3, 2, {1, 2, 3, 4, 5, 127}};
  layer.bias = {0, 0, 0};
  layer.shift = {0, 1, 40};
  net.hostLayers.push_back(layer);
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

template <class AnyNet> struct Rule {
  const char *message;
  std::function<void(AnyNet &)> breakIt;
};

DenseWeights &dense(Net &net) {
  return std::get<DenseWeights>(net.projections[0].weights);
}
SparseWeights &sparse(Net &net) {
  return std::get<SparseWeights>(net.projections[1].weights);
}
SparseInts &sparse(QuantNet &net) {
  return std::get<SparseInts>(net.projections[0].weights);
}

const Rule<Net> kNetRules[] = {
    {"two populations 'in'", [](Net &n) { n.populations[1].name = "in"; }},
    {"the name 'a\\nb' has a control", [](Net &n) { n.populations[1].name = "a\nb"; }},
    {"the name 'a/b' has", [](Net &n) { n.populations[1].name = "a/b"; }},
    {"has a control character, a slash or a backslash",
     [](Net &n) { n.populations[1].name = "a\\b"; }},
    {"two projections 'fc'", [](Net &n) { n.projections[1].name = "fc"; }},
    {"a population has no name", [](Net &n) { n.populations[1].name = ""; }},
    {"a projection has no name", [](Net &n) { n.projections[1].name = ""; }},
    {"'hidden' must have between 1", [](Net &n) { n.populations[1].shape = {}; }},
    {"'hidden' must have between 1",
     [](Net &n) {
       n.populations[1].shape = {3, 0};
     }},
    {"joins population 0 to 7, there are 2", [](Net &n) { n.projections[0].target = 7; }},
    {"ends in the input 'in'", [](Net &n) { n.projections[1].target = 0; }},
    {"delay of 'fc' is 70000", [](Net &n) { n.projections[0].delay = 70000; }},
    {"cycle of delay 0", [](Net &n) { n.projections[1].delay = 0; }},
    {"inputs name population 1",
     [](Net &n) {
       n.inputs = {0, 1};
     }},
    {"inputs name population 0",
     [](Net &n) {
       n.inputs = {0, 0};
     }},
    {"'in' is missing in inputs", [](Net &n) { n.inputs = {}; }},
    {"outputs name population 0", [](Net &n) { n.outputs = {0}; }},
    {"outputs name population 9", [](Net &n) { n.outputs = {9}; }},
    {"are 2x3, expected 3x2", [](Net &n) { std::swap(dense(n).rows, dense(n).cols); }},
    {"has 5 weights, expected 6", [](Net &n) { dense(n).values.pop_back(); }},
    {"weight 4 of 'fc' is not finite", [](Net &n) { dense(n).values[4] = NAN; }},
    {"are 4x3, expected 3x3", [](Net &n) { sparse(n).posts = 4; }},
    {"not sound", [](Net &n) { sparse(n).columns[1] = 0; }},
    {"not sound", [](Net &n) { sparse(n).columns[1] = 3; }},
    {"not sound", [](Net &n) { sparse(n).rowStart[1] = 9; }},
    {"not sound", [](Net &n) { sparse(n).rowStart.pop_back(); }},
    {"not sound", [](Net &n) { sparse(n).values.pop_back(); }},
    {"the bias of 'fc' has 2 values, expected 3",
     [](Net &n) {
       n.projections[0].bias = {1, 2};
     }},
    {"bias 1 of 'fc' is not finite",
     [](Net &n) {
       n.projections[0].bias = {1, INFINITY, 0};
     }},
    {"'tau' of 'hidden' has 2 values",
     [](Net &n) {
       n.populations[1].params.tau.values = {1, 2};
     }},
    {"'tau[0]' of 'hidden' is nan", [](Net &n) { n.populations[1].params.tau = NAN; }},
    {"'v_leak[0]' of 'hidden' is inf", [](Net &n) { n.populations[1].params.vLeak = INFINITY; }},
    {"'hidden' has 'tau_syn', which the model lif",
     [](Net &n) { n.populations[1].params.tauSyn = 1.0; }},
    {"'in' has 'v_threshold'", [](Net &n) { n.populations[0].params.vThreshold = 1.0; }},
    {"the input 'in' has a reset rule",
     [](Net &n) { n.populations[0].reset = ResetRule::Subtract; }},
    {"'hidden' has 'v_threshold', which the model li",
     [](Net &n) {
       n.populations[1].kind = NeuronKind::LI;
       n.populations[1].params.vThreshold = 1.0;
     }},
    {"'hidden' has 'refractory', which the model i",
     [](Net &n) {
       n.populations[1].kind = NeuronKind::I;
       n.populations[1].params.refractory = 1.0;
     }},
    {"'hidden' has 'tau', which the model threshold",
     [](Net &n) { n.populations[1].kind = NeuronKind::Threshold; }},
    {"'hidden' has 'tau', which the model cubali",
     [](Net &n) { n.populations[1].kind = NeuronKind::CubaLI; }},
    {"'rec' starts from 'hidden', which never spikes (model li)",
     [](Net &n) { n.populations[1].kind = NeuronKind::LI; }},
    {"the grid of 'hidden' is not sound",
     [](Net &n) {
       n.populations[1].grid.scale.values = {1, 2};
     }},
    {"the grid of 'hidden' is not sound", [](Net &n) { n.populations[1].grid.scale = 0.0; }},
    {"the grid of 'hidden' is not sound", [](Net &n) { n.populations[1].grid.scale = INFINITY; }},
    {"the grid of 'hidden' is not sound", [](Net &n) { n.populations[1].grid.biasExp = {8}; }},
    {"the grid of 'hidden' is not sound", [](Net &n) { n.populations[1].grid.duOffset = 2; }},
    {"the grid of 'fc' is not sound", [](Net &n) { n.projections[0].grid.weightBits = 17; }},
    {"the grid of 'fc' is not sound", [](Net &n) { n.projections[0].grid.weightBits = 1; }},
    {"the grid of 'fc' is not sound", [](Net &n) { n.projections[0].grid.exponent = 8; }},
    {"the grid of 'fc' is not sound", [](Net &n) { n.projections[0].grid.hostShift = {1}; }},
    {"the grid of 'fc' is not sound",
     [](Net &n) {
       n.projections[0].grid.hostShift = {1, 2, 41};
     }},
    {"dt is 0, expected seconds", [](Net &n) { n.profile.dt.value = 0; }},
};

const Rule<QuantNet> kQuantRules[] = {
    {"'hidden' has 2 neuron configurations",
     [](QuantNet &n) { n.populations[1].neurons.resize(2); }},
    {"'in' has 1 neuron configurations", [](QuantNet &n) { n.populations[0].neurons.resize(1); }},
    {"'hidden' has 1 scales", [](QuantNet &n) { n.populations[1].scale = {1}; }},
    {"'hidden' has 1 rests", [](QuantNet &n) { n.populations[1].rest = {1}; }},
    {"'threshold' of 'hidden[2]' is 8388608",
     [](QuantNet &n) { n.populations[1].neurons[2].threshold = 1 << 23; }},
    {"'reset' of 'hidden[0]' is -1, expected 0",
     [](QuantNet &n) {
       n.populations[1].neurons[0].reset = -1;
       n.populations[1].neurons[0].resetSubtract = true;
     }},
    {"'bias_mant' of 'hidden[0]' is 4096",
     [](QuantNet &n) { n.populations[1].neurons[0].biasMant = 4096; }},
    {"'refractory' of 'hidden[0]' is 0",
     [](QuantNet &n) { n.populations[1].neurons[0].refractory = 0; }},
    {"clamps to 5 .. 4", [](QuantNet &n) { n.populations[1].vmin = 5, n.populations[1].vmax = 4; }},
    {"du_offset of 'hidden' is 2", [](QuantNet &n) { n.populations[1].duOffset = 2; }},
    {"weight 0 of 'rec' is -129", [](QuantNet &n) { sparse(n).values[0] = -129; }},
    {"'rec' has weights of 17 bits", [](QuantNet &n) { n.projections[0].weightBits = 17; }},
    {"'rec' has the exponent 8", [](QuantNet &n) { n.projections[0].exponent = 8; }},
    {"weights of 'rec' are 3x2", [](QuantNet &n) { sparse(n).pres = 2; }},
    {"cycle of delay 0", [](QuantNet &n) { n.projections[0].delay = 0; }},
    {"weights of 'fc' are 2x3",
     [](QuantNet &n) {
       n.hostLayers[0].weights = DenseInts{2, 3, {}};
     }},
    {"'fc' does not start at an input", [](QuantNet &n) { n.hostLayers[0].source = 1; }},
    {"has 2 biases and 3 shifts", [](QuantNet &n) { n.hostLayers[0].bias.resize(2); }},
    {"has a shift above 40", [](QuantNet &n) { n.hostLayers[0].shift[0] = 41; }},
    {"input scale 0, range", [](QuantNet &n) { n.hostLayers[0].inputScale = 0; }},
    {"range 300 .. 255", [](QuantNet &n) { n.hostLayers[0].inputMin = 300; }},
    {"weight 5 of 'fc' is 128",
     [](QuantNet &n) { std::get<DenseInts>(n.hostLayers[0].weights).values[5] = 128; }},
    {"'hidden' has two host layers",
     [](QuantNet &n) {
       n.hostLayers.push_back(n.hostLayers[0]);
       n.hostLayers[1].name = "fc2";
     }},
};

template <class AnyNet> void expectCaught(AnyNet net, const Rule<AnyNet> &rule) {
  rule.breakIt(net);
  bool found = false;
  std::string all;
  for (const support::Diagnostic &diag : diagnosticsOf(verify(net))) {
    EXPECT_EQ(diag.code, support::DiagCode::NetInvalid);
    found |= contains(diag.message, rule.message);
    all += diag.message + "\n";
  }
  EXPECT_TRUE(found) << "expected: " << rule.message << "\nfound: " << all;
}

TEST(Verify, GoodNetsPass) {
  EXPECT_TRUE(diagnosticsOf(verify(good())).empty());
  EXPECT_TRUE(diagnosticsOf(verify(goodQuant())).empty());
  const uint64_t seed = testSeed(1);
  for (uint64_t i = 0; i < 50; ++i) {
    SCOPED_TRACE(llvm::formatv("SNNC_SEED={0}", seed + i).str());
    EXPECT_TRUE(diagnosticsOf(verify(RandomNets(seed + i).net())).empty());
    EXPECT_TRUE(diagnosticsOf(verify(RandomNets(seed + i).quantNet())).empty());
  }
}

TEST(Verify, EveryRuleOfNet) {
  for (const Rule<Net> &rule : kNetRules)
    expectCaught(good(), rule);
}

TEST(Verify, EveryRuleOfQuantNet) {
  for (const Rule<QuantNet> &rule : kQuantRules)
    expectCaught(goodQuant(), rule);
}

TEST(Verify, StopsAfterTwentyErrors) {
  Net net = good();
  for (uint32_t i = 0; i < 100; ++i)
    net.outputs.push_back(1000 + i);
  EXPECT_EQ(diagnosticsOf(verify(net)).size(), 20u);
}

// tau = r = inf is how a neuron without leak is written.
TEST(Verify, InfiniteTauIsFine) {
  Net net = good();
  net.populations[1].params.tau = INFINITY;
  net.populations[1].params.r = INFINITY;
  EXPECT_TRUE(diagnosticsOf(verify(net)).empty());
}

} // namespace
} // namespace snnc::net
