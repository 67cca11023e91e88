#include "common/net/layer_table.h"

#include "common/net/parse.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::net {
namespace {

LayerTable tableOf(const std::string &text) {
  auto net = parse(text, "test.snn");
  if (!net) {
    ADD_FAILURE() << llvm::toString(net.takeError());
    return {};
  }
  return layerTable(std::get<Net>(*net));
}

constexpr const char *kNet = R"(net @n { profile { dt 0.001 reset subtract }
  population @in shape 2x4x4 model input
  population @c shape 3x2x2 model lif { tau 0.01 r 10 v_threshold [11*1 2] }
  population @out size 2 model cubali { tau_mem 0.004 tau_syn 0.002 r 4 w_in 2 }
  projection @conv from @in to @c delay 0
    before sumpool 2x2x2 of 2x4x4 kernel 2x2 stride 2x2 { }
    conv 3x2x2 of 2x2x2 kernel 1x1 { [1 2] [0 4] [5 6] bias [12*1] }
  projection @rec from @c to @c delay 1 diagonal 12 { 1 }
  projection @fc from @c to @out delay 0 dense 2x12 { [12*1] [1 11*0] }
  inputs @in outputs @out })";

TEST(LayerTable, RowsAndTotals) {
  const LayerTable table = tableOf(kNet);
  ASSERT_EQ(table.layers.size(), 3u);
  EXPECT_EQ(table.neurons, 14u); // inputs apart
  const LayerRow &in = table.layers[0], &c = table.layers[1], &out = table.layers[2];
  EXPECT_FALSE(in.membraneDecay || in.threshold || in.resetRule);
  EXPECT_EQ(shapeText(c.shape), "3x2x2");
  EXPECT_FALSE(c.currentDecay.has_value());
  EXPECT_EQ(c.membraneDecay->low, 0.9);
  EXPECT_EQ(c.gain->high, 1.0);
  EXPECT_EQ(c.threshold->low, 1.0);
  EXPECT_EQ(c.threshold->high, 2.0);
  EXPECT_EQ(c.resetRule, ResetRule::Subtract);
  ASSERT_EQ(c.inputs.size(), 2u);
  EXPECT_EQ(c.inputs[0].maps, "sumpool 2x2 > conv 3x2x1x1");
  EXPECT_EQ(c.inputs[0].synapses,
            5u * 4 * 4); // a zero is none; each output sees 4 pixels a channel
  EXPECT_EQ(c.inputs[0].parameters, 6u + 12);
  EXPECT_TRUE(c.inputs[0].hasBias);
  EXPECT_EQ(c.inputs[1].maps, "identity");
  EXPECT_EQ(c.inputs[1].delay, 1u);
  EXPECT_EQ(out.currentDecay->low, 0.5);
  EXPECT_EQ(out.membraneDecay->low, 0.75);
  EXPECT_FALSE(out.threshold || out.resetRule); // it does not spike
  EXPECT_EQ(out.inputs[0].synapses, 13u);
  EXPECT_EQ(table.synapses, 80u + 12 + 13);
}

TEST(LayerTable, Text) {
  const std::string text = toText(tableOf(kNet));
  EXPECT_CONTAINS(text, "layer  kind    shape");
  EXPECT_CONTAINS(text, "c      lif     3x2x2");
  EXPECT_CONTAINS(text, "1 .. 2  subtract 1 .. 2");
  EXPECT_CONTAINS(text, "conv: sumpool 2x2 > conv 3x2x1x1 + bias");
  EXPECT_CONTAINS(text, "total          14");
  EXPECT_EQ(text.find(" \n"), std::string::npos); // no blanks at the ends of lines
}

TEST(LayerTable, BriefText) {
  const std::string text = toText(tableOf(kNet), /*brief=*/true);
  EXPECT_CONTAINS(text, "layer  kind    shape  from  through");
  EXPECT_CONTAINS(text, "c      lif     3x2x2  in    conv: sumpool 2x2");
  EXPECT_CONTAINS(text, "total          14");
}

// 2^13 x 2^12 windows over 2^25 pixels: nobody waits for the count of such a chain.
TEST(LayerTable, ChainsTooLongToCountAreUncounted) {
  const LayerTable table = tableOf(R"(net @n {
    population @in shape 1x8192x4096 model input
    population @out shape 1x4097x2049 model if {}
    projection @p from @in to @out delay 0
      before sumpool 1x4097x2049 of 1x8192x4096 kernel 4096x2048 { }
      diagonal 8394753 { 0.5 }
    projection @self from @out to @out delay 1 diagonal 8394753 { 1 }
    inputs @in outputs @out })");
  ASSERT_EQ(table.layers[1].inputs.size(), 2u);
  EXPECT_FALSE(table.layers[1].inputs[0].synapses.has_value());
  EXPECT_EQ(table.layers[1].inputs[1].synapses, 8394753u);
  EXPECT_FALSE(table.allCounted);
  EXPECT_CONTAINS(toText(table), "uncounted\n");
  EXPECT_TRUE(tableOf(kNet).allCounted);
}

TEST(LayerTable, Windows) {
  const auto mapOf = [](const std::string &map, const char *in, const char *out) {
    return tableOf(std::string("net @n { population @in shape ") + in +
                   " model input population @x "
                   "shape " +
                   out + " model if {} projection @p from @in to @x delay 0 " + map +
                   " inputs @in outputs @x }")
        .layers[1]
        .inputs[0]
        .maps;
  };
  EXPECT_EQ(
      mapOf("conv 2x2x2 of 2x5x5 kernel 3x3 stride 2x2 groups 2 { [9*1] [9*1] }", "2x5x5", "2x2x2"),
      "conv 2x1x3x3 stride 2 groups 2");
  EXPECT_EQ(mapOf("conv 1x3x5 of 1x5x5 kernel 3x1 stride 2x1 pad 1x0 { [3*1] }", "1x5x5", "1x3x5"),
            "conv 1x1x3x1 stride 2x1 pad 1x0");
  EXPECT_EQ(mapOf("avgpool 1x2x2 of 1x4x4 kernel 3x3 { }", "1x4x4", "1x2x2"),
            "avgpool 3x3 stride 1");
  EXPECT_EQ(mapOf("conv 2x1x3 of 1x1x5 kernel 1x2 dilation 1x2 { [2*1] [2*1] }", "1x5", "2x3"),
            "conv 2x1x1x2 dilation 1x2");
  EXPECT_EQ(mapOf("sparse 2x3 { 0: 1=2 }", "3", "2"), "sparse 2x3");
}

} // namespace
} // namespace snnc::net
