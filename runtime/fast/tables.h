// An image flattened for the fast engine: from a neuron that fires straight to the weights of its
// targets, with core, axon and delay resolved. Lists that axons share stay shared.
#pragma once

#include "common/image/image.h"
#include "common/target/target.h"
#include "runtime/fast/kernels.h"
#include "runtime/machine/aligned.h"

#include <cstdint>
#include <vector>

namespace snnc::runtime::fast {

// How the weights of a list are stored: whichever takes fewer bytes.
enum class ListKind : uint8_t { Dense8, Dense16, Pairs };

struct Pair {
  uint16_t neuron; // from the row's target on
  int16_t weight;
};

// One list of weights put at its targets.
struct Row {
  uint32_t weights = 0;  // first element in weights8, weights16 or pairs
  uint32_t target = 0;   // neuron of the first weight; pairs count from here
  uint32_t earliest = 0; // tick from which on the windows of all targets have opened
  uint16_t count = 0;    // weights or pairs; 0: no synapse
  uint8_t delay = 0;
  ListKind kind = ListKind::Dense8;
  uint8_t exponent = 0; // the effect of a weight is weight << (weightShift + exponent)
  // May be added to the narrow sums, as weight << shift: no sum of its targets can leave 16 bits in
  // units of theirs, nor 22 bits in all. Else to the wide sums, which wrap at 22 bits.
  bool narrow = false;
  uint8_t shift = 0;

  auto operator<=>(const Row &) const = default;
};

// Many neurons whose rows lie over the same targets: their sum is kept in registers.
struct Bundle {
  Row row;                       // `weights` is not used
  uint32_t firstWord = 0;        // of the sources
  std::vector<uint64_t> members; // per word: the sources that have a row
  LineVector<uint32_t> offsets;  // per source, kWord to a word: first weight
};

// A group of the image, with what its neurons share.
struct GroupPlan {
  Span span; // calm is set by the machine
  uint32_t core = 0, skew = 0, size = 0;
  unsigned flags = 0;   // SpanFlag, without kWide
  bool hasRows = false; // some neuron has rows outside the bundles
};

// Groups whose updates may run together, before any of their messages is sent, and the bundles that
// are sent then.
inline constexpr uint32_t kMostBlockTicks = 32;
struct Stage {
  std::vector<uint32_t> groups, bundles;
};

struct AxonCost {
  uint32_t synops = 0, core = 0;
  uint16_t words = 0;
};

struct Tables {
  uint32_t neurons = 0;             // over all cores, holes included; a multiple of kWord
  std::vector<uint32_t> coreBase;   // [core] first neuron
  std::vector<uint32_t> coreOfWord; // [neuron / kWord]
  std::vector<int32_t> coreAt;      // [y * mesh width + x]; -1: no core
  std::vector<GroupPlan> groups;
  std::vector<Stage> stages;   // in the order they run
  uint32_t blockTicks = 1;     // that a stage may run before the next one
  std::vector<uint32_t> opens; // [neuron] first tick of its window; 0 where there is none
  std::vector<uint8_t> shifts; // [neuron] of the narrow sums

  LineVector<int8_t> weights8;
  LineVector<int16_t> weights16;
  std::vector<Pair> pairs;

  std::vector<Bundle> bundles;
  std::vector<uint64_t> hasRows;   // a bit per neuron: has rows outside the bundles
  std::vector<uint32_t> rowsBegin; // [neuron + 1] in rows
  std::vector<Row> rows;

  std::vector<uint32_t> axonBase; // [core + 1]
  std::vector<Row> axonRows;      // [axon], delay 0: what a host packet does
  std::vector<uint32_t> injected; // [axon] packets per tick that the bounds allow for
  std::vector<AxonCost> axonCosts;
  // Slots of every core as in the image, axons numbered over all cores.
  std::vector<uint32_t> slotAxons;
  std::vector<uint32_t> slotsBegin, slotsCount; // [neuron]

  // Memory taken by what grows with the synapses and messages.
  uint64_t bytes() const;
};

// REQUIRES: image::verify has passed; cuba cores.
Tables flatten(const image::Image &image, const target::CoreSpec &spec);

} // namespace snnc::runtime::fast
