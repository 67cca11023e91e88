// A waveform shows what happened: read back, the probes of a window of ticks hold every spike and
// every new state that the cycle engine has, and none of another tick or core.
#include "runtime/cycle/cycle_machine.h"
#include "tests/cosim/lockstep.h"
#include "tests/support/seeds.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace snnc;
using runtime::Machine;
using runtime::NeuronState;

namespace {

struct Update {
  uint64_t tick = 0;
  uint32_t core = 0, neuron = 0; // core: index into Image::cores
  int64_t u = 0, v = 0, refractory = 0;
  bool spike = false;
};

int64_t number(const std::string &bits, bool isSigned) {
  int64_t value = 0;
  for (char bit : bits)
    value = value << 1 | (bit == '1');
  return isSigned && bits[0] == '1' ? value - (int64_t{1} << bits.size()) : value;
}

// Just enough of VCD: values of the variables in scopes core_X_Y, looked at while the clock is low.
class Vcd {
public:
  explicit Vcd(const std::string &path) : in(path) {}

  std::vector<Update> updates(const image::Image &image) {
    readHeader();
    std::vector<Update> out;
    std::string line;
    bool started = false;
    while (std::getline(in, line)) {
      if (line.empty())
        continue;
      if (line[0] == '#') {
        if (started)
          look(image, out);
        started = true;
      } else if (line[0] == 'b') {
        const size_t blank = line.find(' ');
        values[line.substr(blank + 1)] = line.substr(1, blank - 1);
      } else {
        values[line.substr(1)] = line.substr(0, 1);
      }
    }
    look(image, out);
    return out;
  }
  std::set<std::string> scopes() const {
    std::set<std::string> names;
    for (const auto &[scope, variables] : probes)
      names.insert(scope);
    return names;
  }

private:
  void readHeader() {
    std::string word, scope;
    while (in >> word && word != "$enddefinitions") {
      if (word == "$scope") {
        in >> word >> scope;
      } else if (word == "$var" && scope.rfind("core_", 0) == 0) {
        std::string type, bits, code, name;
        in >> type >> bits >> code >> name;
        probes[scope][name] = code;
        width[code] = std::stoul(bits);
      }
    }
    std::getline(in, word);
  }
  int64_t value(const std::string &scope, const std::string &name) {
    const std::string &code = probes.at(scope).at(name);
    std::string bits = values[code];
    // Leading zeros may be left out.
    bits.insert(0, width[code] > bits.size() ? width[code] - bits.size() : 0, '0');
    return number(bits, name == "u" || name == "v");
  }
  void look(const image::Image &image, std::vector<Update> &out) {
    for (const auto &[scope, variables] : probes) {
      if (value(scope, "clk") != 0 || value(scope, "update") != 1)
        continue;
      for (uint32_t c = 0; c < image.cores.size(); ++c) {
        const image::CoreImage &core = image.cores[c];
        if (scope == "core_" + std::to_string(core.x) + "_" + std::to_string(core.y))
          out.push_back({static_cast<uint64_t>(value(scope, "tick")), c,
                         static_cast<uint32_t>(value(scope, "neuron")), value(scope, "u"),
                         value(scope, "v"), value(scope, "refractory"),
                         value(scope, "spike") == 1});
      }
    }
  }

  std::ifstream in;
  std::map<std::string, std::map<std::string, std::string>> probes; // scope -> name -> code
  std::map<std::string, size_t> width;
  std::map<std::string, std::string> values;
};

class Wave : public ::testing::Test {
protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("snnc_wave_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    target = llvm::cantFail(target::loadTarget("tiny"));
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  // Runs both machines for `ticks`; the cycle engine's spikes and states of every tick are kept.
  void run(support::Rng &rng, const runtime::rtl::Wave &wave, uint32_t ticks, uint32_t mesh = 2) {
    image = test::randomImage(rng, target, {.meshWidth = mesh, .meshHeight = mesh});
    const auto cycle = runtime::cycle::createCycleMachine();
    auto rtl = llvm::cantFail(runtime::rtl::createRtlMachine(image, llvm::errs(), {}, &wave));
    for (Machine *machine : {cycle.get(), rtl.get()}) {
      llvm::cantFail(machine->load(image, ticks));
      machine->reset();
    }
    spikes.clear();
    states.clear();
    for (uint32_t tick = 0; tick < ticks; ++tick) {
      const image::CoreImage &to = image.cores[rng.below(image.cores.size())];
      const runtime::HostPacket packet = {to.x, to.y, 0,
                                          static_cast<uint16_t>(rng.below(to.axonCount()))};
      for (Machine *machine : {cycle.get(), rtl.get()}) {
        machine->inject(packet);
        machine->step();
      }
      for (const runtime::SpikeEvent &spike : cycle->spikes())
        spikes.insert({tick, spike.core, spike.neuron});
      for (uint32_t c = 0; c < image.cores.size(); ++c) {
        std::vector<NeuronState> &now = states[{tick, c}];
        now.resize(image.cores[c].neuronCount());
        cycle->readState(c, 0, now);
      }
    }
  }
  using Spikes = std::set<std::tuple<uint64_t, uint32_t, uint32_t>>; // tick, core, neuron
  Spikes window(uint64_t first, uint64_t last, std::optional<uint32_t> core) const {
    Spikes out;
    for (const auto &spike : spikes) {
      const image::CoreImage &c = image.cores[std::get<1>(spike)];
      if (std::get<0>(spike) >= first && std::get<0>(spike) < last &&
          (!core || *core == c.y * image.meshWidth + c.x))
        out.insert(spike);
    }
    return out;
  }
  // The spikes in `updates`, whose states must be the cycle engine's.
  Spikes checked(const std::vector<Update> &updates) const {
    Spikes out;
    for (const Update &update : updates) {
      if (update.spike)
        out.insert({update.tick, update.core, update.neuron});
      const NeuronState &state = states.at({update.tick, update.core}).at(update.neuron);
      EXPECT_EQ(update.u, state.u) << "tick " << update.tick << " neuron " << update.neuron;
      EXPECT_EQ(update.v, state.v) << "tick " << update.tick << " neuron " << update.neuron;
      EXPECT_EQ(update.refractory, state.refractory);
    }
    return out;
  }

  std::filesystem::path folder;
  target::Target target;
  image::Image image;
  Spikes spikes;
  std::map<std::pair<uint64_t, uint32_t>, std::vector<NeuronState>> states;
};

} // namespace

TEST_F(Wave, TheWindowHoldsItsSpikesAndStates) {
  size_t seen = 0;
  test::forEachSeed(7000, 20, [&](uint64_t, support::Rng &rng) {
    runtime::rtl::Wave wave{folder / "w.vcd", "vcd", 3, 8, std::nullopt};
    run(rng, wave, 12);
    Vcd vcd(wave.path);
    const Spikes got = checked(vcd.updates(image));
    EXPECT_EQ(got, window(3, 8, std::nullopt));
    EXPECT_EQ(vcd.scopes(),
              (std::set<std::string>{"core_0_0", "core_0_1", "core_1_0", "core_1_1"}));
    seen += got.size();
  });
  EXPECT_GT(seen, 0u) << "no network fired";
}

TEST_F(Wave, OneCoreAlone) {
  test::forEachSeed(7100, 5, [&](uint64_t, support::Rng &rng) {
    runtime::rtl::Wave wave{folder / "w.vcd", "vcd", 0, UINT64_MAX, 2};
    run(rng, wave, 8);
    Vcd vcd(wave.path);
    EXPECT_EQ(checked(vcd.updates(image)), window(0, 8, 2));
    EXPECT_EQ(vcd.scopes(), std::set<std::string>{"core_0_1"});
  });
}

TEST_F(Wave, CrossbarCore) {
  target = test::crossbarWith({{"core/neurons", 32},
                               {"core/input_axons", 64},
                               {"core/threshold_bits", 8},
                               {"core/membrane_bits", 9},
                               {"mesh/width", 2},
                               {"mesh/height", 2}});
  size_t seen = 0;
  test::forEachSeed(7200, 5, [&](uint64_t, support::Rng &rng) {
    runtime::rtl::Wave wave{folder / "w.vcd", "vcd", 2, 6, std::nullopt};
    run(rng, wave, 8, 1);
    Vcd vcd(wave.path);
    const Spikes got = checked(vcd.updates(image));
    EXPECT_EQ(got, window(2, 6, std::nullopt));
    seen += got.size();
  });
  EXPECT_GT(seen, 0u) << "no network fired";
}

// FST is compressed; its header block says enough: type 0 of length 329 (GTKWave's format).
TEST_F(Wave, Fst) {
  support::Rng rng(1);
  runtime::rtl::Wave wave{folder / "w.fst", "fst", 0, UINT64_MAX, std::nullopt};
  run(rng, wave, 4, 1);
  std::ifstream file(wave.path, std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  const std::string text = bytes.str();
  ASSERT_GT(text.size(), 330u);
  EXPECT_EQ(text.substr(0, 9), std::string("\0\0\0\0\0\0\0\x01\x49", 9));
}
