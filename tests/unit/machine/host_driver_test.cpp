// What the host asks of a machine, in order, on a machine that only writes it down.
#include "runtime/machine/host_driver.h"

#include "common/support/diag.h"
#include "tests/unit/support/expect_diag.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>

using namespace snnc;
using namespace snnc::runtime;

namespace {

class ScriptedMachine final : public Machine {
public:
  std::ostringstream log;
  std::map<uint32_t, std::vector<SpikeEvent>> fires; // by tick

  const char *name() const override { return "scripted"; }
  llvm::Error load(const image::Image &, uint32_t) override { return llvm::Error::success(); }
  void reset() override {
    log << "reset\n";
    tick = 0;
  }
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override {
    log << "bias " << core << "." << first << ":";
    for (const int16_t mantissa : mantissas)
      log << ' ' << mantissa;
    log << '\n';
  }
  void inject(llvm::ArrayRef<HostPacket> packets) override {
    for (const HostPacket &p : packets)
      log << "packet " << int(p.x) << "," << int(p.y) << " axon " << p.axon << " delay "
          << int(p.delay) << '\n';
  }
  void step() override {
    log << "tick " << tick << '\n';
    now = fires[tick++];
  }
  llvm::ArrayRef<SpikeEvent> spikes() const override { return now; }
  llvm::ArrayRef<SendEvent> sends() const override { return {}; }
  uint64_t tickCycles() const override { return 0; }
  // u and v tell where and when they were read.
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override {
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = {static_cast<int32_t>(tick - 1), static_cast<int32_t>(core * 100 + first + i), 0};
  }
  Counters counters() override { return {}; }

private:
  uint32_t tick = 0;
  std::vector<SpikeEvent> now;
};

// in (3) -> a (2 neurons, skew 0) -> b (2 neurons, skew 1, split over both cores)
image::Image twoLayers() {
  image::Image image;
  image.cores.resize(2);
  image.cores[1].x = 1;
  image.cores[0].neurons.resize(3);
  image.cores[1].neurons.resize(1);
  image.populations.resize(3);
  image.populations[0].name = "in";
  image.populations[0].shape = {3};
  image.populations[0].isInput = true;
  image.populations[1].name = "a";
  image.populations[1].shape = {2};
  image.populations[1].segments = {{0, 2, 0, 0}};
  image.populations[2].name = "b";
  image.populations[2].shape = {2};
  image.populations[2].skew = 1;
  image.populations[2].segments = {{0, 1, 1, 0}, {1, 1, 0, 2}};
  return image;
}

} // namespace

TEST(HostDriver, SendsPacketsInOrderForTheirTick) {
  image::Image image = twoLayers();
  image.inputs = {{0, {{0, 0, 7, 0}, {0, 1, 3, 1}, {2, 0, 9, 0}}}};
  ScriptedMachine machine;
  HostDriver driver(image, machine, 2);
  EXPECT_EQ(driver.ticksPerSample(), 3u);
  driver.run({2, 3, {1, 1, 1, 0, 0, 1}, {}}, {});
  EXPECT_EQ(machine.log.str(), "reset\n"
                               "packet 0,0 axon 7 delay 0\n"
                               "packet 0,0 axon 9 delay 0\n"
                               "tick 0\n"
                               "packet 1,0 axon 3 delay 0\n" // step 0, one tick later
                               "packet 0,0 axon 9 delay 0\n"
                               "tick 1\n"
                               "tick 2\n");
  EXPECT_EQ(driver.stats().packets, 4u);
}

TEST(HostDriver, WritesHeldValuesOnceAndOthersStepByStep) {
  image::Image image = twoLayers();
  net::HostLayer layer;
  layer.source = 0;
  layer.target = 2; // starts at tick 1
  layer.weights = net::DenseInts{2, 3, {1, 2, 3, 4, 5, 6}};
  layer.bias = {0, 0};
  layer.shift = {0, 0};
  layer.inputScale = 10;
  image.hostLayers = {layer};
  ScriptedMachine held;
  HostDriver(image, held, 2).run({2, 3, {}, {0.1f, 0.0f, 0.2f}}, {});
  EXPECT_EQ(held.log.str(), "reset\n"
                            "bias 0.2: 16\n"
                            "bias 1.0: 7\n"
                            "tick 0\ntick 1\ntick 2\n");
  ScriptedMachine steps;
  HostDriver driver(image, steps, 2);
  driver.run({2, 3, {}, {0.1f, 0, 0, 0, 0.1f, 0}}, {});
  EXPECT_EQ(steps.log.str(), "reset\n"
                             "tick 0\n"
                             "bias 0.2: 4\nbias 1.0: 1\n"
                             "tick 1\n"
                             "bias 0.2: 5\nbias 1.0: 2\n"
                             "tick 2\n");
  EXPECT_EQ(driver.stats().macs, 4u);
}

// Two inputs of several dimensions, listed against the order of the populations: the sample has
// their elements one after the other as listed.
TEST(HostDriver, SeveralInputsFollowTheImagesOrder) {
  image::Image image = twoLayers();
  image.populations[0].shape = {1, 3, 1};
  image.populations.push_back({"aux", {2, 1}, true, 0, {}, {}, {}});
  image.inputs = {{3, {{1, 1, 4, 0}}}, {0, {{0, 0, 7, 0}, {2, 0, 9, 5}}}};
  ScriptedMachine spikes;
  HostDriver driver(image, spikes, 1);
  const trace::SampleTrace trace = driver.run({1, 5, {0, 1, 1, 0, 1}, {}}, {});
  EXPECT_EQ(spikes.log.str(), "reset\n"
                              "packet 1,0 axon 4 delay 0\n"
                              "packet 0,0 axon 7 delay 0\n"
                              "tick 0\n"
                              "tick 1\n"); // step 0 of element 2 is sent for tick 5: too late
  EXPECT_EQ(trace.populations[0].spikes, (std::vector<uint8_t>{1, 0, 1}));
  EXPECT_EQ(trace.populations[3].spikes, (std::vector<uint8_t>{0, 1}));

  // The same with values: one host layer from each, one of them sparse.
  image.inputs = {{3, {}}, {0, {}}};
  net::HostLayer dense, sparse;
  dense.source = 3;
  dense.target = 1;
  dense.weights = net::DenseInts{2, 2, {1, 2, 3, 4}};
  sparse.source = 0;
  sparse.target = 2;
  sparse.weights = net::SparseInts{2, 3, {0, 1, 1, 2}, {1, 0}, {5, 6}};
  for (net::HostLayer *layer : {&dense, &sparse}) {
    layer->shift = {0, 0};
    layer->inputScale = 1;
  }
  image.hostLayers = {dense, sparse};
  ScriptedMachine values;
  HostDriver analog(image, values, 1);
  analog.run({1, 5, {}, {10, 1, 3, 100, 7}}, {});
  EXPECT_EQ(values.log.str(), "reset\n"
                              "bias 0.0: 12 34\n"
                              "bias 0.2: 15\n"
                              "bias 1.0: 42\n"
                              "tick 0\n"
                              "tick 1\n");
  EXPECT_EQ(analog.stats().macs, 6u);
}

TEST(HostDriver, TracesAreDeSkewed) {
  const image::Image image = twoLayers();
  ScriptedMachine machine;
  machine.fires[0] = {{0, 1}};         // a[1], step 0
  machine.fires[1] = {{0, 0}, {0, 2}}; // a[0], step 1; b[1], step 0
  machine.fires[2] = {{1, 0}};         // b[0], step 1
  HostDriver driver(image, machine, 2);
  std::vector<uint32_t> ticks;
  const trace::SampleTrace trace = driver.run(
      {2, 3, {1, 0, 0, 0, 0, 1}, {}}, {true, [&](uint32_t tick) { ticks.push_back(tick); }});
  EXPECT_EQ(ticks, (std::vector<uint32_t>{0, 1, 2}));
  ASSERT_EQ(trace.populations.size(), 3u);
  EXPECT_EQ(trace.populations[0].spikes, (std::vector<uint8_t>{1, 0, 0, 0, 0, 1}));
  EXPECT_EQ(trace.populations[1].spikes, (std::vector<uint8_t>{0, 1, 1, 0}));
  EXPECT_EQ(trace.populations[2].spikes, (std::vector<uint8_t>{0, 1, 1, 0}));
  EXPECT_EQ(trace.populations[1].u, (std::vector<int32_t>{0, 0, 1, 1}));
  EXPECT_EQ(trace.populations[2].u, (std::vector<int32_t>{1, 1, 2, 2}));
  EXPECT_EQ(trace.populations[2].v, (std::vector<int32_t>{100, 2, 100, 2}));
  EXPECT_TRUE(trace.populations[0].v.empty());
}

TEST(HostDriver, CheckSample) {
  image::Image image = twoLayers();
  EXPECT_FALSE(static_cast<bool>(checkSample(image, {2, 3, {0, 0, 0, 0, 0, 0}, {}})));

  support::Diagnostic diag = firstDiagnostic(checkSample(image, {1, 2, {0, 0}, {}}));
  EXPECT_EQ(diag.code, support::DiagCode::SampleMismatch);
  EXPECT_EQ(diag.message, "the sample has 2 elements, the image's inputs have 3");

  diag = firstDiagnostic(checkSample(image, {1, 3, {}, {0.5f, 0, 0}}));
  EXPECT_EQ(diag.message, "the sample has values, the image was compiled for spikes");
  image.hostLayers.emplace_back();
  diag = firstDiagnostic(checkSample(image, {1, 3, {0, 0, 0}, {}}));
  EXPECT_EQ(diag.message, "the sample has spikes, the image was compiled for values");
}
