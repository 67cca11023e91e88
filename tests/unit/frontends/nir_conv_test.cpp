// Convolutions, pools, Flatten: their shapes and what every output sees, by NIR's formula
//   y[o,i,j] = sum w[o,c,u,v] x[c, i*s-p+u*d, j*s-p+v*d].
#include "tests/unit/frontends/nir_read.h"

#include <cmath>
#include <map>

namespace snnc {
namespace {

using support::DiagCode;
using Pair = std::array<int64_t, 2>;

struct Case {
  const char *name;
  Pair input; // height, width
  Pair kernel;
  Pair stride{1, 1}, padding{0, 0}, dilation{1, 1};
  int64_t groups = 1;
  const char *words = nullptr; // padding as a string
  Pair front{0, 0};            // padding in front that it means
  Pair output{0, 0};
};

constexpr int64_t kIn = 4, kOut = 6; // channels

void writeConv(NirFile &file, const Case &c) {
  file.input("input", {kIn, c.input[0], c.input[1]});
  file.conv2d("conv",
              {kOut, uint64_t(kIn / c.groups), uint64_t(c.kernel[0]), uint64_t(c.kernel[1])});
  file.set("conv", "stride", {c.stride[0], c.stride[1]});
  file.set("conv", "dilation", {c.dilation[0], c.dilation[1]});
  file.set("conv", "groups", {c.groups});
  if (c.words)
    file.text("conv", "padding", c.words);
  else
    file.set("conv", "padding", {c.padding[0], c.padding[1]});
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {kOut, c.output[0], c.output[1]});
  file.edges({"input", "conv", "conv", "n", "n", "output"});
}

std::map<std::pair<uint32_t, uint32_t>, double> expectedSynapses(const Case &c) {
  std::map<std::pair<uint32_t, uint32_t>, double> synapses;
  const int64_t perGroup = kIn / c.groups, outs = kOut / c.groups;
  for (int64_t o = 0; o < kOut; ++o)
    for (int64_t i = 0; i < c.output[0]; ++i)
      for (int64_t j = 0; j < c.output[1]; ++j)
        for (int64_t ch = 0; ch < perGroup; ++ch)
          for (int64_t u = 0; u < c.kernel[0]; ++u)
            for (int64_t v = 0; v < c.kernel[1]; ++v) {
              const int64_t y = i * c.stride[0] - c.front[0] + u * c.dilation[0];
              const int64_t x = j * c.stride[1] - c.front[1] + v * c.dilation[1];
              if (y < 0 || x < 0 || y >= c.input[0] || x >= c.input[1])
                continue;
              const int64_t w = ((o * perGroup + ch) * c.kernel[0] + u) * c.kernel[1] + v;
              const int64_t source = ((o / outs * perGroup + ch) * c.input[0] + y) * c.input[1] + x;
              const int64_t target = (o * c.output[0] + i) * c.output[1] + j;
              synapses[{uint32_t(target), uint32_t(source)}] = static_cast<double>(w + 1) / 8;
            }
  return synapses;
}

std::map<std::pair<uint32_t, uint32_t>, double> synapsesOf(const net::Projection &projection) {
  std::map<std::pair<uint32_t, uint32_t>, double> synapses;
  const net::IncomingSynapses incoming(projection);
  for (uint32_t target = 0; target < net::postCount(projection); ++target)
    incoming.forEach(target, [&](uint32_t source, double weight) {
      synapses[{target, source}] = weight;
    });
  return synapses;
}

TEST(NirConv, EveryOutputSeesWhatTheFormulaSays) {
  const Case cases[] = {
      {.name = "plain", .input = {5, 6}, .kernel = {3, 2}, .output = {3, 5}},
      {.name = "stride", .input = {7, 8}, .kernel = {3, 3}, .stride = {2, 3}, .output = {3, 2}},
      {.name = "pad",
       .input = {4, 5},
       .kernel = {3, 2},
       .padding = {2, 1},
       .front = {2, 1},
       .output = {6, 6}},
      {.name = "dilation", .input = {8, 9}, .kernel = {3, 2}, .dilation = {2, 3}, .output = {4, 6}},
      {.name = "groups", .input = {4, 4}, .kernel = {2, 2}, .groups = 2, .output = {3, 3}},
      {.name = "all",
       .input = {9, 7},
       .kernel = {3, 2},
       .stride = {2, 1},
       .padding = {1, 2},
       .dilation = {2, 2},
       .groups = 2,
       .front = {1, 2},
       .output = {4, 9}},
      {.name = "same",
       .input = {5, 6},
       .kernel = {3, 2},
       .dilation = {2, 1},
       .words = "same",
       .front = {2, 0},
       .output = {5, 6}}, // total 4 and 1: 2 and 0 in front
      {.name = "valid", .input = {5, 6}, .kernel = {3, 2}, .words = "valid", .output = {3, 5}},
  };
  for (const Case &c : cases) {
    NirFile file(std::string("conv_") + c.name);
    writeConv(file, c);
    const Read read = readOrFail(file.path());
    ASSERT_EQ(read.population("n").shape,
              (std::vector<uint32_t>{kOut, uint32_t(c.output[0]), uint32_t(c.output[1])}))
        << c.name;
    EXPECT_EQ(synapsesOf(read.projection("conv")), expectedSynapses(c)) << c.name;
    EXPECT_TRUE(std::holds_alternative<net::ConvWeights>(read.projection("conv").weights));
  }
}

TEST(NirConv, ScalarEncodings) {
  const Case c = {.name = "scalar",
                  .input = {6, 6},
                  .kernel = {2, 2},
                  .stride = {2, 2},
                  .padding = {1, 1},
                  .front = {1, 1},
                  .output = {4, 4}};
  NirFile file("conv_scalar");
  writeConv(file, c);
  file.set("conv", "stride", {2});
  file.set("conv", "padding", {1});
  file.set("conv", "dilation", {1});
  EXPECT_EQ(synapsesOf(readOrFail(file.path()).projection("conv")), expectedSynapses(c));
}

TEST(NirConv, OneDimension) {
  NirFile file("conv1d");
  file.input("input", {2, 7});
  file.node("conv", "Conv1d", "weight", {1, 2, 3, 4, 5, 6}, {1, 2, 3});
  file.set("conv", "input_shape", {7});
  file.set("conv", "stride", {2});
  file.set("conv", "padding", {1});
  file.set("conv", "dilation", {2});
  file.set("conv", "groups", {1});
  file.numbers("/node/nodes/conv/bias", {0.5}, {1});
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {1, 3});
  file.edges({"input", "conv", "conv", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("n").shape, (std::vector<uint32_t>{1, 3}));
  // Output 1 sits at 2*1 - 1 = 1 and sees 1, 3, 5 of both channels.
  const auto synapses = synapsesOf(read.projection("conv"));
  for (auto [source, weight] : {std::pair(1u, 1.0), {3u, 2.0}, {5u, 3.0}, {8u, 4.0}, {12u, 6.0}})
    EXPECT_EQ(synapses.at({1, source}), weight) << source;
  EXPECT_EQ(synapses.count({0, 0}), 0u); // padding: output 0 sees -1, 1, 3
  EXPECT_EQ(read.projection("conv").bias, (std::vector<double>{0.5, 0.5, 0.5}));
}

TEST(NirConv, BiasIsPerChannel) {
  const Case c = {.name = "b", .input = {2, 2}, .kernel = {1, 1}, .output = {2, 2}};
  NirFile file("conv_bias");
  writeConv(file, c);
  file.numbers("/node/nodes/conv/bias", {1, 2, 3, 4, 5, 6}, {6});
  const std::vector<double> bias = readOrFail(file.path()).projection("conv").bias;
  ASSERT_EQ(bias.size(), 24u);
  EXPECT_EQ(bias[3], 1.0);
  EXPECT_EQ(bias[4], 2.0);
  EXPECT_EQ(bias[23], 6.0);
}

TEST(NirConv, BiasOfZerosIsNone) {
  const Case c = {.name = "b", .input = {2, 2}, .kernel = {1, 1}, .output = {2, 2}};
  NirFile file("conv_nobias");
  writeConv(file, c);
  file.numbers("/node/nodes/conv/bias", std::vector<double>(6, 0.0), {6});
  EXPECT_TRUE(readOrFail(file.path()).projection("conv").bias.empty());
}

// pool -> Flatten -> Linear: one projection, the pool before the weights.
TEST(NirConv, PoolAndFlattenFoldIntoTheNextWeights) {
  for (const char *type : {"SumPool2d", "AvgPool2d"}) {
    NirFile file("pool");
    file.input("input", {2, 4, 4});
    file.pool("pool", type, 2, 2);
    file.string("/node/nodes/flat/type", "Flatten");
    file.set("flat", "start_dim", {0});
    file.set("flat", "end_dim", {-1});
    file.linear("fc", {1, 2, 3, 4, 5, 6, 7, 8}, 1, 8);
    file.lif("n", 1, 1e-3, 10, 0);
    file.output("output", {1});
    file.edges({"input", "pool", "pool", "flat", "flat", "fc", "fc", "n", "n", "output"});
    const Read read = readOrFail(file.path());
    const net::Projection &fc = read.projection("fc");
    ASSERT_EQ(fc.before.size(), 1u);
    EXPECT_EQ(std::get<net::PoolMap>(fc.before[0]).average, type[0] == 'A');
    const auto synapses = synapsesOf(fc);
    EXPECT_EQ(synapses.size(), 32u);
    const double scale = type[0] == 'A' ? 0.25 : 1.0;
    EXPECT_EQ(synapses.at({0, 0}), 1 * scale);
    EXPECT_EQ(synapses.at({0, 5}), 1 * scale);
    EXPECT_EQ(synapses.at({0, 2}), 2 * scale);
    EXPECT_EQ(synapses.at({0, 31}), 8 * scale);
    EXPECT_EQ(read.count(DiagCode::ShapeAdjusted), 0u);
  }
}

TEST(NirConv, PoolsWithPaddingAndOverlap) {
  NirFile file("pool_pad");
  file.input("input", {1, 5, 5});
  file.pool("pool", "AvgPool2d", 3, 2, 1);
  file.set("pool", "padding", {1}); // a scalar, as SpikingJelly writes it
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {1, 3, 3});
  file.edges({"input", "pool", "pool", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("n").shape, (std::vector<uint32_t>{1, 3, 3}));
  const auto synapses = synapsesOf(read.projection("pool"));
  EXPECT_EQ(synapses.size(), 49u); // corners 4, edges 6, centre 9
  for (const auto &[pair, weight] : synapses)
    EXPECT_DOUBLE_EQ(weight, 1.0 / 9); // padding counted
}

// No input_shape, no parameter of more than one value: shapes come along the edges.
TEST(NirConv, ShapesAreInferredAlongAChain) {
  NirFile file("conv_chain");
  file.input("input", {1, 9, 9});
  file.conv2d("c1", {2, 1, 2, 2});
  file.lif("n1", 0, 1e-3, 10, 0);
  file.pool("p", "SumPool2d", 2, 2);
  file.conv2d("c2", {3, 2, 3, 3});
  file.lif("n2", 0, 1e-3, 10, 0);
  file.output("output", {3, 2, 2});
  file.edges({"input", "c1", "c1", "n1", "n1", "p", "p", "c2", "c2", "n2", "n2", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("n1").shape, (std::vector<uint32_t>{2, 8, 8}));
  EXPECT_EQ(read.population("n2").shape, (std::vector<uint32_t>{3, 2, 2}));
}

// Input_shape alone: the Input that is missing takes it.
TEST(NirConv, ShapesAreInferredBackwards) {
  NirFile file("conv_back");
  file.conv2d("c", {2, 3, 2, 2});
  file.set("c", "input_shape", {4, 5});
  file.lif("n", 0, 1e-3, 10, 0);
  file.edges({"c", "n"});
  EXPECT_EQ(readOrFail(file.path()).population("input_c").shape, (std::vector<uint32_t>{3, 4, 5}));
}

TEST(NirConv, BatchAxesOfOneAreDropped) {
  NirFile file("conv_batch");
  file.input("input", {1, 3, 4, 4});
  file.conv2d("c", {2, 3, 2, 2});
  file.string("/node/nodes/n/type", "IF");
  file.numbers("/node/nodes/n/r", std::vector<double>(18, 1.0), {1, 2, 3, 3});
  file.numbers("/node/nodes/n/v_threshold", std::vector<double>(18, 1.0), {1, 2, 3, 3});
  file.output("output", {1, 2, 3, 3});
  file.edges({"input", "c", "c", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("input").shape, (std::vector<uint32_t>{3, 4, 4}));
  EXPECT_EQ(read.population("n").shape, (std::vector<uint32_t>{2, 3, 3}));
  EXPECT_EQ(read.count(DiagCode::ShapeAdjusted), 3u);
}

// start_dim is 1 where somebody forgot that there is no batch axis.
TEST(NirConv, FlattenFromOneIsTakenFromZeroWhereThatFits) {
  NirFile file("flatten1");
  file.input("input", {2, 3, 2});
  file.string("/node/nodes/flat/type", "Flatten");
  file.set("flat", "start_dim", {1});
  file.set("flat", "end_dim", {-1});
  file.set("flat", "input_type", {2, 3, 2});
  file.linear("fc", std::vector<double>(12, 0.3), 1, 12);
  file.lif("n", 1, 1e-3, 10, 0);
  file.output("output", {1});
  file.edges({"input", "flat", "flat", "fc", "fc", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  ASSERT_EQ(read.count(DiagCode::ShapeAdjusted), 1u);
  for (const support::Diagnostic &warning : read.warnings)
    if (warning.code == DiagCode::ShapeAdjusted) {
      EXPECT_CONTAINS(warning.message, "start_dim 1, which makes [2, 6] of [2, 3, 2]");
    }
}

TEST(NirConv, FlattenOfNegativeAxes) {
  NirFile file("flatten_neg");
  file.input("input", {2, 3, 4});
  file.string("/node/nodes/flat/type", "Flatten");
  file.set("flat", "start_dim", {-3});
  file.set("flat", "end_dim", {-2});
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {6, 4});
  file.edges({"input", "flat", "flat", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("n").shape, (std::vector<uint32_t>{6, 4}));
  EXPECT_EQ(read.count(DiagCode::ShapeAdjusted), 0u);
}

// One matrix per row of the input.
TEST(NirConv, LinearWithABatchOfMatrices) {
  NirFile file("blocks");
  file.node("fc", "Linear", "weight", {1, 2, 3, 4, 5, 0}, {2, 3, 1});
  file.input("input", {2, 1});
  file.lif("n", 0, 1e-3, 10, 0);
  file.output("output", {2, 3});
  file.edges({"input", "fc", "fc", "n", "n", "output"});
  const Read read = readOrFail(file.path());
  EXPECT_EQ(read.population("n").shape, (std::vector<uint32_t>{2, 3}));
  const auto synapses = synapsesOf(read.projection("fc"));
  EXPECT_EQ(synapses.size(), 5u);
  EXPECT_EQ(synapses.at({2, 0}), 3.0);
  EXPECT_EQ(synapses.at({4, 1}), 5.0);
}

// ---- refused

support::Diagnostic badConv(const char *field, const std::vector<int64_t> &values) {
  NirFile file("conv_bad");
  writeConv(file, {.name = "bad", .input = {5, 6}, .kernel = {3, 2}, .output = {3, 5}});
  file.set("conv", field, values);
  const auto errors = errorsOf(file.path());
  EXPECT_FALSE(errors.empty()) << field;
  return errors.front();
}

TEST(NirConvBad, Windows) {
  const struct {
    const char *field;
    std::vector<int64_t> values;
    const char *message;
  } cases[] = {
      {"stride", {0, 1}, "stride of node 'conv' is 0, expected a whole number from 1 to 2^20"},
      {"stride", {-1}, "stride of node 'conv' is -1"},
      {"stride", {1, 1, 1}, "stride of node 'conv' is of shape [3], expected one number or a pair"},
      {"dilation", {0}, "dilation of node 'conv' is 0"},
      {"dilation", {1 << 20}, "reaches over a height of 2097153 but the padded input has 5"},
      {"padding", {-1, 0}, "padding of node 'conv' is -1"},
      {"groups", {0}, "groups of node 'conv' is 0, expected a whole number from 1 to the 6"},
      {"groups", {4}, "groups of node 'conv' is 4, expected a divisor of the 6 output channels"},
      {"input_shape", {5, 6, 7}, "input_shape of node 'conv' is [5, 6, 7]"},
  };
  for (const auto &c : cases) {
    const auto diag = badConv(c.field, c.values);
    EXPECT_EQ(diag.code, DiagCode::WindowShape) << c.field;
    EXPECT_CONTAINS(diag.message, c.message);
    EXPECT_CONTAINS(diag.loc.path, "/node/nodes/conv");
  }
}

TEST(NirConvBad, ChannelsThatDoNotFit) {
  const auto diag = badConv("groups", {2}); // 4 per group: 8 channels
  EXPECT_EQ(diag.code, DiagCode::WeightShape);
  EXPECT_CONTAINS(diag.message, "Conv2d 'conv' takes 8 channels but is fed 4");
}

TEST(NirConvBad, InputShapeOfAnotherModel) {
  const auto diag = badConv("input_shape", {9, 9});
  EXPECT_EQ(diag.code, DiagCode::WeightShape);
  EXPECT_CONTAINS(diag.message, "'input' gives the shape [4, 5, 6] but 'conv'");
}

TEST(NirConvBad, KernelLargerThanTheInput) {
  NirFile file("kernel_large");
  file.input("input", {1, 2, 9});
  file.conv2d("conv", {1, 1, 3, 3});
  file.lif("n", 0, 1e-3, 10, 0);
  file.edges({"input", "conv", "conv", "n"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::WindowShape);
  EXPECT_CONTAINS(diag.message, "reaches over a height of 3 but the padded input has 2");
}

TEST(NirConvBad, SameWithAStride) {
  NirFile file("same_stride");
  writeConv(file, {.name = "x", .input = {5, 6}, .kernel = {3, 2}, .output = {3, 5}});
  file.set("conv", "stride", {2, 1});
  file.text("conv", "padding", "same");
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::WindowShape);
  EXPECT_CONTAINS(diag.message, "is \"same\" but its stride is [2, 1]");
}

TEST(NirConvBad, PaddingThatIsNoWord) {
  NirFile file("pad_word");
  writeConv(file, {.name = "x", .input = {5, 6}, .kernel = {3, 2}, .output = {3, 5}});
  file.text("conv", "padding", "sametime");
  EXPECT_EQ(errorsOf(file.path()).at(0).code, DiagCode::WindowShape);
}

TEST(NirConvBad, ShapeThatNothingGives) {
  NirFile file("conv_noshape");
  file.conv2d("c", {2, 3, 2, 2});
  file.lif("n", 0, 1e-3, 10, 0);
  file.edges({"c", "n"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::ShapeUnknown);
  EXPECT_CONTAINS(diag.message, "the shape of Conv2d 'c' is not in the file");
}

TEST(NirConvBad, RankThatDoesNotFit) {
  NirFile file("conv_rank");
  file.input("input", {16});
  file.conv2d("c", {2, 1, 2, 2});
  file.lif("n", 0, 1e-3, 10, 0);
  file.edges({"input", "c", "c", "n"});
  EXPECT_CONTAINS(errorsOf(file.path()).at(0).message,
                  "Conv2d 'c' takes [channels, height, width] but is fed the shape [16]");
}

TEST(NirConvBad, FlattenOfAxesThatAreNotThere) {
  NirFile file("flatten_bad");
  file.input("input", {2, 3});
  file.string("/node/nodes/flat/type", "Flatten");
  file.set("flat", "start_dim", {0});
  file.set("flat", "end_dim", {2});
  file.lif("n", 0, 1e-3, 10, 0);
  file.edges({"input", "flat", "flat", "n"});
  const auto diag = errorsOf(file.path()).at(0);
  EXPECT_EQ(diag.code, DiagCode::ParamRange);
  EXPECT_CONTAINS(diag.message, "Flatten 'flat' joins the axes 0 to 2 but is fed the shape [2, 3]");
}

} // namespace
} // namespace snnc
