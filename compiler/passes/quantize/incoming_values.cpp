#include "compiler/passes/quantize/incoming_values.h"

#include "common/net/turn_over.h"

#include <algorithm>
#include <cmath>

namespace snnc::compiler::quantize {

IncomingValues::IncomingValues(const net::Projection &projection)
    : weights(projection.weights), inputs(inputUses(projection)) {
  const auto *sparse = std::get_if<net::SparseWeights>(&weights);
  if (sparse == nullptr)
    return;
  net::Compressed<float> turned = net::turnOver<float>(
      sparse->rowStart, sparse->posts, [&](size_t i) { return sparse->columns[i]; },
      [&](size_t i) { return sparse->values[i]; }, [](size_t) { return true; });
  start = std::move(turned.start);
  gathered = std::move(turned.values);
}

llvm::ArrayRef<float> IncomingValues::of(uint32_t first, uint32_t count) const {
  if (const auto *dense = std::get_if<net::DenseWeights>(&weights))
    return {dense->values.data() + size_t{first} * dense->cols, size_t{count} * dense->cols};
  if (const auto *conv = std::get_if<net::ConvWeights>(&weights)) {
    const size_t kernel = conv->kernel.size() / conv->outChannels;
    const uint64_t places = conv->window.outSize();
    return {conv->kernel.data() + first / places * kernel, count / places * kernel};
  }
  if (const auto *diagonal = std::get_if<net::DiagonalWeights>(&weights)) {
    const bool one = diagonal->values.size() == 1;
    return {diagonal->values.data() + (one ? 0 : first), one ? 1 : count};
  }
  return {gathered.data() + start[first], start[first + count] - start[first]};
}

namespace {
struct AddSums {
  const InputUses &uses;
  llvm::MutableArrayRef<Range> sums;
  void operator()(const net::PoolMap &) const {} // `lower` leaves none as weights
  template <class Map> void operator()(const Map &map) const {
    quantize::addSums(map, uses, 1.0, sums);
  }
};
} // namespace

void IncomingValues::addSums(llvm::MutableArrayRef<Range> sums) const {
  std::visit(AddSums{inputs, sums}, weights);
}

std::variant<net::DenseInts, net::SparseInts>
IncomingValues::arranged(std::vector<int16_t> byTarget) const {
  if (const auto *dense = std::get_if<net::DenseWeights>(&weights))
    return net::DenseInts{dense->rows, dense->cols, std::move(byTarget)};
  const auto &sparse = std::get<net::SparseWeights>(weights);
  net::SparseInts ints{sparse.posts, sparse.pres, sparse.rowStart, sparse.columns, {}};
  std::vector<uint64_t> next(start.begin(), start.end() - 1);
  for (uint32_t target : sparse.columns)
    ints.values.push_back(byTarget[next[target]++]);
  return ints;
}

double absMax(llvm::ArrayRef<float> values) {
  float largest = 0.0f;
  for (float value : values)
    largest = std::max(largest, std::abs(value));
  return largest;
}

} // namespace snnc::compiler::quantize
