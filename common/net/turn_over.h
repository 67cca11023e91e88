// Compressed rows become compressed columns: the one transposition of large sparse matrices.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace snnc::net {

template <class T> struct Compressed {
  std::vector<uint64_t> start; // lists + 1
  std::vector<uint32_t> index; // of the other side, ascending within a list if rows ascend
  std::vector<T> values;
};

// Takes entries in the order of their rows and puts them into the lists of their columns. Columns
// in any order would touch a line of memory for each entry, so entries wait in blocks of columns
// and are written a block at a time: O(entries), 200 MB on top of the result where that is large.
template <class T> class ColumnWriter {
public:
  // `out.start` is complete, the other vectors have their size.
  explicit ColumnWriter(Compressed<T> &out)
      : out(out), next(out.start.begin(), out.start.end() - 1) {
    if (out.index.size() < kWorthIt)
      return;
    while ((next.size() - 1) >> shift >= kBlocks)
      ++shift;
    waiting.resize(((next.size() - 1) >> shift) + 1);
  }
  ~ColumnWriter() {
    for (std::vector<Entry> &block : waiting)
      write(block);
  }
  ColumnWriter(const ColumnWriter &) = delete;
  ColumnWriter &operator=(const ColumnWriter &) = delete;

  void put(uint32_t row, uint32_t column, T value) {
    if (waiting.empty())
      return write({row, column, value});
    std::vector<Entry> &block = waiting[column >> shift];
    if (block.capacity() == 0)
      block.reserve(kWaiting);
    block.push_back({row, column, value});
    if (block.size() == kWaiting)
      write(block);
  }

private:
  struct Entry {
    uint32_t row, column;
    T value;
  };
  static constexpr size_t kBlocks = 1024, kWaiting = 1 << 14;
  static constexpr size_t kWorthIt = 1 << 22; // entries: what caches hold

  void write(const Entry &entry) {
    const uint64_t to = next[entry.column]++;
    out.index[to] = entry.row;
    out.values[to] = entry.value;
  }
  void write(std::vector<Entry> &block) {
    for (const Entry &entry : block)
      write(entry);
    block.clear();
  }

  Compressed<T> &out;
  std::vector<uint64_t> next; // [column]
  std::vector<std::vector<Entry>> waiting;
  unsigned shift = 0; // column >> shift is its block
};

// Row r has entries starts[r] .. starts[r + 1]; entry i lies in column columnOf(i), below
// `columns`, and is valueOf(i). Those for which keep(i) is false are left out.
template <class T, class Starts, class ColumnOf, class ValueOf, class Keep>
Compressed<T> turnOver(const Starts &starts, size_t columns, ColumnOf columnOf, ValueOf valueOf,
                       Keep keep) {
  Compressed<T> out;
  const auto rows = static_cast<uint32_t>(starts.size() - 1);
  const auto entries = static_cast<size_t>(starts[rows]);
  out.start.assign(columns + 1, 0);
  for (size_t i = 0; i < entries; ++i)
    out.start[size_t{columnOf(i)} + 1] += keep(i);
  for (size_t column = 0; column < columns; ++column)
    out.start[column + 1] += out.start[column];
  out.index.resize(out.start.back());
  out.values.resize(out.start.back());
  ColumnWriter<T> writer(out);
  for (uint32_t row = 0; row < rows; ++row)
    for (auto i = static_cast<size_t>(starts[row]); i < static_cast<size_t>(starts[row + 1]); ++i)
      if (keep(i))
        writer.put(row, columnOf(i), valueOf(i));
  return out;
}

} // namespace snnc::net
