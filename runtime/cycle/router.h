// One router of the mesh: five input queues, X-then-Y routing, a round-robin arbiter per output.
// Decisions read only what was registered at the start of the cycle; moves are applied together at
// its end, so the order in which routers are visited does not matter.
#pragma once

#include <array>
#include <cstdint>

namespace snnc::runtime::cycle {

enum Port : uint8_t { Local, North, East, South, West };
inline constexpr unsigned kPorts = 5;

// The input of the neighbour that a flit leaving by `output` enters.
inline constexpr std::array<Port, kPorts> kOpposite = {Local, South, West, North, East};

struct Flit {
  uint16_t axon = 0;
  uint8_t x = 0, y = 0;
  uint8_t delay = 0;
};

struct Router {
  uint8_t x = 0, y = 0;
  bool listed = false;                 // in the mesh's list of routers that hold flits
  uint8_t occupied = 0;                // bit i: input i holds a flit
  std::array<uint8_t, kPorts> head{};  // position of the oldest flit in the input's ring
  std::array<uint8_t, kPorts> count{}; // flits in the input
  std::array<Port, kPorts> route{};    // output that the oldest flit wants, where occupied
  std::array<uint8_t, kPorts> next{};  // arbiter of each output: first input it looks at

  // First of `requests` (a bit per input, not 0) from the arbiter's pointer on, around.
  unsigned winner(unsigned output, unsigned requests) const {
    const unsigned doubled = requests | requests << kPorts;
    const unsigned first =
        static_cast<unsigned>(__builtin_ctz(doubled >> next[output])) + next[output];
    return first < kPorts ? first : first - kPorts;
  }
};

// Dimension-ordered: x first, then y.
inline Port routeOf(const Flit &flit, uint32_t x, uint32_t y) {
  if (flit.x != x)
    return flit.x > x ? East : West;
  if (flit.y != y)
    return flit.y > y ? South : North;
  return Local;
}

} // namespace snnc::runtime::cycle
