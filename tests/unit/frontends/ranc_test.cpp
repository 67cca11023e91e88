#include "compiler/frontends/ranc/ranc_frontend.h"

#include "common/support/file_io.h"
#include "tests/unit/support/expect_diag.h"
#include "tests/unit/support/scratch.h"

#include <gtest/gtest.h>

#include <filesystem>

using namespace snnc;
using support::DiagCode;

namespace {

// Two neurons on one core of 3 axons, the bus to its right, an empty place above the core.
constexpr const char *kConfig = R"({
 "num_neurons": 4, "num_axons": 3, "num_cores_x": 2, "num_cores_y": 2, "num_weights": 2,
 "max_tick_offset": 16, "neuron_block_trace_verbosity": 0, "core_controller_trace_verbosity": 0,
 "scheduler_trace_verbosity": 0, "neuron_reset_type": 1
})";
constexpr const char *kNet = R"({
"packets": [
 [{"destination_core": [0, 0], "destination_axon": 2, "destination_tick": 3}],
 [{"destination_core": [0, 0], "destination_axon": 0, "destination_tick": 0}]
],
"output_bus": {"coordinates": [1, 0], "num_outputs": 5},
"cores": [{
 "axons": [0, 1],
 "neurons": [
  {"reset_potential": -1, "weights": [25, -3], "leak": -2, "positive_threshold": 35,
   "negative_threshold": -14, "destination_core_offset": [1, 0], "destination_axon": 4,
   "destination_tick": 14, "current_potential": -4, "reset_mode": 0},
  {"reset_potential": 7, "weights": [9], "leak": 0, "positive_threshold": 5,
   "negative_threshold": -6, "destination_core_offset": [0, 0], "destination_axon": 1,
   "destination_tick": 0, "current_potential": 3, "reset_mode": 1}
 ],
 "connections": [[1, 0, 1], [0, 1]],
 "coordinates": [0, 0]
}]
})";

std::string replaced(std::string text, const std::string &from, const std::string &to) {
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

llvm::Expected<net::CrossbarNet> parse(const std::string &net, support::Warnings &warnings,
                                       const std::string &config = kConfig) {
  return compiler::parseRanc(net, "net.json", config, "config.json", warnings);
}

support::Diagnostic refused(const std::string &net, const std::string &config = kConfig) {
  support::Warnings warnings;
  auto result = parse(net, warnings, config);
  return firstDiagnostic(result ? llvm::Error::success() : result.takeError());
}

std::string write(const std::string &path, const char *text) {
  llvm::cantFail(support::writeFile(path, llvm::StringRef(text)));
  return path;
}

struct Bad {
  const char *from, *to;
  DiagCode code;
  const char *path, *message;
};

void expectRefused(const Bad &bad) {
  SCOPED_TRACE(std::string(bad.from) + " -> " + bad.to);
  const support::Diagnostic diagnostic = refused(replaced(kNet, bad.from, bad.to));
  EXPECT_EQ(diagnostic.code, bad.code) << diagnostic.message;
  EXPECT_EQ(diagnostic.loc.file, "net.json");
  EXPECT_EQ(diagnostic.loc.path, bad.path);
  EXPECT_CONTAINS(diagnostic.message, bad.message);
}

} // namespace

TEST(RancFrontend, ReadsEveryField) {
  support::Warnings warnings;
  auto result = parse(kNet, warnings);
  ASSERT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
  const net::CrossbarNet &net = *result;
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(net.name, "net");
  EXPECT_EQ(net.width, 2u);
  EXPECT_EQ(net.height, 2u);
  EXPECT_EQ(net.axons, 3u);
  EXPECT_EQ(net.neurons, 4u);
  EXPECT_EQ(net.types, 2u);
  EXPECT_EQ(net.ticks, 2u);
  EXPECT_EQ(net.bus, (net::CrossbarBus{1, 0, 5}));
  // List p and delay d: integrated at tick p + d.
  EXPECT_EQ(net.packets, (std::vector<net::CrossbarPacket>{{1, 0, 0, 0}, {3, 0, 0, 2}}));
  ASSERT_EQ(net.cores.size(), 1u);
  const net::CrossbarCore &core = net.cores[0];
  EXPECT_EQ(core.axonTypes, (std::vector<uint8_t>{0, 1, 0}));
  EXPECT_EQ(core.weights, (std::vector<int32_t>{25, -3, 9, 0, 0, 0, 0, 0}));
  EXPECT_EQ(core.crossbar, (std::vector<uint64_t>{0b101, 0b010, 0, 0}));
  const net::CrossbarNeuron first{.enabled = true,
                                  .resetMode = net::CrossbarReset::Hard,
                                  .floorInclusive = true,
                                  .leak = -2,
                                  .threshold = 35,
                                  .floor = -14,
                                  .reset = -1,
                                  .vInit = -4,
                                  .target = {1, 0, 4, 14}};
  EXPECT_EQ(core.neurons[0], first);
  EXPECT_EQ(core.neurons[1].resetMode, net::CrossbarReset::Linear);
  EXPECT_EQ(core.neurons[1].target, (net::CrossbarTarget{0, 0, 1, 0}));
  // Not in the file: never fires.
  EXPECT_EQ(core.neurons[2], net::CrossbarNeuron{});
  EXPECT_FALSE(core.neurons[3].enabled);
}

TEST(RancFrontend, FloorOfHardwareAndOfTheShippedConfiguration) {
  for (const bool inclusive : {false, true}) {
    support::Warnings warnings;
    auto net =
        parse(kNet, warnings,
              replaced(kConfig, R"("neuron_reset_type": 1)",
                       inclusive ? R"("neuron_reset_type": 1)" : R"("neuron_reset_type": 0)"));
    ASSERT_TRUE(static_cast<bool>(net)) << llvm::toString(net.takeError());
    EXPECT_EQ(net->cores[0].neurons[0].floorInclusive, inclusive);
  }
}

TEST(RancFrontend, SizesMustFitTheConfiguration) {
  const Bad bads[] = {
      {R"("axons": [0, 1])", R"("axons": [0, 1, 0, 1])", DiagCode::RancSize, "/cores/0/axons",
       "4 axons but a core has 3"},
      {R"("axons": [0, 1])", R"("axons": [0, 2])", DiagCode::JsonRange, "/cores/0/axons/1",
       "2 is not in 0 .. 1"},
      {"[25, -3]", "[25, -3, 1]", DiagCode::RancSize, "/cores/0/neurons/0/weights",
       "3 weights but there are 2 axon types"},
      {"[[1, 0, 1], [0, 1]]", "[[1, 0, 1]]", DiagCode::RancSize, "/cores/0/connections",
       "1 rows of connections but 2 neurons"},
      {"[[1, 0, 1], [0, 1]]", "[[1, 0, 1, 0], [0, 1]]", DiagCode::RancSize,
       "/cores/0/connections/0", "4 connections but a core has 3 axons"},
      {"[[1, 0, 1], [0, 1]]", "[[1, 0, 1], [0, 2]]", DiagCode::JsonRange,
       "/cores/0/connections/1/1", "2 is not in 0 .. 1"},
      {"[[1, 0, 1], [0, 1]]", "[[1, 0, 1], [0, 0.5]]", DiagCode::JsonType,
       "/cores/0/connections/1/1", "0.5"},
      {R"("coordinates": [0, 0])", R"("coordinates": [0, 0, 0])", DiagCode::RancSize,
       "/cores/0/coordinates", "3 numbers instead of 2"},
  };
  for (const Bad &bad : bads)
    expectRefused(bad);
  const support::Diagnostic neurons =
      refused(kNet, replaced(kConfig, R"("num_neurons": 4)", R"("num_neurons": 1)"));
  EXPECT_EQ(neurons.code, DiagCode::RancSize);
  EXPECT_CONTAINS(neurons.message, "2 neurons but a core has 1");
}

TEST(RancFrontend, PlacesAxonsAndDelaysMustExist) {
  const Bad bads[] = {
      {R"("coordinates": [0, 0])", R"("coordinates": [0, 2])", DiagCode::RancPlace,
       "/cores/0/coordinates", "the core (0, 2) is outside the mesh of 2 x 2"},
      {R"("coordinates": [0, 0])", R"("coordinates": [1, 0])", DiagCode::RancPlace,
       "/cores/0/coordinates", "the core (1, 0) is where the output bus is"},
      {R"("coordinates": [1, 0])", R"("coordinates": [-1, 0])", DiagCode::RancPlace,
       "/output_bus/coordinates", "the output bus (-1, 0)"},
      {R"("destination_core_offset": [1, 0])", R"("destination_core_offset": [-1, 0])",
       DiagCode::RancPlace, "/cores/0/neurons/0/destination_core_offset", "the target (-1, 0)"},
      {R"("destination_core": [0, 0])", R"("destination_core": [0, 2])", DiagCode::RancPlace,
       "/packets/0/0/destination_core", "the packet's core (0, 2)"},
      {R"("destination_core": [0, 0])", R"("destination_core": [1, 0])", DiagCode::RancPlace,
       "/packets/0/0/destination_core", "output bus"},
      {R"("destination_axon": 4)", R"("destination_axon": 5)", DiagCode::RancAxon,
       "/cores/0/neurons/0/destination_axon", "is the output bus and has no axon 5, only 5"},
      {R"("destination_axon": 1,)", R"("destination_axon": 3,)", DiagCode::RancAxon,
       "/cores/0/neurons/1/destination_axon", "is a core and has no axon 3, only 3"},
      {R"("destination_axon": 2)", R"("destination_axon": 3)", DiagCode::RancAxon,
       "/packets/0/0/destination_axon", "no axon 3, a core has 3"},
      {R"("destination_tick": 14)", R"("destination_tick": 15)", DiagCode::JsonRange,
       "/cores/0/neurons/0/destination_tick", "15 is not in 0 .. 14"},
      {R"("destination_tick": 3)", R"("destination_tick": -1)", DiagCode::JsonRange,
       "/packets/0/0/destination_tick", "-1 is not in 0 .. 14"},
      {R"("reset_mode": 1)", R"("reset_mode": 2)", DiagCode::JsonRange,
       "/cores/0/neurons/1/reset_mode", "2 is not in 0 .. 1"},
      {R"("leak": -2)", R"("leak": 4294967296)", DiagCode::JsonRange, "/cores/0/neurons/0/leak",
       "4294967296 is not in -2147483648 .. 2147483647"},
      {R"("reset_potential": -1)", R"("reset_potential": -2147483648)", DiagCode::JsonRange,
       "/cores/0/neurons/0/reset_potential", "-2147483648 is not in"},
  };
  for (const Bad &bad : bads)
    expectRefused(bad);
  // A shorter ring of slots: the delay of 14 no longer fits.
  const support::Diagnostic ring =
      refused(kNet, replaced(kConfig, R"("max_tick_offset": 16)", R"("max_tick_offset": 8)"));
  EXPECT_EQ(ring.code, DiagCode::JsonRange);
  EXPECT_CONTAINS(ring.message, "14 is not in 0 .. 6");
}

TEST(RancFrontend, TwoCoresInOnePlace) {
  std::string text = kNet;
  const size_t from = text.find("[{\n \"axons\"") + 1, to = text.rfind("}]") + 1;
  const std::string core = text.substr(from, to - from);
  text.insert(to, "," + core);
  const support::Diagnostic diagnostic = refused(text);
  EXPECT_EQ(diagnostic.code, DiagCode::RancPlace);
  EXPECT_EQ(diagnostic.loc.path, "/cores/1/coordinates");
  ASSERT_EQ(diagnostic.notes.size(), 1u);
  EXPECT_EQ(diagnostic.notes[0].loc.path, "/cores/0/coordinates");
}

TEST(RancFrontend, StrictKeys) {
  const Bad bads[] = {
      {R"("leak": -2,)", "", DiagCode::JsonMissingKey, "/cores/0/neurons/0", "'leak' is missing"},
      {R"("leak": -2)", R"("leek": -2)", DiagCode::JsonMissingKey, "/cores/0/neurons/0", "leak"},
      {R"("leak": -2,)", R"("leak": -2, "kappa": 1,)", DiagCode::JsonUnknownKey,
       "/cores/0/neurons/0/kappa", "unknown key 'kappa'"},
      {R"("packets")", R"("packages")", DiagCode::JsonMissingKey, "", "'packets' is missing"},
      {R"("leak": -2)", R"("leak": true)", DiagCode::JsonType, "/cores/0/neurons/0/leak", "true"},
      {R"("cores": [)", R"("cores": ["a core", )", DiagCode::JsonType, "/cores/0", "an object"},
  };
  for (const Bad &bad : bads)
    expectRefused(bad);
  const support::Diagnostic missing =
      refused(kNet, replaced(kConfig, R"(, "neuron_reset_type": 1)", ""));
  EXPECT_EQ(missing.code, DiagCode::JsonMissingKey);
  EXPECT_EQ(missing.loc.file, "config.json");
  EXPECT_CONTAINS(missing.help, "<=");
  const support::Diagnostic large =
      refused(kNet, replaced(kConfig, R"("num_axons": 3)", R"("num_axons": 1000000000)"));
  EXPECT_EQ(large.code, DiagCode::JsonRange);
  EXPECT_EQ(large.loc.path, "/num_axons");
  EXPECT_EQ(refused("{").code, DiagCode::JsonSyntax);
  EXPECT_EQ(refused(std::string(20000, '[')).code, DiagCode::JsonSyntax);
}

// All errors of one core at once, and none of the cores after it.
TEST(RancFrontend, ErrorsOfOneCoreTogether) {
  std::string text = replaced(kNet, R"("leak": -2)", R"("leak": "x")");
  text = replaced(text, R"("reset_mode": 1)", R"("reset_mode": 3)");
  support::Warnings warnings;
  auto result = parse(text, warnings);
  ASSERT_FALSE(static_cast<bool>(result));
  const auto all = diagnosticsOf(result.takeError());
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].loc.path, "/cores/0/neurons/0/leak");
  EXPECT_EQ(all[1].loc.path, "/cores/0/neurons/1/reset_mode");
}

TEST(RancFrontend, SpikesToAnEmptyPlaceAreAWarning) {
  std::string text = replaced(kNet, R"("destination_core_offset": [0, 0])",
                              R"("destination_core_offset": [0, 1])");
  text = replaced(text, R"("destination_core": [0, 0])", R"("destination_core": [1, 1])");
  support::Warnings warnings;
  auto result = parse(text, warnings);
  ASSERT_TRUE(static_cast<bool>(result)) << llvm::toString(result.takeError());
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].code, DiagCode::RancLost);
  EXPECT_CONTAINS(warnings[0].message, "1 neurons and 1 packets");
}

TEST(RancFrontend, FilesAndTheConfigurationBeside) {
  EXPECT_EQ(compiler::rancConfigBeside("a/net_3.json"), "a/config_3.json");
  EXPECT_EQ(compiler::rancConfigBeside("net.json"), "config.json");
  EXPECT_EQ(compiler::rancConfigBeside("/x/input.json"), "/x/config.json");
  EXPECT_EQ(compiler::rancConfigBeside("x/mnist.json"), "x/config.json");

  const ScratchFolder folder;
  const std::string path = write(folder / "net_1.json", kNet);
  support::Warnings warnings;
  auto result = compiler::readRanc(path, "", warnings);
  ASSERT_FALSE(static_cast<bool>(result));
  support::Diagnostic diagnostic = firstDiagnostic(result.takeError());
  EXPECT_EQ(diagnostic.code, DiagCode::FileUnreadable);
  EXPECT_CONTAINS(diagnostic.loc.file + diagnostic.message, "config_1.json");
  const std::string config = write(folder / "config_1.json", kConfig);
  auto read = compiler::readRanc(path, "", warnings);
  ASSERT_TRUE(static_cast<bool>(read)) << llvm::toString(read.takeError());
  EXPECT_EQ(read->name, "net_1");
  auto named = compiler::readRanc(path, config, warnings);
  ASSERT_TRUE(static_cast<bool>(named)) << llvm::toString(named.takeError());
  EXPECT_TRUE(*read == *named);
}

TEST(RancFrontend, TooLargeAFileIsNotParsed) {
  const ScratchFolder folder;
  const std::string path = write(folder / "net.json", "{");
  write(folder / "config.json", kConfig);
  std::filesystem::resize_file(path, compiler::kMaxRancBytes + 1); // a hole, no bytes
  support::Warnings warnings;
  auto result = compiler::readRanc(path, "", warnings);
  ASSERT_FALSE(static_cast<bool>(result));
  const support::Diagnostic diagnostic = firstDiagnostic(result.takeError());
  EXPECT_EQ(diagnostic.code, DiagCode::RancTooLarge);
  EXPECT_CONTAINS(diagnostic.message, "536870913 bytes, at most 536870912");
}

TEST(RancFrontend, Detection) {
  EXPECT_TRUE(compiler::looksLikeRanc(kNet));
  EXPECT_FALSE(compiler::looksLikeRanc(kConfig));
  EXPECT_FALSE(compiler::looksLikeRanc(R"({"schema": "snnc-model/1", "layers": []})"));
  EXPECT_FALSE(compiler::looksLikeRanc(""));
  EXPECT_FALSE(compiler::looksLikeRanc("[" + std::string(kNet) + "]"));
}
