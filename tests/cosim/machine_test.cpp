// The RTL as a Machine on images small enough to check by hand, its alarms, and building one on
// demand.
#include "runtime/rtl/rtl_machine.h"

#include "common/image/codec.h"
#include "common/image/synapse_words.h"
#include "runtime/rtl/config_stream.h"
#include "runtime/rtl/rtl_build.h"
#include "runtime/rtl/rtl_library.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

using namespace snnc;
using namespace snnc::runtime;
namespace fs = std::filesystem;

namespace {

const target::Target &tiny() {
  static const target::Target target = llvm::cantFail(target::loadTarget("tiny"));
  return target;
}

image::Image emptyImage(uint32_t width, uint32_t height) {
  image::Image image;
  image.netName = "by hand";
  image.targetJson = tiny().json;
  image.targetFingerprint = tiny().fingerprint;
  image.meshWidth = width;
  image.meshHeight = height;
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < width; ++x) {
      image::CoreImage core;
      core.x = static_cast<uint8_t>(x);
      core.y = static_cast<uint8_t>(y);
      core.vmin = -(1 << 23) + 1;
      core.vmax = (1 << 23) - 1;
      image.cores.push_back(core);
    }
  return image;
}

// No memory in u or v: fires when the input of one tick reaches 640.
net::NeuronConfig relay() {
  net::NeuronConfig n;
  n.threshold = 640;
  n.compareGe = true;
  n.du = 4095;
  n.dv = 4095;
  return n;
}

// Core 0 neuron 1 sends to axon 0 of core 1 and to axon 1 of core 0; weight 10 << 6 = 640.
image::Image twoCores() {
  image::Image image = emptyImage(2, 1);
  const image::WordFormat format = image::WordFormat::of(tiny().core);
  for (image::CoreImage &core : image.cores) {
    core.groups = {{0, 2, 0}};
    core.neurons = {relay(), relay()};
    core.outPointers.resize(2);
    // Axon 0: dense, to neuron 1. Axon 1: sparse, to neuron 0.
    core.synapses = {format.putDense(1, 10), format.putPair(0, 0, 10)};
    core.axons = {{0, 1, 0, 0, false}, {1, 1, 0, 0, true}};
  }
  image.cores[0].outSlots = {{1, 0, 0, 0}, {0, 0, 0, 1}};
  image.cores[0].outPointers[1] = {0, 2};
  return image;
}

std::unique_ptr<Machine> machineFor(const image::Image &image, uint32_t steps) {
  llvm::cantFail(image::verify(image));
  std::unique_ptr<Machine> machine = llvm::cantFail(rtl::createRtlMachine(image, llvm::errs()));
  llvm::cantFail(machine->load(image, steps));
  return machine;
}

std::unique_ptr<rtl::RtlLibrary> libraryFor(uint32_t width, uint32_t height, uint64_t seed) {
  const std::string path =
      llvm::cantFail(rtl::findOrBuildMachine(tiny(), width, height, llvm::errs()));
  return llvm::cantFail(rtl::RtlLibrary::open(path, seed));
}

} // namespace

TEST(RtlMachine, ASpikeCrossesToTheNextCore) {
  const auto machine = machineFor(twoCores(), 8);
  machine->reset();
  machine->inject({{0, 0, 0, 0}});
  machine->step();
  EXPECT_EQ(machine->spikes().vec(), (std::vector<SpikeEvent>{{0, 1}}));
  // U: 2 + 1 group + 2 neurons = Done at 5, the last issue at 3 is out of the pipeline at 7;
  // x_start at 9, List 10, Ptr 11, Slot 12, Send 13 and 14.
  EXPECT_EQ(machine->sends().vec(), (std::vector<SendEvent>{{0, 13}, {0, 14}}));
  machine->step();
  EXPECT_EQ(machine->spikes().vec(), (std::vector<SpikeEvent>{{0, 0}, {1, 1}}));
  machine->step();
  EXPECT_TRUE(machine->spikes().empty());
  const Counters counters = machine->counters();
  using enum CoreCounter;
  EXPECT_EQ(counters.cores[0][Synops], 2u) << "one of the host, one of itself";
  EXPECT_EQ(counters.cores[0][Messages], 2u);
  EXPECT_EQ(counters.cores[0][HopsEast], 1u);
  EXPECT_EQ(counters.cores[1][AxonLookups], 1u);
  EXPECT_EQ(counters.cores[0][BusyCycles] + counters.cores[0][IdleCycles], counters.tickCycles);
  EXPECT_EQ(counters.barriers, 6u);
}

TEST(RtlMachine, LoadingAgainForgetsEverything) {
  const auto machine = machineFor(twoCores(), 8);
  machine->inject({{0, 0, 0, 0}});
  machine->step();
  image::Image silent = twoCores();
  silent.cores[0].groups.clear();
  silent.cores[1].groups.clear();
  llvm::cantFail(machine->load(silent, 8));
  EXPECT_EQ(machine->counters().ticks, 0u);
  EXPECT_EQ(machine->counters().hostWriteWords, 0u);
  machine->inject({{1, 0, 0, 0}});
  machine->step();
  EXPECT_TRUE(machine->spikes().empty());
  EXPECT_EQ(machine->counters().total()[CoreCounter::Spikes], 0u);
}

TEST(RtlMachine, StateReadsBackWithItsSign) {
  image::Image image = twoCores();
  image.cores[1].neurons[0].vInit = -5;
  image.cores[1].neurons[1].vInit = (1 << 23) - 1;
  const auto machine = machineFor(image, 8);
  machine->reset();
  NeuronState state[2];
  machine->readState(1, 0, state);
  EXPECT_EQ(state[0], (NeuronState{0, -5, 0}));
  EXPECT_EQ(state[1], (NeuronState{0, (1 << 23) - 1, 0}));
}

// A bias burst of n mantissas is n + 1 words.
TEST(RtlMachine, BiasBurstsAreCounted) {
  const auto machine = machineFor(twoCores(), 8);
  machine->writeBias(1, 0, {-4096, 4095});
  machine->writeBias(0, 1, {640});
  EXPECT_EQ(machine->counters().hostWriteWords, 5u);
  machine->step();
  EXPECT_EQ(machine->spikes().vec(), (std::vector<SpikeEvent>{{0, 1}, {1, 1}}));
}

// Whatever registers and memories hold at power-on, an unwritten machine stays silent, and a
// written one does the same.
TEST(RtlMachine, StartValuesDoNotMatter) {
  for (uint64_t seed : {1u, 2u, 3u, 0x12345678u}) {
    const auto library = libraryFor(2, 1, seed);
    for (int tick = 0; tick < 3; ++tick) {
      llvm::cantFail(library->tick());
      EXPECT_TRUE(library->spikes().empty()) << "seed " << seed;
      EXPECT_EQ(library->tickCycles(), 7u) << "two barriers and nothing to do";
    }
    EXPECT_EQ(llvm::cantFail(library->read(rtl::Memory::State, 1, 0, 4)),
              std::vector<uint64_t>(4, 0));
    EXPECT_EQ(llvm::cantFail(library->read(rtl::Memory::Acc, 0, 0, 8)),
              std::vector<uint64_t>(8, 0));
    llvm::cantFail(library->write(rtl::configStream(twoCores(), 8)));
    llvm::cantFail(library->sampleReset());
    llvm::cantFail(library->inject({0}));
    EXPECT_EQ(llvm::cantFail(library->read(rtl::Memory::Acc, 0, 0, 8))[1], 640u)
        << "neuron 1, slot of tick 0";
  }
}

// An assertion of the RTL ends the run with its name.
TEST(RtlMachine, AssertionsFireAndNameThemselves) {
  const auto library = libraryFor(1, 1, 1);
  llvm::Error error = library->inject({/*x*/ 7});
  ASSERT_TRUE(bool(error));
  const std::string text = llvm::toString(std::move(error));
  EXPECT_NE(text.find("HostFlitInMesh"), std::string::npos) << text;
  EXPECT_NE(text.find("SNN7204"), std::string::npos) << text;
  EXPECT_TRUE(llvm::toString(library->tick()).find("HostFlitInMesh") != std::string::npos)
      << "a failed model stays failed";
}
// What image::verify refuses, the RTL would notice.
TEST(RtlMachine, ASparseListBeyondTheRowsIsNoticed) {
  image::Image image = twoCores();
  image.cores[1].axons[1].baseRow = 1; // tiny has one row
  const auto library = libraryFor(2, 1, 1);
  llvm::cantFail(library->write(rtl::configStream(image, 8)));
  llvm::cantFail(library->sampleReset());
  llvm::cantFail(library->inject({/*x 0, axon 1*/ uint64_t{1} << 16}));
  llvm::Error error = library->inject({/*x 1, axon 1*/ 1 | uint64_t{1} << 16});
  ASSERT_TRUE(bool(error));
  const std::string text = llvm::toString(std::move(error));
  EXPECT_NE(text.find("PairRowsExist"), std::string::npos) << text;
}
TEST(RtlMachineDeathTest, AFailureWhileRunningEndsTheRun) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto machine = machineFor(twoCores(), 8);
  EXPECT_DEATH(machine->inject({{9, 0, 0, 0}}), "HostFlitInMesh");
}

// Two users at once: one builds, the other waits, both get the machine.
TEST(RtlMachine, IsBuiltOnDemandOnce) {
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("snnc-rtl", path));
  const fs::path folder = path.str().str();
  fs::copy(fs::path(SNNC_SOURCE_DIR) / "hw", folder / "hw", fs::copy_options::recursive);
  std::ofstream(folder / "hw/rtl/snn_top.sv", std::ios::app) << "// not the shipped machine\n";
  setenv("SNNC_HW", (folder / "hw").c_str(), 1);
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  std::string found[2];
  std::thread users[2];
  for (int i = 0; i < 2; ++i)
    users[i] = std::thread([&found, i] {
      auto machine = rtl::findOrBuildMachine(tiny(), 1, 1, llvm::nulls());
      found[i] = machine ? *machine : llvm::toString(machine.takeError());
    });
  for (std::thread &user : users)
    user.join();
  unsetenv("SNNC_HW");
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(fs::path(found[0]).parent_path(), folder / "snnc");
  EXPECT_TRUE(bool(rtl::RtlLibrary::open(found[0], 1)));
  fs::remove_all(folder);
}
