// snn_neuron_crossbar alone, one neuron per cycle, at the widths of truenorth-like, against the
// table of docs/reference/crossbar_core.md written a second time here, axon by axon.
#include "Vsnn_neuron_crossbar.h"

#include "tests/cosim/verilated_module.h"
#include "tests/support/seeds.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <vector>

using namespace snnc;

namespace {

// targets/truenorth-like.json.
constexpr unsigned kAxons = 256, kTypes = 4, kWords = kAxons / 32;
constexpr unsigned kWeightBits = 9, kLeakBits = 9, kThresholdBits = 18, kMembraneBits = 20;

constexpr int32_t top(unsigned bits) {
  return (1 << (bits - 1)) - 1;
}
constexpr int32_t bottom(unsigned bits) {
  return -(1 << (bits - 1));
}
constexpr uint32_t field(int32_t value, unsigned bits) {
  return static_cast<uint32_t>(value) & ((1u << bits) - 1);
}
constexpr int32_t membrane(uint32_t bits) {
  return static_cast<int32_t>(bits << (32 - kMembraneBits)) >> (32 - kMembraneBits);
}

// What all neurons of a tick see.
struct Spikes {
  std::array<bool, kAxons> spike{};
  std::array<uint8_t, kAxons> type{};
};

struct Input {
  std::array<bool, kAxons> row{};
  std::array<int32_t, kTypes> weight{};
  int32_t v = 0, leak = 0, threshold = 0, floor = 0, reset = 0;
  bool enabled = true, linear = false, inclusive = false;
};

struct Output {
  int32_t v = 0;
  bool spike = false, active = false, clamped = false;
  uint32_t synops = 0;
  bool operator==(const Output &) const = default;
};
std::ostream &operator<<(std::ostream &os, const Output &o) {
  return os << "v " << o.v << " spike " << o.spike << " active " << o.active << " clamped "
            << o.clamped << " synops " << o.synops;
}
std::ostream &operator<<(std::ostream &os, const Input &i) {
  os << "v " << i.v << " leak " << i.leak << " threshold " << i.threshold << " floor " << i.floor
     << " reset " << i.reset << " enabled " << i.enabled << " linear " << i.linear << " inclusive "
     << i.inclusive << " weights";
  for (int32_t weight : i.weight)
    os << ' ' << weight;
  return os;
}

Output expected(const Spikes &spikes, const Input &in) {
  Output out{.v = in.v};
  if (!in.enabled)
    return out;
  int64_t x = int64_t{in.v} + in.leak;
  for (unsigned a = 0; a < kAxons; ++a) {
    if (!in.row[a] || !spikes.spike[a])
      continue;
    const int32_t weight = in.weight[spikes.type[a]];
    x += weight;
    out.active = true;
    out.synops += weight != 0;
  }
  int64_t y = x;
  if (x >= in.threshold) {
    out.spike = true;
    y = in.linear ? x - in.threshold : in.reset;
  } else if (x < in.floor || (in.inclusive && x == in.floor)) {
    y = in.linear ? x - in.floor : -int64_t{in.reset};
  }
  out.v = static_cast<int32_t>(std::clamp<int64_t>(y, bottom(kMembraneBits), top(kMembraneBits)));
  out.clamped = out.v != y;
  out.active = out.active || out.spike || out.v != in.v;
  return out;
}

class Neuron {
public:
  explicit Neuron(uint64_t seed) : module(seed) {
    module->in_valid_i = 0;
    show({});
    module.reset();
  }
  // The spikes that neurons handed in from now on see.
  void show(const Spikes &spikes) {
    for (EData &word : module->spikes_i.m_storage)
      word = 0;
    for (unsigned a = 0; a < kAxons; ++a)
      if (spikes.spike[a])
        module->spikes_i[spikes.type[a] * kWords + a / 32] |= 1u << (a % 32);
  }
  // One clock cycle with this input; the result of the input two cycles before, if any.
  std::optional<Output> put(const Input *in) {
    module->in_valid_i = in != nullptr;
    if (in)
      drive(*in);
    module.settle();
    EXPECT_EQ(module->mid_valid_o != 0, enteredBefore) << "valid of s2";
    enteredBefore = in != nullptr;
    std::optional<Output> out;
    if (module->out_valid_o)
      out = Output{membrane(module->out_v_o), module->out_spike_o != 0, module->out_active_o != 0,
                   module->out_clamped_o != 0, module->out_synops_o};
    module.edge();
    return out;
  }

private:
  void drive(const Input &in) {
    module->in_neuron_i = 0;
    for (EData &word : module->in_row_i.m_storage)
      word = 0;
    for (unsigned a = 0; a < kAxons; ++a)
      if (in.row[a])
        module->in_row_i[a / 32] |= 1u << (a % 32);
    uint64_t weights = 0;
    for (unsigned k = 0; k < kTypes; ++k)
      weights |= uint64_t{field(in.weight[k], kWeightBits)} << (k * kWeightBits);
    module->in_weights_i = weights;
    module->in_v_i = field(in.v, kMembraneBits);
    module->in_leak_i = static_cast<uint16_t>(field(in.leak, kLeakBits));
    module->in_threshold_i = field(in.threshold, kThresholdBits);
    module->in_floor_i = field(in.floor, kThresholdBits);
    module->in_reset_i = field(in.reset, kThresholdBits);
    module->in_enabled_i = in.enabled;
    module->in_linear_i = in.linear;
    module->in_floor_inclusive_i = in.inclusive;
  }
  test::VerilatedModule<Vsnn_neuron_crossbar> module;
  bool enteredBefore = false;
};

// What the inputs of a test made happen.
struct Seen {
  uint64_t updates = 0, spikes = 0, clamps = 0, quiet = 0, synops = 0;
  void add(const Output &out) {
    ++updates;
    spikes += out.spike;
    clamps += out.clamped;
    quiet += !out.active;
    synops += out.synops;
  }
};

// Inputs of one tick, back to back with bubbles: results in order, none lost.
void compare(Neuron &neuron, const Spikes &spikes, const std::vector<Input> &inputs,
             support::Rng &rng, Seen &seen) {
  neuron.show(spikes);
  std::deque<const Input *> inside;
  size_t next = 0, checked = 0;
  while (checked < inputs.size()) {
    const Input *in = next < inputs.size() && rng.below(8) != 0 ? &inputs[next++] : nullptr;
    const std::optional<Output> out = neuron.put(in);
    if (in)
      inside.push_back(in);
    if (!out)
      continue;
    ASSERT_FALSE(inside.empty());
    ASSERT_EQ(*out, expected(spikes, *inside.front())) << *inside.front();
    seen.add(*out);
    inside.pop_front();
    ++checked;
  }
}

// Any magnitude; the ends and 0 often.
int32_t anyValue(support::Rng &rng, unsigned bits) {
  const int32_t low = bottom(bits), high = top(bits);
  const int32_t special[] = {low, low + 1, -1, 0, 1, high - 1, high};
  if (rng.below(3) == 0)
    return special[rng.below(7)];
  return static_cast<int32_t>(rng.between(low, high)) / (1 << rng.below(bits));
}

Spikes randomSpikes(support::Rng &rng) {
  Spikes spikes;
  const uint64_t rate = rng.below(11);
  for (unsigned a = 0; a < kAxons; ++a) {
    spikes.spike[a] = rng.below(10) < rate;
    spikes.type[a] = static_cast<uint8_t>(rng.below(kTypes));
  }
  return spikes;
}

Input randomInput(support::Rng &rng, const Spikes &spikes) {
  Input in;
  const uint64_t density = rng.below(11);
  for (bool &joined : in.row)
    joined = rng.below(10) < density;
  for (int32_t &weight : in.weight)
    weight = anyValue(rng, kWeightBits);
  in.v = anyValue(rng, kMembraneBits);
  in.leak = anyValue(rng, kLeakBits);
  in.threshold = anyValue(rng, kThresholdBits);
  in.floor = anyValue(rng, kThresholdBits);
  in.reset = anyValue(rng, kThresholdBits);
  in.enabled = rng.below(8) != 0;
  in.linear = rng.below(2) != 0;
  in.inclusive = rng.below(2) != 0;
  // Often the sum itself, or a step beside it, is the threshold or the floor.
  Input bare = in;
  bare.enabled = true;
  bare.threshold = top(kThresholdBits);
  bare.floor = bottom(kThresholdBits);
  const Output sum = expected(spikes, bare);
  if (!sum.spike && rng.below(2) != 0) {
    const auto near = static_cast<int32_t>(sum.v + rng.between(-1, 1));
    int32_t &limit = rng.below(2) != 0 ? in.threshold : in.floor;
    limit = std::clamp(near, bottom(kThresholdBits), top(kThresholdBits));
  }
  return in;
}

} // namespace

TEST(CrossbarNeuronTwin, Random) {
  Seen seen;
  test::forEachSeed(1, 1500, [&](uint64_t seed, support::Rng &rng) {
    Neuron neuron(seed);
    const Spikes spikes = randomSpikes(rng);
    std::vector<Input> inputs(200);
    for (Input &in : inputs)
      in = randomInput(rng, spikes);
    compare(neuron, spikes, inputs, rng, seen);
  });
  std::cout << seen.updates << " updates: " << seen.spikes << " spikes, " << seen.clamps
            << " clamps, " << seen.quiet << " inactive, " << seen.synops << " synops\n";
  EXPECT_GT(seen.spikes, seen.updates / 20);
  EXPECT_GT(seen.clamps, seen.updates / 100);
  EXPECT_GT(seen.quiet, seen.updates / 50);
}

// Every field at its ends and around 0, in every combination; the sum from no event at all, from
// events that cancel, from one, and from all axons at the heaviest weights of either sign.
TEST(CrossbarNeuronTwin, EveryCorner) {
  Spikes spikes;
  spikes.spike.fill(true);
  for (unsigned a = 0; a < kAxons; ++a)
    spikes.type[a] = static_cast<uint8_t>(a % kTypes);
  std::vector<Input> sums(5);
  sums[1].row[4] = sums[1].row[7] = true; // types 0 and 3
  sums[1].weight = {5, 0, 0, -5};
  sums[2].row[kAxons - 1] = true;
  sums[2].weight = {-9, -9, -9, 1};
  sums[3].row.fill(true);
  sums[3].weight.fill(top(kWeightBits));
  sums[4].row.fill(true);
  sums[4].weight.fill(bottom(kWeightBits));

  const auto ends = [](unsigned bits) {
    return std::array<int32_t, 5>{bottom(bits), -1, 0, 1, top(bits)};
  };
  std::vector<Input> inputs;
  for (Input in : sums)
    for (int32_t v : ends(kMembraneBits))
      for (int32_t leak : ends(kLeakBits))
        for (int32_t threshold : ends(kThresholdBits))
          for (int32_t floor : ends(kThresholdBits))
            for (int32_t reset : ends(kThresholdBits))
              for (unsigned flags = 0; flags < 8; ++flags) {
                in.v = v, in.leak = leak, in.threshold = threshold;
                in.floor = floor, in.reset = reset;
                in.enabled = (flags & 1) != 0;
                in.linear = (flags & 2) != 0;
                in.inclusive = (flags & 4) != 0;
                inputs.push_back(in);
              }
  Neuron neuron(1);
  support::Rng rng(1);
  Seen seen;
  compare(neuron, spikes, inputs, rng, seen);
  EXPECT_EQ(seen.updates, 5u * 3125u * 8u);
}

// An axon alone, of every type: none is forgotten, none is counted twice.
TEST(CrossbarNeuronTwin, EveryAxonOfEveryType) {
  Neuron neuron(1);
  support::Rng rng(1);
  Seen seen;
  for (unsigned type = 0; type < kTypes; ++type)
    for (unsigned a = 0; a < kAxons; ++a) {
      Spikes spikes;
      spikes.spike[a] = true;
      spikes.type[a] = static_cast<uint8_t>(type);
      Input in{.threshold = 1000};
      in.row.fill(true);
      in.weight = {1, 10, 100, -1};
      compare(neuron, spikes, {in}, rng, seen);
    }
  EXPECT_EQ(seen.synops, kTypes * kAxons);
}
