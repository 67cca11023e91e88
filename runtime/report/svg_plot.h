// Line plots as SVG text, to stand alone or in a page. Same input, same bytes.
#pragma once

#include <string>
#include <vector>

namespace snnc::runtime::report {

enum class Mark { Line, Dashed, Dots };

struct Series {
  std::string name;         // in the legend; empty: not in it
  std::vector<double> x, y; // as many of both, finite
  Mark mark = Mark::Line;
};

struct Plot {
  std::string title, xLabel, yLabel;
  std::vector<Series> series;
};

// A complete <svg> element of fixed size. The axes cover all points, at ticks of 1, 2 or 5 times a
// power of ten.
std::string svg(const Plot &plot);

// & < > " as entities.
std::string escaped(const std::string &text);

} // namespace snnc::runtime::report
