// Draws a digit: jittered key points -> curve -> affine map -> elastic warp -> distance to the
// pen's path -> ink, then stray marks and noise.
#include "common/data/digits.h"

#include "common/data/glyphs.h"
#include "common/support/rng.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace snnc::data {
namespace {

using support::Rng;

// Arbitrary and fixed for ever: they name the two streams.
constexpr uint64_t kTestKey = 0x7465737464696731u, kTrainKey = 0x747261696e646967u;

constexpr double kKeyJitter = 0.055; // of a key point, in glyph units
constexpr unsigned kCurveSteps = 8;  // line segments between two key points of a smooth stroke
constexpr unsigned kWarpGrid = 4;    // control points per side of the elastic warp
constexpr double kWarp = 1.8;        // largest displacement of a control point, pixels

double between(Rng &rng, double lo, double hi) {
  return lo + (hi - lo) * rng.uniform();
}

using Path = std::vector<Point>; // one polyline

Point catmullRom(const Point &a, const Point &b, const Point &c, const Point &d, double t) {
  const auto along = [t](double p0, double p1, double p2, double p3) {
    return 0.5 * (2.0 * p1 + t * ((p2 - p0) + t * ((2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3) +
                                                   t * (3.0 * p1 - p0 - 3.0 * p2 + p3))));
  };
  return {along(a.x, b.x, c.x, d.x), along(a.y, b.y, c.y, d.y)};
}

Path tracePath(const Stroke &stroke, Rng &rng) {
  Path keys(stroke.points.begin(), stroke.points.end());
  for (Point &key : keys) {
    key.x += between(rng, -kKeyJitter, kKeyJitter);
    key.y += between(rng, -kKeyJitter, kKeyJitter);
  }
  Path path{keys.front()};
  for (size_t i = 0; i + 1 < keys.size(); ++i) {
    const Point &before = keys[i == 0 ? 0 : i - 1];
    const Point &after = keys[std::min(i + 2, keys.size() - 1)];
    // Straight strokes are cut too: the elastic warp bends them.
    for (unsigned step = 1; step <= kCurveSteps; ++step) {
      const double t = static_cast<double>(step) / kCurveSteps;
      const Point &from = keys[i], &to = keys[i + 1];
      path.push_back(stroke.smooth
                         ? catmullRom(before, from, to, after, t)
                         : Point{from.x + t * (to.x - from.x), from.y + t * (to.y - from.y)});
    }
  }
  return path;
}

// Glyph units to pixels: size, slant, rotation, shift.
struct Affine {
  double xx, xy, yx, yy, dx, dy;

  explicit Affine(Rng &rng) {
    const double width = between(rng, 10.0, 17.0), height = between(rng, 15.0, 21.0);
    const double slant = between(rng, -0.35, 0.35);
    // tan of half the angle: a rotation without sine and cosine; +-0.16 is +-18 degrees.
    const double half = between(rng, -0.16, 0.16), norm = 1.0 / (1.0 + half * half);
    const double cosine = (1.0 - half * half) * norm, sine = 2.0 * half * norm;
    xx = cosine * width, yx = sine * width;
    xy = (-cosine * slant - sine) * height, yy = (cosine - sine * slant) * height;
    dx = between(rng, -2.5, 2.5) + 13.5, dy = between(rng, -2.0, 2.0) + 13.5;
  }
  Point operator()(const Point &p) const {
    const double x = p.x - 0.5, y = p.y - 0.5;
    return {xx * x + xy * y + dx, yx * x + yy * y + dy};
  }
};

// A smooth random displacement: control points on a grid over the image, smoothstep between them.
struct Warp {
  Point grid[kWarpGrid][kWarpGrid];

  explicit Warp(Rng &rng) {
    for (auto &row : grid)
      for (Point &node : row)
        node = {between(rng, -kWarp, kWarp), between(rng, -kWarp, kWarp)};
  }
  Point operator()(const Point &p) const {
    const auto locate = [](double at, unsigned &cell) {
      const double scaled = std::clamp(at / (kDigitSide - 1), 0.0, 1.0) * (kWarpGrid - 1);
      cell = std::min(static_cast<unsigned>(scaled), kWarpGrid - 2);
      const double t = scaled - cell;
      return t * t * (3.0 - 2.0 * t);
    };
    unsigned cx = 0, cy = 0;
    const double tx = locate(p.x, cx), ty = locate(p.y, cy);
    const auto mix = [&](double Point::*axis) {
      const double top = grid[cy][cx].*axis + tx * (grid[cy][cx + 1].*axis - grid[cy][cx].*axis);
      const double low =
          grid[cy + 1][cx].*axis + tx * (grid[cy + 1][cx + 1].*axis - grid[cy + 1][cx].*axis);
      return top + ty * (low - top);
    };
    return {p.x + mix(&Point::x), p.y + mix(&Point::y)};
  }
};

using Canvas = std::array<double, kDigitPixels>; // ink, 0..1

double squaredDistance(const Point &p, const Point &a, const Point &b) {
  const double ex = b.x - a.x, ey = b.y - a.y, length = ex * ex + ey * ey;
  double t = length > 0 ? ((p.x - a.x) * ex + (p.y - a.y) * ey) / length : 0.0;
  t = std::clamp(t, 0.0, 1.0);
  const double dx = p.x - (a.x + t * ex), dy = p.y - (a.y + t * ey);
  return dx * dx + dy * dy;
}

struct Pen {
  double radius, softness, ink;
};

// Ink is full within the radius and fades over `softness` pixels around it.
void drawSegment(Canvas &canvas, const Point &a, const Point &b, const Pen &pen) {
  const double reach = pen.radius + pen.softness;
  const auto first = [&](double p, double q) {
    return static_cast<int>(std::max(0.0, std::ceil(std::min(p, q) - reach)));
  };
  const auto last = [&](double p, double q) {
    return static_cast<int>(std::min(kDigitSide - 1.0, std::floor(std::max(p, q) + reach)));
  };
  for (int y = first(a.y, b.y); y <= last(a.y, b.y); ++y)
    for (int x = first(a.x, b.x); x <= last(a.x, b.x); ++x) {
      const double d =
          std::sqrt(squaredDistance({static_cast<double>(x), static_cast<double>(y)}, a, b));
      const double cover = std::clamp(0.5 + 0.5 * (pen.radius - d) / pen.softness, 0.0, 1.0);
      double &pixel = canvas[static_cast<size_t>(y) * kDigitSide + static_cast<size_t>(x)];
      pixel = std::max(pixel, cover * pen.ink);
    }
}

void drawGlyph(Canvas &canvas, uint32_t digit, Rng &rng) {
  const Glyph strokes = glyph(digit, static_cast<uint32_t>(rng.below(glyphStyles(digit))));
  const Affine affine(rng);
  const Warp warp(rng);
  const Pen pen{between(rng, 0.55, 1.5), between(rng, 0.4, 0.9), between(rng, 0.7, 1.0)};
  for (const Stroke &stroke : strokes) {
    Path path = tracePath(stroke, rng);
    for (Point &point : path)
      point = warp(affine(point));
    for (size_t i = 0; i + 1 < path.size(); ++i)
      drawSegment(canvas, path[i], path[i + 1], pen);
  }
}

// Up to two short strokes that belong to no digit.
void drawStrayMarks(Canvas &canvas, Rng &rng) {
  for (uint64_t marks = rng.below(3); marks > 0; --marks) {
    const Point from{between(rng, 0.0, 27.0), between(rng, 0.0, 27.0)};
    const Point to{from.x + between(rng, -4.0, 4.0), from.y + between(rng, -4.0, 4.0)};
    drawSegment(canvas, from, to, {between(rng, 0.3, 0.9), 0.5, between(rng, 0.3, 0.9)});
  }
}

// Grain on the ink, and specks on two pixels of a hundred.
void addNoise(Canvas &canvas, Rng &rng) {
  for (double &pixel : canvas) {
    const double grain = rng.uniform(), speck = rng.uniform();
    pixel *= 1.0 - 0.25 * grain;
    if (speck < 0.02)
      pixel = std::max(pixel, 0.6 * grain);
  }
}

} // namespace

Digit makeDigit(DigitStream stream, uint64_t index) {
  Rng key(stream == DigitStream::Test ? kTestKey : kTrainKey);
  Rng rng(Rng(key.next() + index).next());
  Digit digit;
  digit.label = static_cast<uint8_t>(rng.below(10));
  Canvas canvas{};
  drawGlyph(canvas, digit.label, rng);
  drawStrayMarks(canvas, rng);
  addNoise(canvas, rng);
  for (size_t i = 0; i < canvas.size(); ++i)
    digit.pixels[i] = static_cast<uint8_t>(std::floor(canvas[i] * 255.0 + 0.5));
  return digit;
}

} // namespace snnc::data
