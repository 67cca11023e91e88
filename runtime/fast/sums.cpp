#include "runtime/fast/sums.h"

#include <algorithm>

namespace snnc::runtime::fast {

namespace {

constexpr uint32_t kMostGathered = 1024;

} // namespace

Sums::Sums(const Tables &tables, const target::CoreSpec &spec, const Kernels &kernels)
    : tables(&tables), kernels(&kernels), slotMask(spec.delaySlots - 1),
      weightShift(spec.weightShift), stride(tables.neurons + kSlack),
      narrow(stride * spec.delaySlots), wide(stride * spec.delaySlots), wideUsed(spec.delaySlots),
      packetStep(tables.axonRows.size()), packets(tables.axonRows.size()) {
  size_t most = kMostGathered;
  for (const Bundle &bundle : tables.bundles)
    most = std::max(most, bundle.offsets.size());
  offsets.resize(most + kWord);
}

void Sums::reset() {
  std::fill(narrow.begin(), narrow.end(), 0);
  for (size_t slot = 0; slot < wideUsed.size(); ++slot)
    if (wideUsed[slot])
      std::fill_n(&wide[slot * stride], stride, 0);
  std::fill(wideUsed.begin(), wideUsed.end(), 0);
  gathered = 0;
  ++stepNumber;
}

void Sums::send(const uint64_t *fired, uint32_t tick, Counters &counters) {
  ++stepNumber;
  for (const Bundle &bundle : tables->bundles)
    sendBundle(bundle, fired, tick, counters);
  for (uint32_t word = 0; word < tables->hasRows.size(); ++word)
    for (uint64_t bits = fired[word] & tables->hasRows[word]; bits != 0; bits &= bits - 1) {
      const uint32_t neuron = word * kWord + static_cast<uint32_t>(__builtin_ctzll(bits));
      for (uint32_t r = tables->rowsBegin[neuron]; r < tables->rowsBegin[neuron + 1]; ++r)
        add(tables->rows[r], tick + tables->rows[r].delay, tables->rows[r].narrow, counters);
    }
  flush(counters);
}

void Sums::sendBundle(const Bundle &bundle, const uint64_t *fired, uint32_t tick,
                      Counters &counters) {
  const uint32_t rows = kernels->gatherOffsets(fired + bundle.firstWord, bundle.members.data(),
                                               static_cast<uint32_t>(bundle.members.size()),
                                               bundle.offsets.data(), offsets.data());
  const uint32_t due = tick + bundle.row.delay;
  if (rows == 0)
    return;
  if (due >= bundle.row.earliest)
    addNarrow(bundle.row, due, offsets.data(), rows);
  else
    for (uint32_t k = 0; k < rows; ++k)
      addWide(bundle.row, due, offsets[k], counters);
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
    int16_t *sums = &narrow[(due & slotMask) * stride + row.target];
    const Pair *pair = &tables->pairs[row.weights];
    for (uint32_t i = 0; i < row.count; ++i) {
      int16_t &sum = sums[pair[i].neuron];
      sum = static_cast<int16_t>(sum + pair[i].weight * (1 << row.shift));
    }
    return;
  }
  const bool together = gathered != 0 && gathered < kMostGathered && due == gatheredDue &&
                        row.target == gatheredRow.target && row.count == gatheredRow.count &&
                        row.kind == gatheredRow.kind && row.shift == gatheredRow.shift;
  if (!together) {
    flush(counters);
    gatheredRow = row;
    gatheredDue = due;
  }
  offsets[gathered++] = row.weights;
}

void Sums::flush(Counters &) {
  if (gathered != 0)
    addNarrow(gatheredRow, gatheredDue, offsets.data(), gathered);
  gathered = 0;
}

void Sums::addNarrow(const Row &row, uint32_t due, const uint32_t *rowOffsets, uint32_t rows) {
  int16_t *sums = &narrow[(due & slotMask) * stride + row.target];
  if (row.kind == ListKind::Dense8)
    kernels->addRows8(sums, row.count, tables->weights8.data(), rowOffsets, rows, row.shift);
  else
    kernels->addRows16(sums, row.count, tables->weights16.data(), rowOffsets, rows, row.shift);
}

// One row whose weights begin at `weights`.
void Sums::addWide(const Row &row, uint32_t due, uint32_t weights, Counters &counters) {
  const size_t slot = due & slotMask;
  wideUsed[slot] = 1;
  int32_t *sums = &wide[slot * stride + row.target];
  const int32_t unit = 1 << (weightShift + row.exponent);
  uint64_t wraps = 0;
  const auto accumulate = [&](int32_t &sum, int32_t weight) {
    const int32_t exact = sum + weight * unit;
    sum = static_cast<int32_t>(static_cast<uint32_t>(exact) << 10) >> 10; // 22 bits
    wraps += sum != exact;
  };
  for (uint32_t i = 0; i < row.count; ++i) {
    if (row.kind == ListKind::Dense8)
      accumulate(sums[i], tables->weights8[weights + i]);
    else if (row.kind == ListKind::Dense16)
      accumulate(sums[i], tables->weights16[weights + i]);
    else
      accumulate(sums[tables->pairs[weights + i].neuron], tables->pairs[weights + i].weight);
  }
  const uint32_t core = tables->coreOfWord[row.target / kWord];
  counters.cores[core][CoreCounter::AccWraps] += wraps;
}

} // namespace snnc::runtime::fast
