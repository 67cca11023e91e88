// How people write digits: strokes through key points, several styles per class.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace snnc::data {

struct Point {
  double x = 0, y = 0;
};

// Key points in the unit square, y down. `smooth` strokes are Catmull-Rom curves through them.
struct Stroke {
  bool smooth = false;
  llvm::ArrayRef<Point> points;
};
using Glyph = llvm::ArrayRef<Stroke>;

uint32_t glyphStyles(uint32_t digit);        // >= 1; digit 0..9
Glyph glyph(uint32_t digit, uint32_t style); // style < glyphStyles(digit)

} // namespace snnc::data
