// Which inputs a place of a sliding window sees, and from which places an input is seen
// (net/linear_map.h, Window).
#pragma once

#include "common/net/linear_map.h"

#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <optional>

namespace snnc::net {

// One axis of a window.
struct WindowAxis {
  int64_t in, out, kernel, stride, pad, dilation;
};
inline WindowAxis axisH(const Window &w) {
  return {w.inH, w.outH, w.kernelH, w.strideH, w.padTop, w.dilationH};
}
inline WindowAxis axisW(const Window &w) {
  return {w.inW, w.outW, w.kernelW, w.strideW, w.padLeft, w.dilationW};
}

// The kernel entries u in [first, last) of output `out` lie on input origin + u * dilation; the
// others lie on padding.
struct AxisTaps {
  int64_t first = 0, last = 0, origin = 0;
  int64_t count() const { return last - first; }
};
inline AxisTaps tapsOf(const WindowAxis &axis, int64_t out) {
  AxisTaps taps;
  taps.origin = out * axis.stride - axis.pad;
  if (taps.origin >= axis.in)
    return taps;
  if (taps.origin < 0)
    taps.first = (axis.dilation - 1 - taps.origin) / axis.dilation;
  taps.last = (axis.in - taps.origin + axis.dilation - 1) / axis.dilation;
  taps.first = std::min(taps.first, axis.kernel);
  taps.last = std::clamp(taps.last, taps.first, axis.kernel);
  return taps;
}

// The outputs that see one input, ascending, with the kernel entry that lies on it.
struct AxisPlace {
  int64_t out, tap;
};
using AxisPlaces = llvm::SmallVector<AxisPlace, 16>;
inline AxisPlaces placesOf(const WindowAxis &axis, int64_t in) {
  AxisPlaces places;
  const int64_t at = in + axis.pad, reach = (axis.kernel - 1) * axis.dilation;
  const int64_t first = at <= reach ? 0 : (at - reach + axis.stride - 1) / axis.stride;
  const int64_t last = std::min(axis.out - 1, at / axis.stride);
  for (int64_t out = first; out <= last; ++out)
    if (const int64_t offset = at - out * axis.stride; offset % axis.dilation == 0)
      places.push_back({out, offset / axis.dilation});
  return places;
}

// The outputs [first, last) that see kernel entry `tap` on an input, not on padding, and where the
// first of them sees it.
struct TapPlaces {
  int64_t first, last, input;
  int64_t count() const { return last - first; }
};
inline TapPlaces placesOfTap(const WindowAxis &axis, int64_t tap) {
  const int64_t origin = tap * axis.dilation - axis.pad; // what output 0 sees
  const int64_t first = origin >= 0 ? 0 : (-origin + axis.stride - 1) / axis.stride;
  const int64_t last = origin >= axis.in ? 0 : (axis.in - 1 - origin) / axis.stride + 1;
  return {first, std::max(first, std::min(last, axis.out)), origin + first * axis.stride};
}

// An element of [channel, y, x] maps.
struct ElementPlace {
  uint32_t channel, y, x;
};
inline ElementPlace placeIn(uint32_t element, uint32_t height, uint32_t width) {
  const uint32_t row = element / width;
  return {row / height, row % height, element % width};
}

// The output of disjoint windows (Window::disjoint) that sees an input, if one does.
inline std::optional<int64_t> outputOf(const WindowAxis &axis, int64_t in) {
  const int64_t at = in + axis.pad, out = at / axis.stride;
  if (out >= axis.out || at - out * axis.stride >= axis.kernel)
    return std::nullopt;
  return out;
}
inline std::optional<uint32_t> outputOf(const PoolMap &pool, uint32_t source) {
  const Window &window = pool.window;
  const auto [channel, y, x] = placeIn(source, window.inH, window.inW);
  const std::optional<int64_t> row = outputOf(axisH(window), y),
                               column = outputOf(axisW(window), x);
  if (!row || !column)
    return std::nullopt;
  return static_cast<uint32_t>(channel * window.outSize() + *row * window.outW + *column);
}

// f(input within its channel, kernel entry), inputs ascending.
class WindowOfOutput {
public:
  WindowOfOutput(const Window &window, uint32_t y, uint32_t x)
      : window(window), rows(tapsOf(axisH(window), y)), columns(tapsOf(axisW(window), x)) {}
  template <class F> void forEach(F f) const {
    for (int64_t u = rows.first; u < rows.last; ++u) {
      const int64_t row = (rows.origin + u * window.dilationH) * window.inW + columns.origin;
      for (int64_t v = columns.first; v < columns.last; ++v)
        f(static_cast<uint32_t>(row + v * window.dilationW),
          static_cast<uint32_t>(u * window.kernelW + v));
    }
  }

private:
  const Window &window;
  AxisTaps rows, columns;
};

// f(output within its channel, kernel entry), outputs ascending.
class WindowsOfInput {
public:
  WindowsOfInput(const Window &window, uint32_t y, uint32_t x)
      : window(window), rows(placesOf(axisH(window), y)), columns(placesOf(axisW(window), x)) {}
  template <class F> void forEach(F f) const {
    for (const AxisPlace &row : rows)
      for (const AxisPlace &column : columns)
        f(static_cast<uint32_t>(row.out * window.outW + column.out),
          static_cast<uint32_t>(row.tap * window.kernelW + column.tap));
  }

private:
  const Window &window;
  AxisPlaces rows, columns;
};

} // namespace snnc::net
