// The inner loops of the fast engine, once per instruction set. Every set gives the same bits; the
// one that the processor has is chosen when a machine is made (chooseKernels).
//
// Only plain structs here: each kernels_*.cpp is compiled for its own instruction set, and an
// inline function of this header could end up in the program in a form that older processors lack.
#pragma once

#include <cstddef>
#include <cstdint>

namespace snnc::runtime::fast {

// Neurons are numbered over all cores, each core from a multiple of 64 on: a word of spikes is 64
// neurons of one core. Every array has kSlack elements more than neurons, so that a whole vector
// may be read at its end.
inline constexpr uint32_t kWord = 64;
inline constexpr uint32_t kSlack = 64;

// State and registers of 64 neurons. Everything about a neuron is at a fixed distance from the
// word's beginning: a kernel needs one address.
struct alignas(64) NeuronWord {
  int32_t u[kWord], v[kWord], refractory[kWord];
  int32_t biasCurrent[kWord], biasMembrane[kWord]; // at most one of them is not 0
  int32_t keepU[kWord], keepV[kWord];              // 4096 - decay: 0 .. 4096
  int32_t threshold[kWord];                        // fires at v > threshold
  // After a spike v becomes max((v & carry) + resetTerm, resetFloor): an amount is taken away with
  // -1, -amount, vmin; a value is 0, the value, INT32_MIN, as it may lie below vmin.
  int32_t carry[kWord], resetTerm[kWord], resetFloor[kWord];
  int32_t period[kWord]; // refractory
  int32_t shift[kWord];  // of the narrow sum: what one unit of it is worth
};

// What the neurons of a span have in common; each saves work in every tick.
enum SpanFlag : unsigned {
  kMemory = 1,      // some u is not forgotten at once
  kRefractory = 2,  // some neuron is held after a spike
  kBiasCurrent = 4, // some bias acts on u
  // Decays, periods, shifts or reset rules differ; else those of the first neuron are everybody's.
  kOwnDynamics = 8,
  kUnreached = 16, // no weight leads to any of the neurons: their sums are 0
  kWide = 32,      // the wide sums of this tick's slot are not all 0
  kSpanKinds = 64,
};

// Neurons of one group: words [firstWord, lastWord], in the first and last only those of the mask.
struct Span {
  uint32_t firstWord = 0, lastWord = 0;
  uint64_t firstMask = 0, lastMask = 0; // where both are one word they are equal
  int32_t vmin = 0, vmax = 0;
  // From u and v below kSmall in size no update leaves vmin .. vmax, nor u its 24 bits.
  bool staysInRange = false;
  uint8_t *calm = nullptr; // CalmFlag per word
};

// Which neurons of a word are members of a span. Static: every instruction set has its own.
static inline uint64_t membersOf(const Span &span, uint32_t word) {
  if (word == span.firstWord)
    return span.firstMask;
  return word == span.lastWord ? span.lastMask : ~uint64_t{0};
}

// What the last update left in a word.
enum CalmFlag : uint8_t {
  kQuiet = 1,     // nothing changes and nothing is counted unless a sum arrives
  kSmallState = 2 // u and v are below kSmall: nothing to clamp or wrap. May be left out.
};
inline constexpr int32_t kSmall = 1 << 21;

struct UpdateCounts {
  uint64_t active = 0, currentWraps = 0, membraneClamps = 0;
};

// Ticks [first, end) and where they find their sums and put their spikes.
struct TickBlock {
  uint32_t first = 0, end = 0;
  // Of tick t in both: from (t & slotMask) * stride on, one per neuron.
  int16_t *narrow = nullptr;
  int32_t *wide = nullptr;
  uint32_t slotMask = 0;
  size_t stride = 0;
  uint64_t *spikes = nullptr; // bits of tick t from (t - first) * spikeStride on
  size_t spikeStride = 0;
};

// The block's ticks of a span, one after the other. The sums that belong to them become 0. Sets
// the bits of spikes.
using UpdateKernel = void (*)(const Span &span, NeuronWord *words, const TickBlock &block,
                              UpdateCounts &counts);

// Row k of a list begins at weight offsets[picked[k]].
struct RowList {
  const uint32_t *offsets = nullptr;
  const uint16_t *picked = nullptr;
  uint32_t size = 0;
};

// sums[i] += row[i] << shift over all rows, wrapping. The bounds that the tables were built with
// say that no sum of a neuron that is ever read wraps.
using AddRows8 = void (*)(int16_t *sums, uint32_t count, const int8_t *weights, const RowList &rows,
                          uint32_t shift);
using AddRows16 = void (*)(int16_t *sums, uint32_t count, const int16_t *weights,
                           const RowList &rows, uint32_t shift);

// Writes i for every bit i of spikes & members, in order; returns how many. `out` has room for
// kWord more. words <= kMostPickWords.
using PickBits = uint32_t (*)(const uint64_t *spikes, const uint64_t *members, uint32_t words,
                              uint16_t *out);
inline constexpr uint32_t kMostPickWords = 65536 / kWord;

// out[i] = bit first + i. Reads a word more than it needs.
using SpreadBits = void (*)(const uint64_t *bits, uint32_t first, uint32_t count, uint8_t *out);
// counts[i] += how many of the rows have bit i; a row is `words` of every `stride`.
using CountBits = void (*)(const uint64_t *bits, uint32_t words, uint32_t rows, size_t stride,
                           uint8_t *counts);

struct Kernels {
  const char *name; // "portable", "avx2", "avx512"
  UpdateKernel update[kSpanKinds];
  AddRows8 addRows8;
  AddRows16 addRows16;
  PickBits pickBits;
  SpreadBits spreadBits;
  CountBits countBits;
};

extern const Kernels kPortableKernels;
extern const Kernels kAvx2Kernels;    // null functions where the compiler cannot build them
extern const Kernels kAvx512Kernels;  // F, BW, DQ, VL
extern const PickBits kPickBitsVbmi2; // the same for kAvx512Kernels where there is VBMI2

} // namespace snnc::runtime::fast
