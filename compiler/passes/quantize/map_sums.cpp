#include "compiler/passes/quantize/map_sums.h"

namespace snnc::compiler::quantize {

Places placesOfTap(int64_t in, int64_t out, int64_t stride, int64_t pad, int64_t offset) {
  const int64_t origin = offset - pad; // what place 0 sees
  const int64_t first = origin >= 0 ? 0 : (-origin + stride - 1) / stride;
  const int64_t last = origin >= in ? 0 : (in - 1 - origin) / stride + 1;
  return {first, std::max(first, std::min(last, out)), origin + first * stride};
}

Places rowsOfTap(const net::Window &window, uint32_t u) {
  return placesOfTap(window.inH, window.outH, window.strideH, window.padTop,
                     int64_t{u} * window.dilationH);
}

Places columnsOfTap(const net::Window &window, uint32_t v) {
  return placesOfTap(window.inW, window.outW, window.strideW, window.padLeft,
                     int64_t{v} * window.dilationW);
}

// Of every channel apart: pools do not mix them.
static InputUses pooled(const net::PoolMap &pool, const InputUses &uses) {
  const net::Window &window = pool.window;
  InputUses sums(pool.rows(), 0);
  for (uint32_t c = 0; c < pool.channels; ++c)
    for (uint32_t u = 0; u < window.kernelH; ++u)
      for (uint32_t v = 0; v < window.kernelW; ++v) {
        const Places rows = rowsOfTap(window, u), columns = columnsOfTap(window, v);
        for (int64_t y = rows.first; y < rows.last; ++y)
          for (int64_t x = columns.first; x < columns.last; ++x) {
            const int64_t row = rows.input + (y - rows.first) * window.strideH;
            const int64_t column = columns.input + (x - columns.first) * window.strideW;
            const auto in = static_cast<size_t>(row * window.inW + column);
            const auto out = static_cast<size_t>(y * window.outW + x);
            sums[c * window.outSize() + out] += uses.empty() ? 1 : uses[c * window.inSize() + in];
          }
      }
  return sums;
}

InputUses inputUses(const net::Projection &projection) {
  InputUses uses;
  for (const net::Weights &map : projection.before)
    uses = pooled(std::get<net::PoolMap>(map), uses);
  return uses;
}

std::vector<uint64_t> kernelUses(uint32_t inChannels, const net::Window &window,
                                 const InputUses &uses) {
  std::vector<uint64_t> counts;
  for (uint32_t c = 0; c < inChannels; ++c)
    for (uint32_t u = 0; u < window.kernelH; ++u)
      for (uint32_t v = 0; v < window.kernelW; ++v) {
        const Places rows = rowsOfTap(window, u), columns = columnsOfTap(window, v);
        if (uses.empty()) {
          counts.push_back(
              static_cast<uint64_t>((rows.last - rows.first) * (columns.last - columns.first)));
          continue;
        }
        uint64_t &count = counts.emplace_back(0);
        for (int64_t y = rows.first, in = rows.input; y < rows.last; ++y, in += window.strideH)
          for (int64_t x = columns.first, at = columns.input; x < columns.last;
               ++x, at += window.strideW)
            count += uses[c * window.inSize() + static_cast<size_t>(in * window.inW + at)];
      }
  return counts;
}

} // namespace snnc::compiler::quantize
