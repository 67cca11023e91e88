// Loops over several threads whose result does not depend on how many there are.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace snnc::support {

// f(worker, begin, end) for chunks that cover 0 .. count, `chunk` long but for the last; at most
// `threads` at a time, worker < threads. Threads take the next chunk when they are free, so what a
// chunk writes must be its own. f does not throw.
template <class F> void parallelChunks(unsigned threads, size_t count, size_t chunk, F f) {
  std::atomic<size_t> next{0};
  const auto work = [&](unsigned worker) {
    for (size_t begin; (begin = next.fetch_add(chunk)) < count;)
      f(worker, begin, std::min(begin + chunk, count));
  };
  const size_t chunks = (count + chunk - 1) / chunk;
  std::vector<std::thread> others;
  for (unsigned worker = 1; worker < threads && worker < chunks; ++worker)
    others.emplace_back(work, worker);
  work(0);
  for (std::thread &other : others)
    other.join();
}

} // namespace snnc::support
