// RANC's own simulator, executed: eight networks, every row and column of its output files.
#include "common/support/file_io.h"
#include "compiler/frontends/ranc/ranc_frontend.h"
#include "runtime/reference/crossbar_engine.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"

#include <gtest/gtest.h>

#include <cstdlib>

using namespace snnc;
using runtime::reference::CrossbarTrace;
using runtime::reference::runCrossbar;

namespace {

constexpr unsigned kNetworks = 8;

std::string pathOf(const char *kind, unsigned k, const char *suffix) {
  const char *shared = std::getenv("SNNC_SHARED");
  return llvm::formatv("{0}/golden/ranc/{1}_{2}.{3}",
                       shared != nullptr ? shared : SNNC_SOURCE_DIR "/../shared", kind, k, suffix);
}

bool present() {
  return llvm::sys::fs::exists(pathOf("net", 0, "json"));
}

std::string missing() {
  return "NOTHING WAS CHECKED: no " + pathOf("net", 0, "json") + " (set SNNC_SHARED)";
}

net::CrossbarNet read(unsigned k) {
  support::Warnings warnings;
  // Without a configuration: the one beside it is found by its name.
  auto net = compiler::readRanc(pathOf("net", k, "json"), "", warnings);
  if (!net) {
    ADD_FAILURE() << llvm::toString(net.takeError());
    return {};
  }
  EXPECT_TRUE(warnings.empty());
  return std::move(*net);
}

std::string recorded(unsigned k) {
  auto file = support::readFile(pathOf("out", k, "txt"));
  if (!file) {
    ADD_FAILURE() << llvm::toString(file.takeError());
    return "";
  }
  return (*file)->getBuffer().str();
}

// As RANC writes it: a column per output, each followed by a blank.
std::string text(const CrossbarTrace &trace) {
  std::string text;
  for (uint32_t t = 0; t < trace.ticks; ++t) {
    for (uint32_t o = 0; o < trace.outputs; ++o)
      text += trace.rows[size_t{t} * trace.outputs + o] != 0 ? "1 " : "0 ";
    text += '\n';
  }
  return text;
}

// Places where two outputs of the same shape differ.
size_t differences(const std::string &a, const std::string &b) {
  EXPECT_EQ(a.size(), b.size());
  size_t count = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    count += a[i] != b[i];
  return count;
}

} // namespace

TEST(Ranc, EveryRowAndColumnOfTheSimulator) {
  if (!present())
    GTEST_SKIP() << missing();
  CrossbarTrace sum;
  for (unsigned k = 0; k < kNetworks; ++k) {
    SCOPED_TRACE("network " + std::to_string(k));
    const net::CrossbarNet net = read(k);
    ASSERT_FALSE(HasFailure());
    EXPECT_EQ(net.ticks, 80u);
    const CrossbarTrace trace = runCrossbar(net, net.ticks);
    EXPECT_EQ(text(trace), recorded(k));
    EXPECT_EQ(trace.inexact + trace.outOfInt32 + trace.lost, 0u);
    EXPECT_GT(trace.spikeCount, 0u);
    EXPECT_GT(trace.onFloor, 0u);
    sum.merged += trace.merged;
    sum.floors += trace.floors;
  }
  // What the vectors reach: two spikes on one axon, and resets from below.
  EXPECT_GT(sum.merged, 0u);
  EXPECT_GT(sum.floors, 0u);
}

// The other comparison of the floor changes the outputs of networks 0, 1, 2, 3, 5 and 7; v lands on
// the floor in the other two as well, but nothing of it reaches an output.
TEST(Ranc, TheOtherFloorIsSeen) {
  if (!present())
    GTEST_SKIP() << missing();
  const size_t expected[kNetworks] = {1, 32, 80, 16, 0, 142, 0, 273};
  for (unsigned k = 0; k < kNetworks; ++k) {
    SCOPED_TRACE("network " + std::to_string(k));
    net::CrossbarNet net = read(k);
    ASSERT_FALSE(HasFailure());
    EXPECT_EQ(net.cores[0].neurons[0].floorInclusive, k % 2 == 1);
    for (net::CrossbarCore &core : net.cores)
      for (net::CrossbarNeuron &neuron : core.neurons)
        neuron.floorInclusive = !neuron.floorInclusive;
    EXPECT_EQ(differences(text(runCrossbar(net, net.ticks)), recorded(k)), expected[k]);
  }
}

// One weight of one neuron with the other sign, in each network.
TEST(Ranc, OneWrongWeightIsSeen) {
  if (!present())
    GTEST_SKIP() << missing();
  for (unsigned k = 0; k < kNetworks; ++k) {
    SCOPED_TRACE("network " + std::to_string(k));
    net::CrossbarNet net = read(k);
    ASSERT_FALSE(HasFailure());
    const CrossbarTrace before = runCrossbar(net, net.ticks);
    bool seen = false;
    for (size_t w = 0; w < net.cores[0].weights.size() && !seen; ++w) {
      net.cores[0].weights[w] *= -1;
      seen = runCrossbar(net, net.ticks).rows != before.rows;
      net.cores[0].weights[w] *= -1;
    }
    EXPECT_TRUE(seen);
    // And one synapse more or less.
    seen = false;
    for (uint32_t n = 0; n < net.neurons && !seen; ++n) {
      const uint32_t axon = n % net.axons;
      uint64_t &word = net.cores[0].crossbar[size_t{n} * net.rowWords() + axon / 64];
      word ^= uint64_t{1} << (axon % 64);
      seen = runCrossbar(net, net.ticks).rows != before.rows;
      word ^= uint64_t{1} << (axon % 64);
    }
    EXPECT_TRUE(seen);
  }
}

// Timing: each rule shifted by a tick, and the initial state dropped.
TEST(Ranc, AnotherTimeOrStartIsSeen) {
  if (!present())
    GTEST_SKIP() << missing();
  size_t delays = 0, packets = 0, starts = 0;
  for (unsigned k = 0; k < kNetworks; ++k) {
    const net::CrossbarNet net = read(k);
    const std::string expected = recorded(k);
    net::CrossbarNet changed = net;
    for (net::CrossbarCore &core : changed.cores)
      for (net::CrossbarNeuron &neuron : core.neurons)
        neuron.target.delay = neuron.target.delay > 0 ? neuron.target.delay - 1 : 0;
    delays += text(runCrossbar(changed, net.ticks)) != expected;
    changed = net;
    for (net::CrossbarPacket &packet : changed.packets)
      ++packet.tick;
    packets += text(runCrossbar(changed, net.ticks)) != expected;
    changed = net;
    for (net::CrossbarCore &core : changed.cores)
      for (net::CrossbarNeuron &neuron : core.neurons)
        neuron.vInit = 0;
    starts += text(runCrossbar(changed, net.ticks)) != expected;
  }
  EXPECT_EQ(delays, kNetworks);
  EXPECT_EQ(packets, kNetworks);
  EXPECT_EQ(starts, kNetworks);
}
