// The update of a span for vectors of any width. V has: kLanes (of int32), Ints, Mask (a condition
// per lane), Factor (what a decay multiplies with) and the functions used below. Included by one
// .cpp per instruction set; everything has internal linkage.
#pragma once

#include "runtime/fast/kernels.h"

namespace snnc::runtime::fast {
namespace {

constexpr uint64_t kAll = ~uint64_t{0};

// A register of V::kLanes neurons: everybody's, or each its own.
template <class V, bool PerNeuron> struct Parameter {
  Parameter(const int32_t *first) : all(V::broadcast(*first)) {}
  typename V::Ints at(const int32_t *own) const { return PerNeuron ? V::load(own) : all; }
  typename V::Ints all;
};

template <class V, bool PerNeuron> struct Decay {
  Decay(const int32_t *first) : all(V::factor(V::broadcast(*first))) {}
  typename V::Ints operator()(typename V::Ints x, const int32_t *own) const {
    return V::decayed(x, PerNeuron ? V::factor(V::load(own)) : all);
  }
  typename V::Factor all;
};

template <class V, unsigned F> class Updater {
public:
  Updater(const Span &span, NeuronWord *words, const TickBlock &block)
      : Updater(span, words, block, words[span.firstWord],
                static_cast<unsigned>(__builtin_ctzll(span.firstMask))) {}

  void run(UpdateCounts &counts) {
    for (uint32_t word = span.firstWord; word <= span.lastWord; ++word) {
      const uint64_t members = membersOf(span, word);
      members == kAll ? updateWord<true>(word, members) : updateWord<false>(word, members);
    }
    counts.active += active;
    counts.currentWraps += V::sum(wraps);
    counts.membraneClamps += V::sum(clamps);
  }

private:
  using Ints = typename V::Ints;
  using Mask = typename V::Mask;
  static constexpr unsigned kParts = kWord / V::kLanes;
  static constexpr bool kOwn = (F & kOwnDynamics) != 0;
  static constexpr bool kReached = (F & kUnreached) == 0;
  static constexpr bool kMayWide = (F & kWide) != 0 && kReached;
  // Else nothing ever makes u other than 0.
  static constexpr bool kHasU = kReached || (F & (kMemory | kBiasCurrent)) != 0;
  static constexpr bool kHolds = (F & kRefractory) != 0;

  // What a word's ticks read and change, in registers as far as they reach.
  struct State {
    Ints u[kParts], v[kParts], refractory[kParts];
    Ints bias[kParts], threshold[kParts], resetTerm[kParts];
  };

  struct Done {
    uint64_t fired = 0, active = 0; // a bit per neuron
    Ints sizes = V::zero();         // bits of u and v, or of their complements
  };

  Updater(const Span &span, NeuronWord *words, const TickBlock &block, const NeuronWord &word,
          unsigned first)
      : span(span), words(words), block(block), keepU(word.keepU + first),
        keepV(word.keepV + first), carry(word.carry + first), resetFloor(word.resetFloor + first),
        period(word.period + first), shift(word.shift + first), vmin(V::broadcast(span.vmin)),
        vmax(V::broadcast(span.vmax)) {}

  template <bool Whole> void updateWord(uint32_t index, uint64_t members) {
    NeuronWord &word = words[index];
    uint8_t calm = span.calm[index - span.firstWord];
    State state;
    load(word, state);
    for (uint32_t tick = block.first; tick < block.end; ++tick) {
      const size_t slot = (tick & block.slotMask) * block.stride + size_t{index} * kWord;
      int16_t *const narrow = block.narrow + slot;
      int32_t *const wide = block.wide + slot;
      if ((calm & kQuiet) != 0 && nothingDue(narrow, wide))
        continue;
      Done done;
      if ((calm & kSmallState) != 0)
        updateTick<Whole, true>(word, state, members, narrow, wide, done);
      else
        updateTick<Whole, false>(word, state, members, narrow, wide, done);
      block.spikes[(tick - block.first) * block.spikeStride + index] |= done.fired;
      active += static_cast<unsigned>(__builtin_popcountll(done.active));
      const bool quiet = (done.fired | done.active) == 0 && atRest(state, members);
      const bool small = span.staysInRange && V::belowSmall(done.sizes);
      calm = static_cast<uint8_t>((quiet ? kQuiet : 0) | (small ? kSmallState : 0));
    }
    span.calm[index - span.firstWord] = calm;
    store<Whole>(word, state, members);
  }

  static void load(const NeuronWord &word, State &state) {
    for (unsigned part = 0; part < kParts; ++part) {
      const unsigned at = part * V::kLanes;
      state.u[part] = kHasU ? V::load(word.u + at) : V::zero();
      state.v[part] = V::load(word.v + at);
      state.refractory[part] = kHolds ? V::load(word.refractory + at) : V::zero();
      state.bias[part] = V::load(word.biasMembrane + at);
      state.threshold[part] = V::load(word.threshold + at);
      state.resetTerm[part] = V::load(word.resetTerm + at);
    }
  }

  template <bool Whole> static void store(NeuronWord &word, const State &state, uint64_t members) {
    for (unsigned part = 0; part < kParts; ++part) {
      const unsigned at = part * V::kLanes;
      const Mask some = V::maskOf(members >> at);
      if constexpr (kHasU)
        V::template store<Whole>(word.u + at, some, state.u[part]);
      V::template store<Whole>(word.v + at, some, state.v[part]);
      if constexpr (kHolds)
        V::template store<Whole>(word.refractory + at, some, state.refractory[part]);
    }
  }

  template <bool Whole, bool Small>
  inline void updateTick(const NeuronWord &word, State &state, uint64_t members, int16_t *narrow,
                         int32_t *wide, Done &done) {
#pragma GCC unroll 4
    for (unsigned part = 0; part < kParts; ++part)
      if (Whole || (members >> (part * V::kLanes) & V::kEvery) != 0)
        updatePart<Whole, Small>(word, state, part, members, narrow, wide, done);
    if constexpr (kReached)
      V::template clear<Whole>(narrow, members);
  }

  Ints takeSum(const NeuronWord &word, unsigned at, int16_t *narrow, int32_t *wide, Mask members,
               bool whole) const {
    if constexpr (!kReached)
      return V::zero();
    const Ints sum = V::shiftLeft(V::widen(narrow + at), shift.at(word.shift + at));
    if constexpr (!kMayWide)
      return sum;
    const Ints due = V::load(wide + at);
    if (whole)
      V::template store<true>(wide + at, members, V::zero());
    else
      V::template store<false>(wide + at, members, V::zero());
    return V::template wrapped<22>(V::add(sum, due));
  }

  template <bool Whole, bool Small>
  inline void updatePart(const NeuronWord &word, State &state, unsigned part, uint64_t wordMembers,
                         int16_t *narrow, int32_t *wide, Done &done) {
    const unsigned at = part * V::kLanes;
    const Mask members = V::maskOf(wordMembers >> at);
    const Ints oldV = state.v[part], biasV = state.bias[part];
    const Ints sum = takeSum(word, at, narrow, wide, members, Whole);
    Ints any = V::bitOr(V::bitOr(oldV, sum), biasV);
    Ints u = sum; // without memory: with its bias below kSmall and 2^19
    if constexpr (kHasU) {
      any = V::bitOr(any, state.u[part]);
      u = nextU<Whole, Small>(word, at, state.u[part], sum, any, members);
      state.u[part] = u;
    }
    if constexpr ((F & kMemory) != 0)
      done.sizes = V::sizes(done.sizes, u);
    const Ints exact = V::add(keepV(oldV, word.keepV + at), V::add(u, biasV));
    Ints v = Small ? exact : V::least(V::most(exact, vmin), vmax);
    const Mask clamped = V::differ(v, exact);
    const Ints carries = carry.at(word.carry + at), resetTerm = state.resetTerm[part];
    Mask free = members;
    if constexpr (kHolds) {
      any = V::bitOr(any, state.refractory[part]);
      const Mask held = V::nonzero(state.refractory[part]);
      free = V::without(members, held);
      v = V::select(held, v, V::pick(carries, oldV, resetTerm));
    }
    const Mask above = V::greater(v, state.threshold[part]);
    const Mask fires = Whole && !kHolds ? above : V::both(free, above);
    const Ints less = V::add(V::bitAnd(v, carries), resetTerm);
    const Ints left = Small ? less : V::most(less, resetFloor.at(word.resetFloor + at));
    v = V::select(fires, v, left);
    state.v[part] = v;
    done.sizes = V::sizes(done.sizes, v);
    if constexpr (kHolds) {
      const Ints next = V::select(fires, state.refractory[part], period.at(word.period + at));
      state.refractory[part] = V::most(V::add(next, V::broadcast(-1)), V::zero());
    }
    if constexpr (!Small) {
      const Mask below = V::both(fires, V::differ(left, less));
      clamps = V::countUp(clamps, V::either(V::both(members, clamped), below));
    }
    done.fired |= V::bits(fires) << at;
    const Mask isActive = V::nonzero(any);
    done.active |= V::bits(Whole ? isActive : V::both(members, isActive)) << at;
  }

  template <bool Whole, bool Small>
  inline Ints nextU(const NeuronWord &word, unsigned at, Ints oldU, Ints sum, Ints &any,
                    Mask members) {
    Ints current = sum;
    if constexpr ((F & kBiasCurrent) != 0) {
      const Ints bias = V::load(word.biasCurrent + at);
      any = V::bitOr(any, bias);
      current = V::add(current, bias);
    }
    if constexpr ((F & kMemory) == 0)
      return current;
    current = V::add(current, keepU(oldU, word.keepU + at));
    if constexpr (Small)
      return current;
    const Ints u = V::template wrapped<24>(current);
    wraps = V::countUp(wraps, V::both(members, V::differ(u, current)));
    return u;
  }

  // Of a word in which nobody was active: it stays so.
  static bool atRest(const State &state, uint64_t members) {
    uint64_t left = 0;
    for (unsigned part = 0; part < kParts; ++part) {
      Ints any = state.v[part];
      if constexpr (kHasU)
        any = V::bitOr(any, state.u[part]);
      if constexpr (kHolds)
        any = V::bitOr(any, state.refractory[part]);
      left |= V::bits(V::nonzero(any)) << (part * V::kLanes);
    }
    return (left & members) == 0;
  }

  static bool nothingDue(const int16_t *narrow, const int32_t *wide) {
    if constexpr (!kReached)
      return true;
    Ints any = V::zero();
    for (unsigned at = 0; at < kWord; at += 2 * V::kLanes)
      any = V::bitOr(any, V::load(narrow + at));
    if constexpr (kMayWide)
      for (unsigned at = 0; at < kWord; at += V::kLanes)
        any = V::bitOr(any, V::load(wide + at));
    return V::bits(V::nonzero(any)) == 0;
  }

  const Span span;
  NeuronWord *const words;
  const TickBlock block; // copies: what is stored to cannot change them
  Decay<V, kOwn> keepU, keepV;
  Parameter<V, kOwn> carry, resetFloor, period, shift;
  Ints vmin, vmax;
  Ints wraps = V::zero(), clamps = V::zero(); // per lane
  uint64_t active = 0;
};

} // namespace
} // namespace snnc::runtime::fast
