// What this machine could do at most: additions of narrow integers, bytes from L1, L2 and memory.
// The roofline of docs/performance.md is computed from them.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace {

// Twelve independent vectors of sums, all in registers.
void peakInt16Adds(benchmark::State &state) {
  using Vector = int16_t __attribute__((vector_size(64)));
  constexpr unsigned kSums = 12, kRounds = 1024;
  Vector sums[kSums] = {};
  Vector one = {};
  one += 1;
  for (auto _ : state) {
    benchmark::DoNotOptimize(one);
    for (unsigned i = 0; i < kRounds; ++i) {
      for (Vector &sum : sums)
        sum += one;
      asm volatile("" // each sum is needed, in a register
                   : "+v"(sums[0]), "+v"(sums[1]), "+v"(sums[2]), "+v"(sums[3]), "+v"(sums[4]),
                     "+v"(sums[5]), "+v"(sums[6]), "+v"(sums[7]), "+v"(sums[8]), "+v"(sums[9]),
                     "+v"(sums[10]), "+v"(sums[11]));
    }
  }
  for (Vector &sum : sums)
    benchmark::DoNotOptimize(sum);
  state.counters["adds/s"] = benchmark::Counter(double(state.iterations()) * kRounds * kSums *
                                                    sizeof(Vector) / sizeof(int16_t),
                                                benchmark::Counter::kIsRate);
}
BENCHMARK(peakInt16Adds)->Name("limit/int16_adds");

// Reads an array of state.range(0) KiB again and again.
void readBandwidth(benchmark::State &state) {
  using Vector = int64_t __attribute__((vector_size(64)));
  const size_t count = static_cast<size_t>(state.range(0)) * 1024 / sizeof(Vector);
  std::vector<char> memory((count + 1) * sizeof(Vector), 1);
  const auto address = (reinterpret_cast<uintptr_t>(memory.data()) + 63) / 64 * 64;
  const auto *data = reinterpret_cast<const Vector *>(address);
  Vector a = {}, b = {}, c = {}, d = {};
  for (auto _ : state) {
    for (size_t i = 0; i + 3 < count; i += 4) {
      a ^= data[i];
      b ^= data[i + 1];
      c ^= data[i + 2];
      d ^= data[i + 3];
    }
    benchmark::ClobberMemory();
  }
  a ^= b ^ c ^ d;
  benchmark::DoNotOptimize(a);
  state.counters["bytes/s"] = benchmark::Counter(
      double(state.iterations()) * double(count * sizeof(Vector)), benchmark::Counter::kIsRate);
}
BENCHMARK(readBandwidth)->Name("limit/read_KiB")->Arg(16)->Arg(256)->Arg(128 * 1024);

} // namespace
