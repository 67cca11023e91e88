#include "runtime/report/lif_report.h"
#include "runtime/report/svg_plot.h"

#include <cmath>

namespace snnc::runtime::report {
namespace {

std::vector<double> column(const LifReport &report, double (*value)(const LifPoint &)) {
  std::vector<double> values;
  for (const LifPoint &point : report.curve)
    values.push_back(value(point));
  return values;
}

std::vector<double> picoamperes(const LifReport &report) {
  return column(report, [](const LifPoint &point) { return point.current * 1e12; });
}

Plot curvePlot(const LifReport &report) {
  const std::vector<double> x = picoamperes(report);
  std::vector<double> relu, sigmoid;
  for (double current : x) {
    relu.push_back(report.relu.at(current));
    sigmoid.push_back(report.sigmoid.at(current));
  }
  Plot plot{"F-I curve", "current [pA]", "rate [Hz]", {}};
  plot.series = {
      {"ODE, closed form", x, column(report, [](const LifPoint &p) { return p.closed; })},
      {"simulated, counted", x, column(report, [](const LifPoint &p) { return p.counted; }),
       Mark::Dots},
      {"ReLU", x, relu, Mark::Dashed},
      {"sigmoid", x, sigmoid, Mark::Dashed}};
  if (report.chip)
    plot.series.push_back({"on " + report.chip->target, x,
                           column(report, [](const LifPoint &p) { return *p.chip; }), Mark::Dots});
  return plot;
}

Plot errorPlot(const LifReport &report) {
  const std::vector<double> x = picoamperes(report);
  Plot plot{"Error of the chip and its causes", "current [pA]", "error [Hz]", {}};
  plot.series = {
      {"in all", x, column(report, [](const LifPoint &p) { return p.error(); })},
      {"dt", x, column(report, [](const LifPoint &p) { return p.euler - p.closed; }), Mark::Dashed},
      {"12-bit decay", x, column(report, [](const LifPoint &p) { return p.decayed - p.euler; }),
       Mark::Dashed},
      {"integers", x, column(report, [](const LifPoint &p) { return *p.chip - p.decayed; }),
       Mark::Dashed}};
  return plot;
}

Plot membranePlot(const LifReport &report) {
  Plot plot{"Membrane", "time [ms]", "V [mV]", {}};
  for (const LifRate &rate : report.rates) {
    Series series;
    series.name = std::to_string(std::llround(rate.current * 1e12)) + " pA";
    for (size_t step = 0; step < rate.run.membrane.size(); ++step) {
      series.x.push_back(static_cast<double>(step + 1) * report.protocol.dt * 1e3);
      series.y.push_back(rate.run.membrane[step] * 1e3);
    }
    plot.series.push_back(std::move(series));
  }
  return plot;
}

} // namespace

std::string curveSvg(const LifReport &report) {
  return svg(curvePlot(report));
}

std::string htmlPage(const LifReport &report) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<title>snnc lif</title>\n<style>body { max-width: 60em; margin: 2em auto; font-family: "
        "sans-serif; }\npre { overflow-x: auto; background: #f6f6f6; padding: 1em; }</style>\n"
        "</head>\n<body>\n<h1>One neuron, from its equation to a chip</h1>\n";
  os << svg(membranePlot(report)) << svg(curvePlot(report));
  if (report.chip)
    os << svg(errorPlot(report));
  std::string table;
  llvm::raw_string_ostream tables(table);
  printText(report, tables);
  os << "<pre>" << escaped(tables.str()) << "</pre>\n</body>\n</html>\n";
  return os.str();
}

} // namespace snnc::runtime::report
