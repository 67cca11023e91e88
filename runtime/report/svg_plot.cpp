#include "runtime/report/svg_plot.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace snnc::runtime::report {
namespace {

constexpr double kWidthPx = 720, kHeightPx = 380;
constexpr double kLeft = 70, kRight = 190, kTop = 36, kBottom = 52; // margins; right: the legend
constexpr const char *kColours[] = {"#1b6ca8", "#c0392b", "#27864a", "#8e44ad", "#b7791f", "#555"};

std::string number(double value, const char *format = "%.2f") {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

struct Axis {
  double lo = 0, hi = 1, tick = 1;
  double share(double value) const { return (value - lo) / (hi - lo); }
};

Axis axisOf(const Plot &plot, std::vector<double> Series::*values) {
  constexpr double kTicks = 6; // at most about so many
  double lo = INFINITY, hi = -INFINITY;
  for (const Series &series : plot.series)
    for (double value : series.*values) {
      lo = std::min(lo, value);
      hi = std::max(hi, value);
    }
  if (!(lo < hi)) {
    lo = std::isfinite(lo) ? lo : 0;
    hi = lo + 1;
  }
  const double raw = (hi - lo) / kTicks, power = std::pow(10, std::floor(std::log10(raw)));
  const double tick = (raw <= power ? 1 : raw <= 2 * power ? 2 : raw <= 5 * power ? 5 : 10) * power;
  return {std::floor(lo / tick) * tick, std::ceil(hi / tick) * tick, tick};
}

class Canvas {
public:
  explicit Canvas(const Plot &plot)
      : plot(plot), x(axisOf(plot, &Series::x)), y(axisOf(plot, &Series::y)) {}

  std::string draw() {
    add("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"380\" "
        "viewBox=\"0 0 720 380\" font-family=\"sans-serif\" font-size=\"12\">\n");
    add("<rect width=\"720\" height=\"380\" fill=\"white\"/>\n");
    text(kLeft, 22, "start", plot.title, " font-weight=\"bold\"");
    grid();
    for (size_t i = 0; i < plot.series.size(); ++i)
      series(plot.series[i], kColours[i % std::size(kColours)]);
    legend();
    add("</svg>\n");
    return std::move(out);
  }

private:
  void add(const std::string &part) { out += part; }
  double px(double value) const { return kLeft + x.share(value) * (kWidthPx - kLeft - kRight); }
  double py(double value) const {
    return kHeightPx - kBottom - y.share(value) * (kHeightPx - kTop - kBottom);
  }

  void text(double atX, double atY, const char *anchor, const std::string &words,
            const std::string &more = "") {
    add(llvm::formatv("<text x=\"{0}\" y=\"{1}\" text-anchor=\"{2}\"{3}>{4}</text>\n", number(atX),
                      number(atY), anchor, more, escaped(words)));
  }
  void line(double x1, double y1, double x2, double y2, const char *colour) {
    add(llvm::formatv("<path d=\"M{0} {1}L{2} {3}\" stroke=\"{4}\"/>\n", number(x1), number(y1),
                      number(x2), number(y2), colour));
  }

  void grid() {
    const double bottom = py(y.lo), left = px(x.lo);
    for (int i = 0; x.lo + i * x.tick <= x.hi + x.tick / 2; ++i) {
      const double at = px(x.lo + i * x.tick);
      line(at, bottom, at, py(y.hi), "#e4e4e4");
      text(at, bottom + 16, "middle", number(x.lo + i * x.tick, "%g"));
    }
    for (int i = 0; y.lo + i * y.tick <= y.hi + y.tick / 2; ++i) {
      const double at = py(y.lo + i * y.tick);
      line(left, at, px(x.hi), at, "#e4e4e4");
      text(left - 6, at + 4, "end", number(y.lo + i * y.tick, "%g"));
    }
    line(left, bottom, px(x.hi), bottom, "#333");
    line(left, bottom, left, py(y.hi), "#333");
    text((left + px(x.hi)) / 2, kHeightPx - 12, "middle", plot.xLabel);
    const std::string turned =
        llvm::formatv(" transform=\"rotate(-90 18 {0})\"", number((bottom + py(y.hi)) / 2));
    text(18, (bottom + py(y.hi)) / 2, "middle", plot.yLabel, turned);
  }

  void series(const Series &series, const char *colour) {
    if (series.mark == Mark::Dots) {
      for (size_t i = 0; i < series.x.size(); ++i)
        add(llvm::formatv("<circle cx=\"{0}\" cy=\"{1}\" r=\"2.5\" fill=\"{2}\"/>\n",
                          number(px(series.x[i])), number(py(series.y[i])), colour));
      return;
    }
    std::string path;
    for (size_t i = 0; i < series.x.size(); ++i)
      path += (i == 0 ? "M" : "L") + number(px(series.x[i])) + " " + number(py(series.y[i]));
    add(llvm::formatv("<path d=\"{0}\" fill=\"none\" stroke=\"{1}\" stroke-width=\"1.5\"{2}/>\n",
                      path, colour,
                      series.mark == Mark::Dashed ? " stroke-dasharray=\"6 4\"" : ""));
  }

  void legend() {
    double at = kTop + 8;
    for (size_t i = 0; i < plot.series.size(); ++i) {
      if (plot.series[i].name.empty())
        continue;
      line(kWidthPx - kRight + 14, at - 4, kWidthPx - kRight + 34, at - 4,
           kColours[i % std::size(kColours)]);
      text(kWidthPx - kRight + 40, at, "start", plot.series[i].name);
      at += 18;
    }
  }

  const Plot &plot;
  const Axis x, y;
  std::string out;
};

} // namespace

std::string svg(const Plot &plot) {
  return Canvas(plot).draw();
}

std::string escaped(const std::string &text) {
  std::string safe;
  for (char c : text)
    switch (c) {
    case '&':
      safe += "&amp;";
      break;
    case '<':
      safe += "&lt;";
      break;
    case '>':
      safe += "&gt;";
      break;
    case '"':
      safe += "&quot;";
      break;
    default:
      safe += c;
    }
  return safe;
}

} // namespace snnc::runtime::report
