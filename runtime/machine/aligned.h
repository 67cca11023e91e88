// Arrays that begin at a cache line, so that whole vectors do not lie across two.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace snnc::runtime {

template <class T> struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  LineAllocator() = default;
  template <class U> LineAllocator(const LineAllocator<U> &) {}
  T *allocate(size_t count) { return static_cast<T *>(::operator new(count * sizeof(T), kLine)); }
  void deallocate(T *memory, size_t) { ::operator delete(memory, kLine); }
  bool operator==(const LineAllocator &) const = default;
};

template <class T> using LineVector = std::vector<T, LineAllocator<T>>;

} // namespace snnc::runtime
