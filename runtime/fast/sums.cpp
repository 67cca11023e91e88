#include "runtime/fast/sums.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <numeric>

namespace snnc::runtime::fast {

namespace {

constexpr uint32_t kMostGathered = 1024;

// Those of the chip, and where several ticks run at once those of all of them.
uint32_t slotsFor(const Tables &tables, const target::CoreSpec &spec) {
  return tables.blockTicks == 1 ? spec.delaySlots
                                : llvm::PowerOf2Ceil(tables.blockTicks + spec.delaySlots);
}

void addPairs(int16_t *sums, const Pair *pairs, uint32_t count, uint32_t shift) {
  for (uint32_t i = 0; i < count; ++i) {
    int16_t &sum = sums[pairs[i].neuron];
    sum = static_cast<int16_t>(sum + pairs[i].weight * (1 << shift));
  }
}

} // namespace

Sums::Sums(const Tables &tables, const target::CoreSpec &spec, const Kernels &kernels)
    : tables(&tables), kernels(&kernels), delaySlots(spec.delaySlots),
      slotMask(slotsFor(tables, spec) - 1), weightShift(spec.weightShift),
      stride(tables.neurons + kSlack), narrow(stride * (slotMask + 1)),
      wide(stride * (slotMask + 1)), used(slotMask + 1), packetStep(tables.axonRows.size()),
      packets(tables.axonRows.size()) {
  size_t most = 0;
  for (const Bundle &bundle : tables.bundles)
    most = std::max(most, bundle.offsets.size());
  picked.resize(most * tables.blockTicks + kWord);
  offsets.resize(kMostGathered);
  uint32_t largest = 0;
  for (const GroupPlan &group : tables.groups)
    largest = std::max(largest, group.size);
  senders.resize(largest);
  inOrder.resize(kMostGathered);
  std::iota(inOrder.begin(), inOrder.end(), uint16_t{0});
}

void Sums::reset() {
  for (size_t slot = 0; slot < used.size(); ++slot) {
    if (used[slot].narrow)
      std::fill_n(&narrow[slot * stride], stride, 0);
    if (used[slot].wide)
      std::fill_n(&wide[slot * stride], stride, 0);
    used[slot] = {};
  }
  gathered = 0;
  ++stepNumber;
}

TickBlock Sums::block(uint32_t first, uint32_t end) {
  return {first, end, narrow.data(), wide.data(), slotMask, stride, nullptr, 0};
}

bool Sums::isWideUsed(uint32_t first, uint32_t end) const {
  for (uint32_t tick = first; tick < end; ++tick)
    if (used[tick & slotMask].wide)
      return true;
  return false;
}

void Sums::send(const Span &span, const Fired &fired, Counters &counters) {
  for (uint32_t tick = fired.first; tick < fired.end; ++tick) {
    const uint64_t *bits = fired.bits + (tick - fired.first) * fired.stride;
    size_t count = 0;
    for (uint32_t word = span.firstWord; word <= span.lastWord; ++word)
      for (uint64_t left = bits[word] & tables->hasRows[word] & membersOf(span, word); left != 0;
           left &= left - 1)
        senders[count++] = word * kWord + static_cast<uint32_t>(__builtin_ctzll(left));
    for (size_t i = 0; i < count; ++i) {
      fetchAhead(i, count);
      for (uint32_t r = tables->rowsBegin[senders[i]]; r < tables->rowsBegin[senders[i] + 1]; ++r)
        add(tables->rows[r], tick + 1 + tables->rows[r].delay, tables->rows[r].narrow, counters);
    }
  }
  flush();
}

// The rows of later senders and the lists of nearer ones: in a large network all are in memory.
void Sums::fetchAhead(size_t i, size_t count) const {
  constexpr size_t kRowsAhead = 8, kListsAhead = 4, kLine = 64;
  if (i + kRowsAhead < count)
    __builtin_prefetch(&tables->rows[tables->rowsBegin[senders[i + kRowsAhead]]]);
  if (i + kListsAhead >= count)
    return;
  const uint32_t sender = senders[i + kListsAhead];
  for (uint32_t r = tables->rowsBegin[sender]; r < tables->rowsBegin[sender + 1]; ++r) {
    const Row &row = tables->rows[r];
    if (row.kind != ListKind::Pairs)
      continue;
    const Pair *pair = &tables->pairs[row.weights];
    for (uint32_t k = 0; k < row.count; k += kLine / sizeof(Pair))
      __builtin_prefetch(pair + k);
  }
}

// All picks before the first row: the rows of a tick do not wait for them.
void Sums::send(const Bundle &bundle, const Fired &fired, Counters &counters) {
  uint16_t *end = picked.data();
  uint32_t sizes[kMostBlockTicks];
  for (uint32_t tick = fired.first; tick < fired.end; ++tick) {
    const uint64_t *bits = fired.bits + (tick - fired.first) * fired.stride + bundle.firstWord;
    const uint32_t size = kernels->pickBits(bits, bundle.members.data(),
                                            static_cast<uint32_t>(bundle.members.size()), end);
    sizes[tick - fired.first] = size;
    end += size;
  }
  RowList rows{bundle.offsets.data(), picked.data(), 0};
  for (uint32_t tick = fired.first; tick < fired.end; ++tick, rows.picked += rows.size) {
    rows.size = sizes[tick - fired.first];
    const uint32_t due = tick + 1 + bundle.row.delay;
    if (due >= bundle.row.earliest && rows.size != 0)
      addNarrow(bundle.row, due, rows);
    else
      for (uint32_t k = 0; k < rows.size; ++k)
        addWide(bundle.row, due, bundle.offsets[rows.picked[k]], counters);
  }
}

void Sums::inject(uint32_t axon, uint32_t tick, uint32_t delay, Counters &counters) {
  const Row &row = tables->axonRows[axon];
  if (row.count == 0)
    return;
  if (packetStep[axon] != stepNumber)
    packets[axon] = 0;
  packetStep[axon] = stepNumber;
  const bool expected = delay == 0 && packets[axon]++ < tables->injected[axon];
  add(row, tick + delay, row.narrow && expected, counters);
}

void Sums::add(const Row &row, uint32_t due, bool narrowly, Counters &counters) {
  if (!narrowly || due < row.earliest) {
    addWide(row, due, row.weights, counters);
    return;
  }
  if (row.kind == ListKind::Pairs) {
    used[due & slotMask].narrow = true;
    addPairs(&narrow[(due & slotMask) * stride + row.target], &tables->pairs[row.weights],
             row.count, row.shift);
    return;
  }
  const bool together = gathered != 0 && gathered < kMostGathered && due == gatheredDue &&
                        row.target == gatheredRow.target && row.count == gatheredRow.count &&
                        row.kind == gatheredRow.kind && row.shift == gatheredRow.shift;
  if (!together) {
    flush();
    gatheredRow = row;
    gatheredDue = due;
  }
  offsets[gathered++] = row.weights;
}

void Sums::flush() {
  if (gathered != 0)
    addNarrow(gatheredRow, gatheredDue, {offsets.data(), inOrder.data(), gathered});
  gathered = 0;
}

void Sums::addNarrow(const Row &row, uint32_t due, const RowList &rows) {
  used[due & slotMask].narrow = true;
  int16_t *sums = &narrow[(due & slotMask) * stride + row.target];
  if (row.kind == ListKind::Dense8)
    kernels->addRows8(sums, row.count, tables->weights8.data(), rows, row.shift);
  else
    kernels->addRows16(sums, row.count, tables->weights16.data(), rows, row.shift);
}

// The tick in which a neuron reads what is due in `due`: before its window opens a slot of the chip
// waits for a later tick of the same slot.
uint32_t Sums::readAt(uint32_t due, uint32_t neuron) const {
  const uint32_t opens = tables->opens[neuron];
  return due >= opens ? due : due + (opens - due + delaySlots - 1) / delaySlots * delaySlots;
}

// One row whose weights begin at `weights`.
void Sums::addWide(const Row &row, uint32_t due, uint32_t weights, Counters &counters) {
  const int32_t unit = 1 << (weightShift + row.exponent);
  uint64_t wraps = 0;
  const auto accumulate = [&](uint32_t neuron, int32_t weight) {
    const size_t slot = readAt(due, neuron) & slotMask;
    used[slot].wide = true;
    int32_t &sum = wide[slot * stride + neuron];
    const int32_t exact = sum + weight * unit;
    sum = static_cast<int32_t>(static_cast<uint32_t>(exact) << 10) >> 10; // 22 bits
    wraps += sum != exact;
  };
  for (uint32_t i = 0; i < row.count; ++i) {
    if (row.kind == ListKind::Dense8)
      accumulate(row.target + i, tables->weights8[weights + i]);
    else if (row.kind == ListKind::Dense16)
      accumulate(row.target + i, tables->weights16[weights + i]);
    else
      accumulate(row.target + tables->pairs[weights + i].neuron, tables->pairs[weights + i].weight);
  }
  const uint32_t core = tables->coreOfWord[row.target / kWord];
  counters.cores[core][CoreCounter::AccWraps] += wraps;
}

} // namespace snnc::runtime::fast
