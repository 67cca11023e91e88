// Single modules against a few lines of C++: the FIFO, the router with its arbiters, and the
// accumulator bank with its forwarding.
#include "Vsnn_acc_bank.h"
#include "Vsnn_fifo.h"
#include "Vsnn_router.h"

#include "common/support/fixed_point.h"
#include "tests/cosim/verilated_module.h"
#include "tests/support/seeds.h"

#include <array>
#include <deque>
#include <optional>

using namespace snnc;
using test::VerilatedModule;

// Sizes that CMakeLists.txt gives the modules.
namespace {
constexpr unsigned kFifoDepth = 3;
constexpr unsigned kRouterDepth = 2, kPorts = 5, kFlitBits = 16;
constexpr unsigned kBankDepth = 4, kBankBits = 22, kAddendBits = 21;
} // namespace

TEST(Fifo, KeepsOrderAndNeverLoses) {
  test::forEachSeed(1, 50, [&](uint64_t seed, support::Rng &rng) {
    VerilatedModule<Vsnn_fifo> fifo(seed);
    fifo->in_valid_i = fifo->out_ready_i = 0;
    fifo->in_data_i = 0;
    fifo.reset();
    std::deque<uint32_t> model;
    uint32_t next = 0, full = 0;
    const uint64_t pushRate = rng.between(1, 9), popRate = rng.between(1, 9);
    bool held = false;
    for (int cycle = 0; cycle < 1000; ++cycle) {
      // A held beat stays.
      if (!held)
        fifo->in_valid_i = rng.below(10) < pushRate;
      fifo->in_data_i = next & 0xFFFF;
      fifo->out_ready_i = rng.below(10) < popRate;
      fifo.settle();
      ASSERT_EQ(fifo->in_ready_o != 0, model.size() < kFifoDepth)
          << "by the count before the cycle";
      ASSERT_EQ(fifo->out_valid_o != 0, !model.empty());
      if (!model.empty()) {
        ASSERT_EQ(fifo->out_data_o, model.front());
      }
      full += model.size() == kFifoDepth;
      const bool push = fifo->in_valid_i && fifo->in_ready_o;
      const bool pop = fifo->out_valid_o && fifo->out_ready_i;
      held = fifo->in_valid_i && !push;
      fifo.edge();
      if (pop)
        model.pop_front();
      if (push)
        model.push_back(next++ & 0xFFFF);
    }
    EXPECT_GT(next, 0u);
    if (pushRate > popRate + 2) {
      EXPECT_GT(full, 0u);
    }
  });
}

namespace {

// The router of docs/reference/timing_model.md: FIFOs, X before Y, round robin.
class RouterModel {
public:
  RouterModel(uint32_t x, uint32_t y) : x(x), y(y) {}

  bool ready(unsigned in) const { return fifos[in].size() < kRouterDepth; }
  std::optional<unsigned> winner(unsigned out) const {
    for (unsigned k = 0; k < kPorts; ++k) {
      const unsigned in = (pointer[out] + k) % kPorts;
      if (!fifos[in].empty() && portOf(fifos[in].front()) == out)
        return in;
    }
    return std::nullopt;
  }
  uint32_t head(unsigned in) const { return fifos[in].front(); }
  void move(unsigned out) {
    const unsigned in = *winner(out);
    moves.push_back({out, in});
  }
  void push(unsigned in, uint32_t flit) { pushes.push_back({in, flit}); }
  void edge() {
    for (auto [out, in] : moves) {
      fifos[in].pop_front();
      pointer[out] = (in + 1) % kPorts;
    }
    for (auto [in, flit] : pushes)
      fifos[in].push_back(flit);
    moves.clear();
    pushes.clear();
  }
  bool empty() const {
    for (const auto &fifo : fifos)
      if (!fifo.empty())
        return false;
    return true;
  }

private:
  unsigned portOf(uint32_t flit) const {
    const uint32_t toX = flit & 3, toY = (flit >> 2) & 3;
    return toX > x ? 2 : toX < x ? 4 : toY > y ? 3 : toY < y ? 1 : 0;
  }
  uint32_t x, y;
  std::array<std::deque<uint32_t>, kPorts> fifos;
  std::array<unsigned, kPorts> pointer{};
  std::vector<std::pair<unsigned, unsigned>> moves;
  std::vector<std::pair<unsigned, uint32_t>> pushes;
};

uint32_t flitOf(const VlWide<3> &flits, unsigned port) {
  const unsigned bit = port * kFlitBits;
  return (flits[bit / 32] >> (bit % 32)) & 0xFFFF;
}

} // namespace

TEST(Router, RoutesAndArbitratesAsSpecified) {
  test::forEachSeed(1, 60, [&](uint64_t seed, support::Rng &rng) {
    VerilatedModule<Vsnn_router> router(seed);
    router->x_i = static_cast<uint8_t>(rng.below(4));
    router->y_i = static_cast<uint8_t>(rng.below(4));
    router->in_valid_i = router->out_ready_i = router->stall_i = 0;
    router.reset();
    RouterModel model(router->x_i, router->y_i);
    const uint64_t offer = rng.between(1, 10), accept = rng.between(2, 10);
    std::array<uint32_t, kPorts> flit{};
    std::array<bool, kPorts> offered{};
    uint32_t moved = 0;
    for (int cycle = 0; cycle < 600; ++cycle) {
      uint32_t valid = 0;
      VlWide<3> flits{};
      for (unsigned in = 0; in < kPorts; ++in) {
        if (!offered[in] && rng.below(10) < offer && cycle < 500) {
          offered[in] = true;
          flit[in] = static_cast<uint32_t>(rng.below(1 << kFlitBits));
        }
        valid |= uint32_t{offered[in]} << in;
        flits[in * kFlitBits / 32] |= flit[in] << (in * kFlitBits % 32);
      }
      router->in_valid_i = static_cast<uint8_t>(valid);
      router->in_flit_i = flits;
      router->out_ready_i = cycle < 500 ? static_cast<uint8_t>(rng.next() & rng.next() & 31) : 31;
      if (rng.below(10) < accept)
        router->out_ready_i = 31;
      router->stall_i =
          cycle < 500 ? static_cast<uint16_t>(rng.next() & rng.next() & rng.next() & 1023) : 0;
      router.settle();
      for (unsigned in = 0; in < kPorts; ++in) {
        const bool ready = model.ready(in) && ((router->stall_i >> (kPorts + in)) & 1) == 0;
        ASSERT_EQ(((router->in_ready_o >> in) & 1) != 0, ready);
        if (offered[in] && ready) {
          model.push(in, flit[in]);
          offered[in] = false;
        }
      }
      for (unsigned out = 0; out < kPorts; ++out) {
        const std::optional<unsigned> winner = model.winner(out);
        const bool stalled = ((router->stall_i >> out) & 1) != 0;
        ASSERT_EQ(((router->out_valid_o >> out) & 1) != 0, winner.has_value() && !stalled);
        if (!winner || stalled)
          continue;
        ASSERT_EQ(flitOf(router->out_flit_o, out), model.head(*winner)) << "output " << out;
        if ((router->out_ready_i >> out) & 1) {
          model.move(out);
          ++moved;
        }
      }
      ASSERT_EQ(router->empty_o != 0, model.empty());
      router.edge();
      model.edge();
    }
    EXPECT_TRUE(model.empty());
    EXPECT_GT(moved, 20u);
  });
}

// Additions to the same entry in consecutive cycles, the hazard that forwarding is for.
TEST(AccumulatorBank, ForwardsBackToBack) {
  test::forEachSeed(1, 50, [&](uint64_t seed, support::Rng &rng) {
    VerilatedModule<Vsnn_acc_bank> bank(seed);
    bank->re_i = bank->add_next_i = bank->clear_i = 0;
    bank->raddr_i = bank->clear_addr_i = 0;
    bank->addend_i = 0;
    bank.reset();
    bank->clear_i = 1;
    for (unsigned a = 0; a < kBankDepth; ++a) {
      bank->clear_addr_i = static_cast<uint8_t>(a);
      bank.settle();
      bank.edge();
    }
    bank->clear_i = 0;
    std::array<int64_t, kBankDepth> model{};
    std::optional<unsigned> adding;
    uint32_t wraps = 0, repeats = 0;
    const uint64_t spread = rng.between(1, kBankDepth);
    for (int cycle = 0; cycle < 500; ++cycle) {
      const int64_t addend = rng.between(-(1 << (kAddendBits - 1)), (1 << (kAddendBits - 1)) - 1);
      bank->addend_i = static_cast<uint32_t>(addend) & ((1u << kAddendBits) - 1);
      const auto address = static_cast<unsigned>(rng.below(spread));
      bank->re_i = bank->add_next_i = rng.below(8) != 0;
      bank->raddr_i = static_cast<uint8_t>(address);
      bank.settle();
      if (adding) {
        const int64_t sum = model[*adding] + addend;
        model[*adding] = support::wrapSigned(sum, kBankBits);
        ASSERT_EQ(bank->wrapped_o != 0, sum != model[*adding]);
        wraps += sum != model[*adding];
        repeats += bank->re_i && address == *adding;
      } else {
        ASSERT_EQ(bank->wrapped_o, 0);
      }
      adding = bank->re_i ? std::optional(address) : std::nullopt;
      bank.edge();
    }
    bank->re_i = bank->add_next_i = 0;
    bank->addend_i = 0;
    bank.settle();
    bank.edge();
    for (unsigned a = 0; a < kBankDepth; ++a) {
      // The addition of the loop's last cycle had addend 0.
      bank->re_i = 1;
      bank->raddr_i = static_cast<uint8_t>(a);
      bank.settle();
      bank.edge();
      bank.settle();
      EXPECT_EQ(support::wrapSigned(bank->rdata_o, kBankBits), model[a]) << "entry " << a;
    }
    EXPECT_GT(repeats, 20u);
    EXPECT_GT(wraps, 0u);
  });
}
