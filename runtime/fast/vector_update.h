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
  Updater(const Span &span, NeuronWord *words, int16_t *narrow, int32_t *wide)
      : Updater(span, words, narrow, wide, words[span.firstWord],
                static_cast<unsigned>(__builtin_ctzll(span.firstMask))) {}

  void run(const Span &span, uint64_t *spikes, UpdateCounts &counts) {
    const uint32_t begin = span.firstWord + (span.firstMask != kAll);
    const uint32_t end = span.lastWord + (span.lastMask == kAll);
    if (begin != span.firstWord)
      updateWords<false>(span, span.firstWord, begin, span.firstMask, spikes);
    updateWords<true>(span, begin, end, kAll, spikes);
    if (end == span.lastWord && end >= begin)
      updateWords<false>(span, end, end + 1, span.lastMask, spikes);
    counts.active += active;
    counts.currentWraps += V::sum(wraps);
    counts.membraneClamps += V::sum(clamps);
  }

private:
  using Ints = typename V::Ints;
  using Mask = typename V::Mask;
  static constexpr bool kOwn = (F & kOwnDynamics) != 0;
  static constexpr bool kReached = (F & kUnreached) == 0;
  static constexpr bool kMayWide = (F & kWide) != 0 && kReached;
  // Else nothing ever makes u other than 0.
  static constexpr bool kHasU = kReached || (F & (kMemory | kBiasCurrent)) != 0;

  Updater(const Span &span, NeuronWord *words, int16_t *narrow, int32_t *wide,
          const NeuronWord &word, unsigned first)
      : words(words), narrow(narrow), wide(wide), keepU(word.keepU + first),
        keepV(word.keepV + first), carry(word.carry + first), resetFloor(word.resetFloor + first),
        period(word.period + first), shift(word.shift + first), vmin(V::broadcast(span.vmin)),
        vmax(V::broadcast(span.vmax)) {}

  // Words [word, end), all neurons of them or those of `members`.
  template <bool Whole>
  void updateWords(const Span &span, uint32_t word, uint32_t end, uint64_t members,
                   uint64_t *spikes) {
    for (; word < end; ++word) {
      const size_t n = size_t{word} * kWord;
      uint8_t &calm = span.calm[word - span.firstWord];
      if ((calm & kQuiet) != 0 && nothingDue(narrow + n, wide + n))
        continue;
      const Done done = (calm & kSmallState) != 0
                            ? updateWord<Whole, true>(words[word], n, members)
                            : updateWord<Whole, false>(words[word], n, members);
      spikes[word] |= done.fired;
      active += static_cast<unsigned>(__builtin_popcountll(done.active));
      const bool quiet = (done.fired | done.active) == 0 && atRest(words[word], members);
      const bool small = span.staysInRange && V::belowSmall(done.sizes);
      calm = static_cast<uint8_t>((quiet ? kQuiet : 0) | (small ? kSmallState : 0));
    }
  }

  struct Done {
    uint64_t fired = 0, active = 0; // a bit per neuron
    Ints sizes = V::zero();         // bits of u and v, or of their complements
  };

  template <bool Whole, bool Small>
  inline Done updateWord(NeuronWord &word, size_t n, uint64_t members) {
    Done done;
#pragma GCC unroll 4
    for (unsigned at = 0; at < kWord; at += V::kLanes)
      update<Whole, Small>(word, at, members >> at, n + at, done);
    if constexpr (kReached)
      V::template clear<Whole>(narrow + n, members);
    return done;
  }

  Ints sumAt(size_t n, const NeuronWord &w, unsigned at) const {
    if constexpr (!kReached)
      return V::zero();
    const Ints sum = V::shiftLeft(V::widen(narrow + n), shift.at(w.shift + at));
    if constexpr (!kMayWide)
      return sum;
    return V::template wrapped<22>(V::add(sum, V::load(wide + n)));
  }

  // Neurons [at, at + kLanes) of a word, of which those of the lowest bits of `some`.
  template <bool Whole, bool Small>
  inline void update(NeuronWord &w, unsigned at, uint64_t some, size_t n, Done &done) {
    const Mask members = V::template maskOf<Whole>(some);
    const Ints oldV = V::load(w.v + at), sum = sumAt(n, w, at);
    const Ints biasV = V::load(w.biasMembrane + at);
    Ints any = V::bitOr(V::bitOr(oldV, sum), biasV);
    Ints u = sum; // without memory: below 2^22
    if constexpr (kHasU) {
      const Ints oldU = V::load(w.u + at);
      any = V::bitOr(any, oldU);
      u = nextU<Whole, Small>(w, at, oldU, sum, any, members);
      V::template store<Whole>(w.u + at, members, u);
    }
    const Ints exact = V::add(V::add(keepV(oldV, w.keepV + at), u), biasV);
    Ints v = Small ? exact : V::least(V::most(exact, vmin), vmax);
    const Mask clampedFirst = V::differ(v, exact);
    const Ints resetTerm = V::load(w.resetTerm + at);
    Ints oldRefractory = V::zero();
    Mask free = members;
    if constexpr ((F & kRefractory) != 0) {
      oldRefractory = V::load(w.refractory + at);
      any = V::bitOr(any, oldRefractory);
      const Mask held = V::nonzero(oldRefractory);
      free = V::without(members, held);
      v = V::select(held, v, V::pick(carry.at(w.carry + at), oldV, resetTerm));
    }
    constexpr bool kAllFree = Whole && (F & kRefractory) == 0;
    const Mask fires = V::template both<kAllFree>(free, V::greater(v, V::load(w.threshold + at)));
    const Ints less = V::add(V::bitAnd(v, carry.at(w.carry + at)), resetTerm);
    const Ints left = Small ? less : V::most(less, resetFloor.at(w.resetFloor + at));
    v = V::select(fires, v, left);
    V::template store<Whole>(w.v + at, members, v);
    if constexpr ((F & kRefractory) != 0) {
      const Ints next = V::select(fires, oldRefractory, period.at(w.period + at));
      V::template store<Whole>(w.refractory + at, members,
                               V::most(V::add(next, V::broadcast(-1)), V::zero()));
    }
    if constexpr (kMayWide)
      V::template store<Whole>(wide + n, members, V::zero());
    if constexpr (!Small) {
      const Mask below = V::template both<false>(fires, V::differ(left, less));
      clamps = V::countUp(clamps, V::either(V::template both<Whole>(members, clampedFirst), below));
    }
    done.sizes = V::sizes(done.sizes, v);
    if constexpr (kHasU)
      done.sizes = V::sizes(done.sizes, u);
    done.fired |= V::bits(fires) << at;
    done.active |= V::bits(V::template both<Whole>(members, V::nonzero(any))) << at;
  }

  template <bool Whole, bool Small>
  inline Ints nextU(const NeuronWord &w, unsigned at, Ints oldU, Ints sum, Ints &any,
                    Mask members) {
    Ints current = sum;
    if constexpr ((F & kBiasCurrent) != 0) {
      const Ints bias = V::load(w.biasCurrent + at);
      any = V::bitOr(any, bias);
      current = V::add(current, bias);
    }
    if constexpr ((F & kMemory) == 0)
      return current;
    current = V::add(current, keepU(oldU, w.keepU + at));
    if constexpr (Small)
      return current;
    const Ints u = V::template wrapped<24>(current);
    wraps = V::countUp(wraps, V::template both<Whole>(members, V::differ(u, current)));
    return u;
  }

  // Of a word in which nobody was active: it stays so.
  static bool atRest(const NeuronWord &w, uint64_t members) {
    uint64_t left = 0;
    for (unsigned at = 0; at < kWord; at += V::kLanes) {
      Ints any = V::bitOr(V::load(w.u + at), V::load(w.v + at));
      if constexpr ((F & kRefractory) != 0)
        any = V::bitOr(any, V::load(w.refractory + at));
      left |= V::bits(V::nonzero(any)) << at;
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

  NeuronWord *words;
  int16_t *narrow;
  int32_t *wide;
  Decay<V, kOwn> keepU, keepV;
  Parameter<V, kOwn> carry, resetFloor, period, shift;
  Ints vmin, vmax;
  Ints wraps = V::zero(), clamps = V::zero(); // per lane
  uint64_t active = 0;
};

} // namespace
} // namespace snnc::runtime::fast
