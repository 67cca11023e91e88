// The rules of linear maps and of chains of them.
#include "common/net/verify.h"
#include "tests/unit/support/expect_diag.h"

#include <functional>

namespace snnc::net {
namespace {

using support::DiagCode;

// in(1x4x4) -> sumpool 2x2 -> scale -> conv 3x3, border of 1 -> out(4x2x2).
Net good() {
  Net net;
  net.name = "good";
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].shape = {2, 4, 4};
  net.populations[1].name = "out";
  net.populations[1].kind = NeuronKind::IF;
  net.populations[1].shape = {4, 2, 2};
  Projection projection;
  projection.name = "conv";
  projection.target = 1;
  projection.before = {PoolMap{2, {4, 4, 2, 2, 2, 2, 2, 2, 0, 0, 1, 1}, false},
                       DiagonalWeights{8, {0.5f}}};
  projection.weights =
      ConvWeights{2, 4, 2, {2, 2, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1}, std::vector<float>(36, 1)};
  net.projections = {projection};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

QuantNet goodQuant() {
  const Net real = good();
  QuantNet net;
  net.name = "good";
  net.populations.resize(2);
  net.populations[0].name = "in";
  net.populations[0].shape = real.populations[0].shape;
  net.populations[0].isInput = true;
  net.populations[1].name = "out";
  net.populations[1].shape = real.populations[1].shape;
  net.populations[1].neurons.resize(16);
  QuantProjection projection;
  projection.name = "conv";
  projection.target = 1;
  projection.pools = {std::get<PoolMap>(real.projections[0].before[0])};
  projection.weights =
      ConvInts{2, 4, 2, {2, 2, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1}, std::vector<int16_t>(36, 127)};
  net.projections = {projection};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

PoolMap &pool(Net &net) {
  return std::get<PoolMap>(net.projections[0].before[0]);
}
DiagonalWeights &diagonal(Net &net) {
  return std::get<DiagonalWeights>(net.projections[0].before[1]);
}
ConvWeights &conv(Net &net) {
  return std::get<ConvWeights>(net.projections[0].weights);
}
ConvInts &conv(QuantNet &net) {
  return std::get<ConvInts>(net.projections[0].weights);
}

template <class AnyNet> struct Rule {
  const char *message;
  std::function<void(AnyNet &)> breakIt;
  DiagCode code = DiagCode::NetInvalid;
};

const Rule<Net> kNetRules[] = {
    {"'conv' has 35 weights, expected 36", [](Net &n) { conv(n).kernel.pop_back(); }},
    {"weight 3 of 'conv' is not finite", [](Net &n) { conv(n).kernel[3] = NAN; }},
    {"'conv' has 3 groups for 2 input and 4 output", [](Net &n) { conv(n).groups = 3; }},
    {"'conv' has 0 groups", [](Net &n) { conv(n).groups = 0; }},
    {"'conv' has 4 groups for 2 input", [](Net &n) { conv(n).groups = 4; }},
    {"the kernel of 'conv' is 0 rows", [](Net &n) { conv(n).window.kernelH = 0; }},
    {"the stride of 'conv' is 0 columns", [](Net &n) { conv(n).window.strideW = 0; }},
    {"the dilation of 'conv' is 0 rows", [](Net &n) { conv(n).window.dilationH = 0; }},
    {"the padding of 'conv' is 134217728 columns",
     [](Net &n) { conv(n).window.padLeft = 1u << 27; }},
    {"stops at 2 outputs: 3 elements of padding behind, expected at most 2",
     [](Net &n) { conv(n).window.strideH = 3; }},
    {"'conv' takes 4 elements, but 8 come in", [](Net &n) { conv(n).inChannels = 1; }},
    {"'conv' gives 24 elements, expected 16", [](Net &n) { conv(n).outChannels = 6; }},
    {"map 0 before 'conv' takes 64 elements, but 32 come in", [](Net &n) { pool(n).channels = 4; }},
    {"map 0 before 'conv' slides over 4 input rows with stride 2 and stops at 4 outputs",
     [](Net &n) {
       pool(n).window.outH = 4;
       diagonal(n).size = 16;
     }},
    {"map 1 before 'conv' takes 9 elements, but 8 come in", [](Net &n) { diagonal(n).size = 9; }},
    {"map 1 before 'conv' has 2 weights, expected 1 or 8",
     [](Net &n) {
       diagonal(n).values = {1, 2};
     }},
    {"weight 0 of map 1 before 'conv' is not finite",
     [](Net &n) { diagonal(n).values = {INFINITY}; }},
    {"weights of 'conv' are 16x8, expected 16x32", [](Net &n) { n.projections[0].before.clear(); }},
    {"'in' has more than 67108864 elements",
     [](Net &n) {
       n.populations[0].shape = {1u << 31, 1u << 31, 4};
     },
     DiagCode::TooManyElements},
    {"the source or target of map 0 before 'conv' has more than",
     [](Net &n) { pool(n).window.outH = pool(n).window.outW = 1u << 31; },
     DiagCode::TooManyElements},
};

const Rule<QuantNet> kQuantRules[] = {
    {"'conv' has 37 weights, expected 36", [](QuantNet &n) { conv(n).kernel.push_back(0); }},
    {"weight 35 of 'conv' is 128", [](QuantNet &n) { conv(n).kernel[35] = 128; }},
    {"'conv' has 3 groups", [](QuantNet &n) { conv(n).groups = 3; }},
    {"'conv' takes 8 elements, but 32 come in",
     [](QuantNet &n) {
       n.projections[0].pools = {PoolMap{2, {4, 4, 4, 4, 1, 1, 1, 1, 0, 0, 1, 1}, false}};
     }},
    {"'conv' pools averages, expected sums of disjoint windows",
     [](QuantNet &n) { n.projections[0].pools[0].average = true; }},
    {"'conv' pools over windows that overlap",
     [](QuantNet &n) { n.projections[0].pools[0].window.kernelW = 3; }},
};

template <class AnyNet> void expectCaught(AnyNet net, const Rule<AnyNet> &rule) {
  rule.breakIt(net);
  bool found = false;
  std::string all;
  for (const support::Diagnostic &diag : diagnosticsOf(verify(net))) {
    found |= diag.code == rule.code && contains(diag.message, rule.message);
    all += diag.message + "\n";
  }
  EXPECT_TRUE(found) << "expected: " << rule.message << "\nfound: " << all;
}

TEST(VerifyMaps, GoodNetsPass) {
  EXPECT_TRUE(diagnosticsOf(verify(good())).empty());
  EXPECT_TRUE(diagnosticsOf(verify(goodQuant())).empty());
}

TEST(VerifyMaps, EveryRuleOfNet) {
  for (const Rule<Net> &rule : kNetRules)
    expectCaught(good(), rule);
}

TEST(VerifyMaps, EveryRuleOfQuantNet) {
  for (const Rule<QuantNet> &rule : kQuantRules)
    expectCaught(goodQuant(), rule);
}

// PyTorch's padding may be wider than the kernel; the border ahead bounds the one behind.
TEST(VerifyMaps, WidePaddingIsFine) {
  Net net = good();
  conv(net).window.padTop = 3;
  EXPECT_TRUE(diagnosticsOf(verify(net)).empty());
}

// 2^32 * 2^32 channels and elements do not wrap into something small.
TEST(VerifyMaps, CountsDoNotWrap) {
  Net net = good();
  conv(net).outChannels = conv(net).inChannels = conv(net).groups = 1u << 31;
  conv(net).window.outH = conv(net).window.inH = 1u << 31;
  conv(net).window.outW = conv(net).window.inW = 4;
  EXPECT_EQ(firstDiagnostic(verify(net)).code, DiagCode::TooManyElements);
}

// A product that is beyond counting is not an expected size.
TEST(VerifyMaps, AKernelBeyondAllBoundsIsRefused) {
  Net net = good();
  net.populations[0].shape = net.populations[1].shape = {1u << 14};
  net.projections[0].before.clear();
  conv(net) = {1u << 14, 1u << 14, 1, {}, {}};
  bool named = false;
  for (const support::Diagnostic &diag : diagnosticsOf(verify(net)))
    named |= diag.message.find("more than 67108864 weights") != std::string::npos;
  EXPECT_TRUE(named);
}

} // namespace
} // namespace snnc::net
