// An image's words of the configuration stream, bit by bit as docs/reference/timing_model.md says.
#include "runtime/rtl/config_stream.h"
#include "runtime/rtl/rtl_library.h"

#include <gtest/gtest.h>

using namespace snnc;
using namespace snnc::runtime::rtl;

namespace {

image::Image oneCore() {
  image::Image image;
  image.meshWidth = 3;
  image.meshHeight = 2;
  image::CoreImage core;
  core.x = 2;
  core.y = 1; // tile 5
  core.vmin = -2;
  core.vmax = 3;
  core.duOffset = 1;
  core.groups = {{0, 1, 7}};
  net::NeuronConfig neuron;
  neuron.threshold = -1;
  neuron.reset = 2;
  neuron.vInit = -3;
  neuron.biasMant = -1;
  neuron.biasExp = 5;
  neuron.du = 0xABC;
  neuron.dv = 0x123;
  neuron.refractory = 63;
  neuron.compareGe = true;
  neuron.biasToCurrent = true;
  core.neurons = {neuron};
  core.axons = {{0x1234, 0x5678, 0x9AB, 5, true}};
  core.synapses = {0xFEDCBA9876543210u};
  core.outPointers = {{3, 4}};
  core.outSlots = {{2, 1, 3, 0x4321}};
  image.cores = {core};
  return image;
}

} // namespace

TEST(ConfigStream, EveryWordOfACore) {
  const std::vector<uint64_t> expected = {
      0x0100'0005'0002'0000, 0x0000'0003'FFFFFE,    // CORE vmin, vmax
      0x0000'0000'0000'0101,                        // ngroups 1, duOffset
      0x0101'0005'0002'0000, 0x0000'0000'0001'0000, // GROUP first 0, count 1
      0x0000'0011'0000'0007,                        // t_first 7, t_end 17
      0x0102'0005'0001'0000, 0x017F'123A'BCFF'FFFF, // PARAM0
      0x0103'0005'0001'0000, 0x0005'FFFF'FD00'0002, // PARAM1
      0x0104'0005'0001'0000, 0x0000'0000'0000'1FFF, // BIAS
      0x0106'0005'0001'0000, 0x0000'D9AB'5678'1234, // AXON
      0x0107'0005'0001'0000, 0xFEDC'BA98'7654'3210, // SYNAPSE
      0x0108'0005'0001'0000, 0x0000'0000'0004'0003, // OUTPTR
      0x0109'0005'0001'0000, 0x0000'0003'4321'0102, // OUTSLOT
  };
  EXPECT_EQ(configStream(oneCore(), 10), expected);
}

// docs/reference/crossbar_core.md, "Configuration".
TEST(ConfigStream, EveryWordOfACrossbarCore) {
  image::Image image;
  image.meshWidth = 3;
  image.meshHeight = 2;
  image::CoreImage core;
  core.x = 2;
  core.y = 1; // tile 5
  core.groups = {{0, 2, 7}};
  core.crossbar.axonTypes = {3, 0, 2};
  core.crossbar.neurons = {{-2, 0x012345, -3, -1, -4, true, false},
                           {0x00FF, -131072, 0, 0x01ABCD, 0x07FFFF, false, true}};
  core.crossbar.enabled = {1, 0};
  core.crossbar.weights = {1, -1, -256, 255, 0, 2, 3, 4}; // four types
  core.crossbar.rows = {0xFEDCBA9876543210u, 1, 2, 3};    // two words a row
  core.outPointers = {{0, 1}, {1, 0}};
  core.outSlots = {{2, 1, 14, 0x00FF}};
  image.cores = {core};
  const std::vector<uint64_t> expected = {
      0x0100'0005'0002'0000,
      0,                     // CORE: no vmin, vmax
      0x0000'0000'0000'0101, // ngroups 1; duOffset is not looked at
      0x0101'0005'0002'0000,
      0x0000'0000'0002'0000, // GROUP
      0x0000'0011'0000'0007, //
      0x0102'0005'0002'0000,
      0xFFFE'FFFF'FD01'2345, // PARAM0: leak, floor, threshold
      0x00FF'0000'00FE'0000, //
      0x0103'0005'0002'0000,
      0x0003'FFFF'FCFF'FFFF, // PARAM1: linear, enabled, vInit, reset
      0x0004'07FF'FF01'ABCD, //         floorInclusive
      0x0104'0005'0002'0000,
      0x00FF'FF00'FFFF'0001, // WEIGHTS: type 3 down to 0
      0x0004'0003'0002'0000, //
      0x0106'0005'0003'0000,
      3,
      0,
      2, // AXON
      0x0107'0005'0004'0000,
      0xFEDC'BA98'7654'3210, // SYNAPSE
      1,
      2,
      3, //
      0x0108'0005'0002'0000,
      0x0000'0000'0001'0000, // OUTPTR
      0x0000'0000'0000'0001, //
      0x0109'0005'0001'0000,
      0x0000'000E'00FF'0102, // OUTSLOT
  };
  EXPECT_EQ(configStream(image, 10), expected);
}

TEST(ConfigStream, EmptyTablesCostNothing) {
  image::Image image = oneCore();
  image.cores[0].groups.clear();
  image.cores[0].axons.clear();
  image.cores[0].synapses.clear();
  image.cores[0].outSlots.clear();
  const std::vector<uint64_t> words = configStream(image, 10);
  EXPECT_EQ(words.size(), 3u + 2u + 2u + 2u + 2u);
}

TEST(ConfigStream, LongTablesAreCutInBursts) {
  image::Image image = oneCore();
  image.cores[0].synapses.assign(0x10001, 1);
  const std::vector<uint64_t> words = configStream(image, 10);
  EXPECT_NE(std::find(words.begin(), words.end(), 0x0107'0005'FFFF'0000), words.end());
  EXPECT_NE(std::find(words.begin(), words.end(), 0x0107'0005'0002'FFFF), words.end());
}

TEST(ConfigStream, Headers) {
  EXPECT_EQ(readHeader(Memory::Acc, 3, 9, 0x1FFF), 0x020A'0003'0009'1FFFu);
  EXPECT_EQ(clearHeader(), 0x0300'FFFF'0000'0000u);
}
