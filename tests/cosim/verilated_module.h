// One Verilated module under a clock: random start values, reset, then a cycle at a time. Outputs
// are looked at between settle() and edge().
#pragma once

#include "verilated.h"

#include <memory>

namespace snnc::test {

template <class Top> class VerilatedModule {
public:
  explicit VerilatedModule(uint64_t seed) {
    context.threads(1);
    context.randReset(2);
    context.randSeed(static_cast<int>(seed % 0x7FFFFFFF) + 1);
    top = std::make_unique<Top>(&context);
  }
  // Inputs that are not clock or reset are the caller's to set before.
  void reset() {
    top->rst_ni = 0;
    for (int i = 0; i < 3; ++i) {
      settle();
      edge();
    }
    top->rst_ni = 1;
  }
  void settle() {
    top->clk_i = 0;
    top->eval();
  }
  void edge() {
    top->clk_i = 1;
    top->eval();
  }
  Top *operator->() { return top.get(); }

private:
  VerilatedContext context;
  std::unique_ptr<Top> top;
};

} // namespace snnc::test
