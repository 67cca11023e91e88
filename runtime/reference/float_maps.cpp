#include "runtime/reference/float_maps.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <cmath>
#include <optional>
#include <variant>

namespace snnc::runtime::reference {

double snapToInteger(double value) {
  constexpr double kRelative = 0x1p-22, kAbsolute = 1e-9;
  const double whole = std::nearbyint(value);
  return std::abs(value - whole) <= kRelative * std::abs(value) + kAbsolute ? whole : value;
}

namespace {

// Every stage has rows() and scatter(source, add): add(target, entry) for each entry of a source.

// By source, so that a spike adds one contiguous column.
struct DenseStage {
  explicit DenseStage(const net::DenseWeights &given)
      : posts(given.rows), columns(given.values.size()) {
    for (size_t row = 0; row < given.rows; ++row)
      for (size_t col = 0; col < given.cols; ++col)
        columns[col * posts + row] = given.values[row * given.cols + col];
  }
  uint32_t rows() const { return posts; }
  template <class Add> void scatter(uint32_t source, Add add) const {
    const float *column = columns.data() + size_t{source} * posts;
    for (uint32_t target = 0; target < posts; ++target)
      add(target, column[target]);
  }

  uint32_t posts;
  std::vector<float> columns;
};

struct SparseStage {
  explicit SparseStage(const net::SparseWeights &given) : map(given) {}
  uint32_t rows() const { return map.posts; }
  template <class Add> void scatter(uint32_t source, Add add) const {
    for (uint64_t k = map.rowStart[source]; k < map.rowStart[source + 1]; ++k)
      add(map.columns[k], map.values[k]);
  }

  net::SparseWeights map;
};

// A kernel place and the output place that sees an input through it, on one axis.
struct Tap {
  uint32_t kernel = 0, output = 0;
};
using Taps = llvm::SmallVector<Tap, 16>;

struct Axis {
  uint32_t extent, kernel, stride, pad, dilation; // extent: of the output

  // output * stride - pad + kernel * dilation == input, for all of both.
  Taps taps(uint32_t input) const {
    Taps found;
    const uint64_t position = uint64_t{input} + pad;
    for (uint64_t k = 0; k < kernel && k * dilation <= position; ++k) {
      const uint64_t start = position - k * dilation;
      if (start % stride == 0 && start / stride < extent)
        found.push_back({static_cast<uint32_t>(k), static_cast<uint32_t>(start / stride)});
    }
    return found;
  }
};

// What convolutions and pools have in common.
struct Slide {
  explicit Slide(const net::Window &w)
      : vertical{w.outH, w.kernelH, w.strideH, w.padTop, w.dilationH}, horizontal{w.outW, w.kernelW,
                                                                                  w.strideW,
                                                                                  w.padLeft,
                                                                                  w.dilationW},
        inW(w.inW), inSize(w.inSize()), outSize(w.outSize()) {}

  // see(kernel place, output place), both row-major, for every window that holds the input.
  template <class See> void forEach(uint32_t place, See see) const {
    const Taps across = horizontal.taps(place % inW);
    for (const Tap &down : vertical.taps(place / inW))
      for (const Tap &tap : across)
        see(size_t{down.kernel} * horizontal.kernel + tap.kernel,
            size_t{down.output} * horizontal.extent + tap.output);
  }

  Axis vertical, horizontal;
  uint32_t inW;
  uint64_t inSize, outSize;
};

// The kernel is kept as [input channel][kernel place][output channel of its group].
struct ConvStage {
  explicit ConvStage(const net::ConvWeights &given)
      : slide(given.window), outChannels(given.outChannels),
        groupInputs(given.inChannels / given.groups),
        groupOutputs(given.outChannels / given.groups), places(given.window.kernelSize()),
        entries(given.kernel.size()) {
    for (size_t o = 0; o < given.outChannels; ++o)
      for (size_t c = 0; c < groupInputs; ++c)
        for (size_t k = 0; k < places; ++k)
          entries[((o / groupOutputs * groupInputs + c) * places + k) * groupOutputs +
                  o % groupOutputs] = given.kernel[(o * groupInputs + c) * places + k];
  }
  uint32_t rows() const { return static_cast<uint32_t>(outChannels * slide.outSize); }
  template <class Add> void scatter(uint32_t source, Add add) const {
    const size_t channel = source / slide.inSize;
    const size_t first = channel / groupInputs * groupOutputs;
    slide.forEach(static_cast<uint32_t>(source % slide.inSize), [&](size_t kernel, size_t place) {
      const float *weights = &entries[(channel * places + kernel) * groupOutputs];
      for (size_t o = 0; o < groupOutputs; ++o)
        add(static_cast<uint32_t>((first + o) * slide.outSize + place), weights[o]);
    });
  }

  Slide slide;
  uint32_t outChannels;
  size_t groupInputs, groupOutputs, places;
  std::vector<float> entries;
};

struct PoolStage {
  PoolStage(const net::PoolMap &given, bool summed)
      : slide(given.window), channels(given.channels),
        factor(given.average && !summed ? 1.0 / given.window.kernelSize() : 1.0) {}
  uint32_t rows() const { return static_cast<uint32_t>(channels * slide.outSize); }
  template <class Add> void scatter(uint32_t source, Add add) const {
    const size_t base = source / slide.inSize * slide.outSize;
    slide.forEach(static_cast<uint32_t>(source % slide.inSize),
                  [&](size_t, size_t place) { add(static_cast<uint32_t>(base + place), factor); });
  }

  Slide slide;
  uint32_t channels;
  double factor;
};

struct DiagonalStage {
  explicit DiagonalStage(const net::DiagonalWeights &given) : map(given) {}
  uint32_t rows() const { return map.size; }
  template <class Add> void scatter(uint32_t source, Add add) const { add(source, map[source]); }

  net::DiagonalWeights map;
};

using Stage = std::variant<DenseStage, SparseStage, ConvStage, PoolStage, DiagonalStage>;

struct StageOf {
  bool summed; // pools give sums, whatever they are

  Stage operator()(const net::DenseWeights &map) const { return DenseStage(map); }
  Stage operator()(const net::SparseWeights &map) const { return SparseStage(map); }
  Stage operator()(const net::ConvWeights &map) const { return ConvStage(map); }
  Stage operator()(const net::PoolMap &map) const { return PoolStage(map, summed); }
  Stage operator()(const net::DiagonalWeights &map) const { return DiagonalStage(map); }
};

uint32_t rowsOf(const Stage &stage) {
  return std::visit([](const auto &map) { return map.rows(); }, stage);
}

} // namespace

template <class Real> struct MapChain<Real>::Impl {
  std::vector<Stage> before;
  Stage last;
  std::vector<double> gains;
  // Results of `before`, and the nonzero elements of the one under way.
  std::vector<std::vector<Real>> scratch;
  std::vector<uint32_t> sources;
  std::vector<Real> values;

  Impl(const net::Projection &projection, llvm::ArrayRef<double> given)
      : last(std::visit(StageOf{!given.empty()}, projection.weights)), gains(given.vec()) {
    double mean = 1.0;
    const auto take = [&](const net::Weights &map) {
      if (const auto *pool = std::get_if<net::PoolMap>(&map); pool != nullptr && pool->average)
        mean /= pool->window.kernelSize();
    };
    for (const net::Weights &map : projection.before) {
      before.push_back(std::visit(StageOf{!given.empty()}, map));
      scratch.emplace_back(rowsOf(before.back()), Real{0});
      take(map);
    }
    take(projection.weights);
    for (double &gain : gains)
      gain *= mean;
  }

  // `sources` through a stage; value(k) is that of the k-th.
  template <class Value>
  void apply(const Stage &stage, llvm::ArrayRef<uint32_t> from, Value value, Real *sums,
             bool gained) const {
    std::visit(
        [&](const auto &map) {
          for (size_t k = 0; k < from.size(); ++k) {
            const Real x = value(k);
            if (gained)
              map.scatter(from[k], [&](uint32_t target, double entry) {
                sums[target] += static_cast<Real>(snapToInteger(entry * gains[target])) * x;
              });
            else
              map.scatter(from[k], [&](uint32_t target, auto entry) {
                sums[target] += static_cast<Real>(entry) * x;
              });
          }
        },
        stage);
  }

  // Moves the nonzero elements of a vector into `sources` and `values`, and clears it.
  void collect(std::vector<Real> &vector) {
    sources.clear();
    values.clear();
    for (uint32_t i = 0; i < vector.size(); ++i)
      if (vector[i] != Real{0}) {
        sources.push_back(i);
        values.push_back(vector[i]);
        vector[i] = 0;
      }
  }

  template <class Value> void run(llvm::ArrayRef<uint32_t> from, Value value, Real *sums) {
    if (before.empty()) {
      apply(last, from, value, sums, !gains.empty());
      return;
    }
    apply(before[0], from, value, scratch[0].data(), false);
    for (size_t stage = 1; stage <= before.size(); ++stage) {
      collect(scratch[stage - 1]);
      const auto collected = [&](size_t k) { return values[k]; };
      if (stage < before.size())
        apply(before[stage], sources, collected, scratch[stage].data(), false);
      else
        apply(last, sources, collected, sums, !gains.empty());
    }
  }
};

template <class Real>
MapChain<Real>::MapChain(const net::Projection &projection, llvm::ArrayRef<double> gains)
    : impl(std::make_unique<Impl>(projection, gains)) {}
template <class Real> MapChain<Real>::~MapChain() = default;
template <class Real> MapChain<Real>::MapChain(MapChain &&) noexcept = default;

template <class Real> void MapChain<Real>::addSpikes(llvm::ArrayRef<uint32_t> sources, Real *sums) {
  impl->run(
      sources, [](size_t) { return Real{1}; }, sums);
}

template <class Real> void MapChain<Real>::addValues(llvm::ArrayRef<float> values, Real *sums) {
  std::vector<uint32_t> nonzero;
  for (uint32_t i = 0; i < values.size(); ++i)
    if (values[i] != 0.0F)
      nonzero.push_back(i);
  impl->run(
      nonzero, [&](size_t k) { return static_cast<Real>(values[nonzero[k]]); }, sums);
}

template class MapChain<double>;
template class MapChain<float>;

} // namespace snnc::runtime::reference
