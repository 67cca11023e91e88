#include "runtime/fast/bundles.h"

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>

namespace snnc::runtime::fast {

namespace {

struct Item {
  Row place; // without weights: equal for rows that may be bundled
  uint32_t source = 0, weights = 0;
  auto operator<=>(const Item &) const = default;
};

std::vector<Item> allRows(const image::Image &image, const Tables &tables) {
  std::vector<Item> items;
  for (uint32_t c = 0; c < image.cores.size(); ++c) {
    const image::CoreImage &core = image.cores[c];
    for (uint32_t i = 0; i < core.outPointers.size(); ++i)
      for (uint32_t k = 0; k < core.outPointers[i].count; ++k) {
        const uint32_t source = tables.coreBase[c] + i;
        Row row = tables.axonRows[tables.slotAxons[tables.slotsBegin[source] + k]];
        if (row.count == 0)
          continue;
        row.delay = core.outSlots[core.outPointers[i].base + k].delay;
        items.push_back({row, source, row.weights});
        items.back().place.weights = 0;
      }
  }
  return items;
}

// Worth a scan of its sources' words in every tick.
bool isBundle(llvm::ArrayRef<Item> items) {
  constexpr size_t kLeast = 16, kSparsest = 8;
  const Row &row = items.front().place;
  const size_t range = items.back().source / kWord + 1 - items.front().source / kWord;
  return row.narrow && row.kind != ListKind::Pairs && items.size() >= kLeast &&
         range * kWord <= kSparsest * items.size();
}

// Rows that a bundle has no place for, a second one of the same source, stay single.
Bundle makeBundle(llvm::ArrayRef<Item> items, std::vector<Item> &single) {
  Bundle bundle;
  bundle.row = items.front().place;
  bundle.firstWord = items.front().source / kWord;
  const size_t words = items.back().source / kWord + 1 - bundle.firstWord;
  bundle.members.resize(words);
  bundle.offsets.resize(words * kWord);
  for (const Item &item : items) {
    const uint32_t source = item.source - bundle.firstWord * kWord;
    uint64_t &members = bundle.members[source / kWord];
    const uint64_t bit = uint64_t{1} << (source % kWord);
    if (members & bit) {
      single.push_back(item);
      continue;
    }
    members |= bit;
    bundle.offsets[source] = item.weights;
  }
  return bundle;
}

void addSingle(std::vector<Item> &single, Tables &tables) {
  std::sort(single.begin(), single.end(), [](const Item &a, const Item &b) {
    return a.source != b.source ? a.source < b.source : a < b;
  });
  tables.rowsBegin.resize(tables.neurons + 1);
  tables.hasRows.resize(tables.neurons / kWord);
  tables.rows.reserve(single.size());
  for (const Item &item : single) {
    tables.rows.push_back(item.place);
    tables.rows.back().weights = item.weights;
    ++tables.rowsBegin[item.source + 1];
    tables.hasRows[item.source / kWord] |= uint64_t{1} << (item.source % kWord);
  }
  for (uint32_t i = 0; i < tables.neurons; ++i)
    tables.rowsBegin[i + 1] += tables.rowsBegin[i];
}

} // namespace

void bundleRows(const image::Image &image, Tables &tables) {
  std::vector<Item> items = allRows(image, tables);
  std::sort(items.begin(), items.end());
  std::vector<Item> single;
  const llvm::ArrayRef<Item> all(items);
  for (size_t begin = 0; begin < all.size();) {
    size_t end = begin + 1;
    while (end < all.size() && all[end].place == all[begin].place &&
           all[end].source / kWord - all[begin].source / kWord < kMostPickWords)
      ++end;
    const llvm::ArrayRef<Item> run = all.slice(begin, end - begin);
    if (isBundle(run))
      tables.bundles.push_back(makeBundle(run, single));
    else
      single.insert(single.end(), run.begin(), run.end());
    begin = end;
  }
  addSingle(single, tables);
}

} // namespace snnc::runtime::fast
