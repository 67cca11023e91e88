// snn_neuron_cuba alone, one neuron per cycle, against the rules of docs/reference/arithmetic.md
// written a second time here on common/support/fixed_point.h; and against Lava's own vectors.
#include "Vsnn_neuron_cuba.h"
#include "verilated.h"

#include "common/support/fixed_point.h"
#include "tests/support/seeds.h"

#include "nlohmann/json.hpp"

#include <array>
#include <deque>
#include <fstream>

using namespace snnc;
using support::clampTo;
using support::decayTowardZero;
using support::wrapSigned;

namespace {

constexpr int32_t kTop = (1 << 23) - 1, kBottom = -(1 << 23);

struct Input {
  int32_t u = 0, v = 0, acc = 0, threshold = 0, reset = 0, vmin = -kTop, vmax = kTop;
  int32_t biasMant = 0;
  uint32_t refractory = 0, reload = 1, du = 0, dv = 0, biasExp = 0, duOffset = 1;
  bool ge = false, subtract = false, toCurrent = false;
};
struct Output {
  int32_t u = 0, v = 0;
  uint32_t refractory = 0;
  bool spike = false, active = false, wrapped = false, clamped = false;
  bool operator==(const Output &) const = default;
};
std::ostream &operator<<(std::ostream &os, const Output &o) {
  return os << "u " << o.u << " v " << o.v << " ref " << o.refractory << " spike " << o.spike
            << " active " << o.active << " wrapped " << o.wrapped << " clamped " << o.clamped;
}
std::ostream &operator<<(std::ostream &os, const Input &i) {
  return os << "u " << i.u << " v " << i.v << " ref " << i.refractory << " acc " << i.acc
            << " threshold " << i.threshold << " reset " << i.reset << " vmin " << i.vmin
            << " vmax " << i.vmax << " bias " << i.biasMant << "<<" << i.biasExp << " du " << i.du
            << "+" << i.duOffset << " dv " << i.dv << " reload " << i.reload << " ge " << i.ge
            << " subtract " << i.subtract << " toCurrent " << i.toCurrent;
}

Output expected(const Input &i) {
  Output o;
  const int64_t bias = int64_t{i.biasMant} * (1 << i.biasExp);
  const int64_t uSum = decayTowardZero(i.u, i.du + i.duOffset) + i.acc + (i.toCurrent ? bias : 0);
  const int64_t u = wrapSigned(uSum, 24);
  const int64_t x = decayTowardZero(i.v, i.dv) + u + (i.toCurrent ? 0 : bias);
  int64_t v = clampTo(x, i.vmin, i.vmax);
  o.clamped = v != x;
  if (i.refractory > 0)
    v = i.subtract ? i.v : i.reset;
  o.spike = i.refractory == 0 && (i.ge ? v >= i.threshold : v > i.threshold);
  int64_t ref = i.refractory;
  if (o.spike) {
    const int64_t less = v - i.reset;
    v = i.subtract ? clampTo(less, i.vmin, i.vmax) : i.reset;
    o.clamped |= i.subtract && v != less;
    ref = i.reload;
  }
  o.u = static_cast<int32_t>(u);
  o.v = static_cast<int32_t>(v);
  o.refractory = static_cast<uint32_t>(ref > 0 ? ref - 1 : 0);
  o.wrapped = uSum != u;
  o.active = i.u || i.v || i.refractory || i.acc || i.biasMant;
  return o;
}

int32_t signed24(uint32_t bits) {
  return static_cast<int32_t>(wrapSigned(bits, 24));
}

class Neuron {
public:
  Neuron() {
    context.randReset(2);
    top = std::make_unique<Vsnn_neuron_cuba>(&context);
    top->rst_ni = 0;
    top->in_valid_i = 0;
    top->cfg_vmin_i = top->cfg_vmax_i = 0;
    cycle();
    cycle();
    top->rst_ni = 1;
  }
  // One clock cycle with this input; the result of the input two cycles before, if any.
  std::optional<Output> put(const Input *in) {
    top->in_valid_i = in != nullptr;
    if (in)
      drive(*in);
    top->clk_i = 0;
    top->eval();
    std::optional<Output> out;
    if (top->out_valid_o)
      out = Output{signed24(top->out_u_o), signed24(top->out_v_o), top->out_refractory_o,
                   top->out_spike_o != 0,  top->out_active_o != 0, top->out_wrapped_o != 0,
                   top->out_clamped_o != 0};
    top->clk_i = 1;
    top->eval();
    return out;
  }
  // vmin, vmax and duOffset belong to the core: they hold while neurons are inside.
  void configure(const Input &in) {
    top->cfg_du_offset_i = in.duOffset;
    top->cfg_vmin_i = in.vmin & 0xFFFFFF;
    top->cfg_vmax_i = in.vmax & 0xFFFFFF;
  }

private:
  void drive(const Input &in) {
    top->in_neuron_i = 0;
    top->in_u_i = in.u & 0xFFFFFF;
    top->in_v_i = in.v & 0xFFFFFF;
    top->in_refractory_i = in.refractory;
    top->in_acc_i = in.acc & 0x3FFFFF;
    top->in_threshold_i = in.threshold & 0xFFFFFF;
    top->in_reset_i = in.reset & 0xFFFFFF;
    top->in_du_i = in.du;
    top->in_dv_i = in.dv;
    top->in_refractory_reload_i = in.reload;
    top->in_compare_ge_i = in.ge;
    top->in_reset_subtract_i = in.subtract;
    top->in_bias_to_current_i = in.toCurrent;
    top->in_bias_mant_i = in.biasMant & 0x1FFF;
    top->in_bias_exp_i = in.biasExp;
  }
  void cycle() {
    top->clk_i = 0;
    top->eval();
    top->clk_i = 1;
    top->eval();
  }
  VerilatedContext context;
  std::unique_ptr<Vsnn_neuron_cuba> top;
};

// Inputs of one core configuration, back to back with bubbles: results in order, none lost.
void compare(Neuron &neuron, const std::vector<Input> &inputs, support::Rng &rng) {
  neuron.configure(inputs.front());
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
    ASSERT_EQ(*out, expected(*inside.front())) << *inside.front();
    inside.pop_front();
    ++checked;
  }
}

int32_t corner(support::Rng &rng, int32_t low, int32_t high) {
  const int32_t special[] = {low, low + 1, -1, 0, 1, high - 1, high};
  if (rng.below(3) == 0)
    return std::clamp(special[rng.below(7)], low, high);
  const auto x = static_cast<int32_t>(rng.between(low, high));
  return rng.below(2) ? x : x / static_cast<int32_t>(1 << rng.below(24));
}

Input randomInput(support::Rng &rng, const Input &core) {
  Input in = core;
  in.u = corner(rng, kBottom, kTop);
  in.v = corner(rng, kBottom, kTop);
  in.acc = corner(rng, -(1 << 21), (1 << 21) - 1);
  in.threshold = corner(rng, kBottom, kTop);
  in.subtract = rng.below(2);
  in.reset = corner(rng, in.subtract ? 0 : kBottom, kTop);
  in.biasMant = corner(rng, -4096, 4095);
  in.biasExp = static_cast<uint32_t>(rng.below(8));
  in.refractory = rng.below(3) ? 0 : static_cast<uint32_t>(rng.below(64));
  in.reload = static_cast<uint32_t>(rng.below(64));
  in.du = static_cast<uint32_t>(corner(rng, 0, 4095));
  in.dv = static_cast<uint32_t>(corner(rng, 0, 4095));
  in.ge = rng.below(2);
  in.toCurrent = rng.below(2);
  // Half of the time just at the threshold.
  if (rng.below(2)) {
    const int32_t v = expected(in).v;
    in.threshold = std::clamp(v + static_cast<int32_t>(rng.between(-1, 1)), kBottom, kTop);
  }
  return in;
}

} // namespace

TEST(NeuronTwin, RandomAndCorners) {
  Neuron neuron;
  test::forEachSeed(1, 400, [&](uint64_t, support::Rng &rng) {
    Input core;
    core.duOffset = static_cast<uint32_t>(rng.below(2));
    const int32_t a = corner(rng, kBottom, kTop), b = corner(rng, kBottom, kTop);
    if (rng.below(2)) {
      core.vmin = std::min(a, b);
      core.vmax = std::max(a, b);
    }
    std::vector<Input> inputs(500);
    for (Input &in : inputs)
      in = randomInput(rng, core);
    compare(neuron, inputs, rng);
  });
}

// One at a time, what a random test may miss: each with the value that decides it.
TEST(NeuronTwin, DirectedCorners) {
  Neuron neuron;
  support::Rng rng(1);
  auto run = [&](Input in) {
    neuron.configure(in);
    neuron.put(&in);
    neuron.put(nullptr);
    const std::optional<Output> out = neuron.put(nullptr);
    EXPECT_TRUE(out && *out == expected(in)) << in;
    return out.value_or(Output{});
  };
  // u wraps exactly at 2^23, to -2^23; without offset and decay nothing else changes it.
  Output o = run({.u = kTop, .acc = 1, .duOffset = 0});
  EXPECT_EQ(o.u, kBottom);
  EXPECT_TRUE(o.wrapped);
  o = run({.u = kBottom, .acc = -1, .duOffset = 0});
  EXPECT_EQ(o.u, kTop);
  EXPECT_TRUE(o.wrapped);
  // du 4095 with the offset forgets u; du 0 with it loses a 4096th, toward zero.
  EXPECT_EQ(run({.u = kBottom, .acc = 5, .du = 4095}).u, 5);
  EXPECT_EQ(run({.u = -4097}).u, -4095);
  EXPECT_EQ(run({.u = -1}).u, 0);
  // Strict and not strict, at the threshold.
  EXPECT_FALSE(run({.acc = 100, .threshold = 100, .du = 4095, .dv = 4095}).spike);
  EXPECT_TRUE(run({.acc = 100, .threshold = 100, .du = 4095, .ge = true}).spike);
  // u + bias is exact before it is added to v: it clamps, it does not wrap.
  o = run({.u = kTop, .threshold = kTop, .biasMant = 4095, .biasExp = 7, .duOffset = 0});
  EXPECT_EQ(o.v, kTop);
  EXPECT_TRUE(o.clamped);
  EXPECT_FALSE(o.wrapped);
  // Refractory holds: at the value of reset, or, subtracting, where the membrane is.
  EXPECT_EQ(run({.v = 50, .acc = 9, .threshold = 999, .reset = -7, .refractory = 3}).v, -7);
  o = run({.v = 50, .acc = 9, .threshold = 999, .reset = 7, .refractory = 3, .subtract = true});
  EXPECT_EQ(o.v, 50);
  EXPECT_EQ(o.refractory, 2u);
  EXPECT_EQ(o.u, 9);
  // Held above the threshold, of any rule: no spike until the count is at 0.
  for (const bool subtract : {false, true}) {
    o = run({.v = 50, .threshold = 10, .reset = 50, .refractory = 1, .subtract = subtract});
    EXPECT_FALSE(o.spike);
    EXPECT_EQ(o.v, 50);
    EXPECT_EQ(o.refractory, 0u);
    EXPECT_TRUE(run({.v = 50, .threshold = 10, .reset = 50, .subtract = subtract}).spike);
  }
  // A spike restarts the count, one already spent; subtraction clamps at vmin.
  o = run({.acc = 500, .threshold = 100, .reset = 400, .reload = 5, .subtract = true});
  EXPECT_EQ(o.v, 100);
  EXPECT_EQ(o.refractory, 4u);
  o = run({.acc = 500, .threshold = 100, .reset = 900, .vmin = 0, .subtract = true});
  EXPECT_EQ(o.v, 0);
  EXPECT_TRUE(o.clamped);
  EXPECT_FALSE(run({}).active);
}

TEST(NeuronTwin, EveryLavaVector) {
  const char *set = std::getenv("SNNC_LAVA_GOLDEN");
  const char *shared = std::getenv("SNNC_SHARED");
  const std::string path = set      ? set
                           : shared ? std::string(shared) + "/golden/lava_lif.json"
                                    : SNNC_SOURCE_DIR "/../shared/golden/lava_lif.json";
  std::ifstream file(path);
  if (!file)
    GTEST_SKIP() << "NOT CHECKED against Lava: no " << path << " (set SNNC_LAVA_GOLDEN)";
  const nlohmann::json golden = nlohmann::json::parse(file);
  Neuron neuron;
  size_t compared = 0;
  for (size_t c = 0; c < golden["cases"].size(); ++c) {
    const nlohmann::json &test = golden["cases"][c];
    const size_t n = test["bias_mant"].size();
    std::vector<Input> neurons(n);
    for (size_t i = 0; i < n; ++i)
      neurons[i] = {.threshold = test["vth"].get<int32_t>() * 64,
                    .biasMant = test["bias_mant"][i],
                    .du = test["du"],
                    .dv = test["dv"],
                    .biasExp = test["bias_exp"]};
    neuron.configure(neurons[0]);
    for (size_t t = 0; t < test["a_in"].size(); ++t) {
      std::vector<Output> out;
      for (size_t i = 0; i < n + 2; ++i) {
        if (i < n)
          neurons[i].acc = test["a_in"][t][i].get<int32_t>() * 64;
        const std::optional<Output> result = neuron.put(i < n ? &neurons[i] : nullptr);
        if (result)
          out.push_back(*result);
      }
      ASSERT_EQ(out.size(), n);
      for (size_t i = 0; i < n; ++i) {
        ASSERT_EQ(out[i].u, test["u"][t][i].get<int32_t>())
            << "case " << c << " step " << t << " neuron " << i;
        ASSERT_EQ(out[i].v, test["v"][t][i].get<int32_t>())
            << "case " << c << " step " << t << " neuron " << i;
        ASSERT_EQ(out[i].spike, test["s"][t][i].get<int>() != 0)
            << "case " << c << " step " << t << " neuron " << i;
        neurons[i].u = out[i].u;
        neurons[i].v = out[i].v;
        neurons[i].refractory = out[i].refractory;
        ++compared;
      }
    }
  }
  EXPECT_EQ(golden["cases"].size(), 40u);
  std::cout << compared << " neuron ticks equal to Lava's\n";
}
