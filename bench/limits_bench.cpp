// What this machine could do at most: additions of narrow integers, bytes from L1, L2 and memory.
// The roofline of docs/performance.md is computed from them.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace {

using Shorts = int16_t __attribute__((vector_size(64)));

// Keeps a vector in a register, as something nobody knows: the additions cannot be merged.
inline void hide(Shorts &x) {
  asm volatile("" : "+v"(x));
}

// Eight independent chains, each in a register of its own.
void peakInt16Adds(benchmark::State &state) {
  constexpr unsigned kRounds = 1024, kSums = 8;
  Shorts a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, one{};
  one += 1;
  hide(one);
  for (auto _ : state)
    for (unsigned i = 0; i < kRounds; ++i) {
      a += one, b += one, c += one, d += one, e += one, f += one, g += one, h += one;
      hide(a), hide(b), hide(c), hide(d), hide(e), hide(f), hide(g), hide(h);
    }
  state.counters["adds/s"] = benchmark::Counter(double(state.iterations()) * kRounds * kSums *
                                                    sizeof(Shorts) / sizeof(int16_t),
                                                benchmark::Counter::kIsRate);
}
BENCHMARK(peakInt16Adds)->Name("limit/int16_adds");

// Reads an array of state.range(0) KiB again and again.
void readBandwidth(benchmark::State &state) {
  const size_t count = static_cast<size_t>(state.range(0)) * 1024 / sizeof(Shorts);
  std::vector<char> memory((count + 1) * sizeof(Shorts), 1);
  const auto address = (reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64;
  const auto *data = reinterpret_cast<const Shorts *>(address);
  Shorts a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
  for (auto _ : state) {
    for (size_t i = 0; i < count; i += 8) { // sizes are multiples of 8 vectors
      a += data[i], b += data[i + 1], c += data[i + 2], d += data[i + 3];
      e += data[i + 4], f += data[i + 5], g += data[i + 6], h += data[i + 7];
    }
    benchmark::ClobberMemory();
    hide(a), hide(b), hide(c), hide(d), hide(e), hide(f), hide(g), hide(h);
  }
  state.counters["bytes/s"] = benchmark::Counter(
      double(state.iterations()) * double(count * sizeof(Shorts)), benchmark::Counter::kIsRate);
}
BENCHMARK(readBandwidth)->Name("limit/read_KiB")->Arg(16)->Arg(256)->Arg(128 * 1024);

} // namespace
