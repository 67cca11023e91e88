#include "compiler/passes/quantize/map_sums.h"

namespace snnc::compiler::quantize {
namespace {

// A kernel entry of one axis that some output sees inside the input.
struct SeenTap {
  size_t tap;
  net::TapPlaces places;
};

// The others lie on padding wherever the window stands.
std::vector<SeenTap> seenTaps(const net::WindowAxis &axis) {
  std::vector<SeenTap> taps;
  for (int64_t tap = 0; tap < axis.kernel; ++tap)
    if (const net::TapPlaces places = net::placesOfTap(axis, tap); places.count() > 0)
      taps.push_back({static_cast<size_t>(tap), places});
  return taps;
}

// f(input, output) within a channel, for all places of one kernel entry.
template <class F>
void forEachPlace(const net::Window &window, const net::TapPlaces &rows,
                  const net::TapPlaces &columns, F f) {
  for (int64_t y = rows.first, row = rows.input; y < rows.last; ++y, row += window.strideH)
    for (int64_t x = columns.first, column = columns.input; x < columns.last;
         ++x, column += window.strideW)
      f(static_cast<size_t>(row * window.inW + column), static_cast<size_t>(y * window.outW + x));
}

// Of every channel apart: pools do not mix them.
InputUses pooled(const net::PoolMap &pool, const InputUses &uses) {
  const net::Window &window = pool.window;
  const std::vector<SeenTap> rows = seenTaps(net::axisH(window)),
                             columns = seenTaps(net::axisW(window));
  InputUses sums(pool.rows(), 0);
  for (size_t c = 0; c < pool.channels; ++c)
    for (const SeenTap &u : rows)
      for (const SeenTap &v : columns)
        forEachPlace(window, u.places, v.places, [&](size_t in, size_t out) {
          sums[c * window.outSize() + out] += uses.empty() ? 1 : uses[c * window.inSize() + in];
        });
  return sums;
}

} // namespace

InputUses inputUses(const net::Projection &projection) {
  InputUses uses;
  for (const net::Weights &map : projection.before)
    uses = pooled(std::get<net::PoolMap>(map), uses);
  return uses;
}

std::vector<uint64_t> kernelUses(uint32_t inChannels, const net::Window &window,
                                 const InputUses &uses) {
  const std::vector<SeenTap> rows = seenTaps(net::axisH(window)),
                             columns = seenTaps(net::axisW(window));
  const size_t kernelSize = size_t{window.kernelH} * window.kernelW;
  std::vector<uint64_t> counts(inChannels * kernelSize, 0);
  for (size_t c = 0; c < inChannels; ++c)
    for (const SeenTap &u : rows)
      for (const SeenTap &v : columns) {
        uint64_t &count = counts[c * kernelSize + u.tap * window.kernelW + v.tap];
        if (uses.empty())
          count = static_cast<uint64_t>(u.places.count() * v.places.count());
        else
          forEachPlace(window, u.places, v.places,
                       [&](size_t in, size_t) { count += uses[c * window.inSize() + in]; });
      }
  return counts;
}

} // namespace snnc::compiler::quantize
