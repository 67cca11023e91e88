#include "runtime/report/causes_report.h"

#include "runtime/report/format.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::runtime::report {
namespace {

using Json = nlohmann::ordered_json;
using llvm::formatv;
using verify::Cause;
using verify::CauseCost;
using verify::CauseReport;
using verify::CauseRow;
using verify::LayerCause;

// "+0.35", "-1.20": points of 100.
std::string points(int64_t correct, uint64_t samples) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::format("%+.2f", 100.0 * double(correct) / double(samples));
  return os.str();
}

int64_t change(uint64_t to, uint64_t from) {
  return static_cast<int64_t>(to) - static_cast<int64_t>(from);
}

std::string remedy(Cause cause, const std::string &layer) {
  switch (cause) {
  case Cause::Weights:
    return "more bits for its weights (--weight-bits " + layer + "=N), or --calibrate DATA";
  case Cause::Saturation:
    return "a range that clips none of its weights (--quantizer absmax), or more bits";
  case Cause::Thresholds:
    return "thresholds of more units: smaller weights against the threshold in training, or a "
           "target with a wider weight exponent";
  case Cause::Resets:
    return "a reset of more units, or one of 0 in training";
  case Cause::Biases:
    return "smaller biases against the threshold, so that their register holds them in finer steps";
  case Cause::Decays:
    return "decays of k/4096 in training";
  case Cause::Rounding:
    return "a membrane of more units: a larger threshold against the weights, or fewer bits for "
           "its "
           "weights";
  case Cause::Inputs:
    return "input values on the host's grid (its input scale) in training";
  case Cause::Currents:
    return "a smaller spread between the layer's largest current and its threshold";
  }
  return "";
}

std::string causeKey(const CauseRow &row) {
  return row.name == "quantised" ? "all" : row.name;
}

void printRows(const CauseReport &report, llvm::raw_ostream &os) {
  std::vector<std::string> header = {"spikes that differ", "all"};
  for (const CauseReport::Layer &layer : report.layers)
    header.push_back(layer.name);
  header.push_back("predictions");
  header.push_back(report.labelled ? "accuracy" : "");
  Table table(header);
  uint64_t spikes = 0, quantised = 0;
  for (const CauseRow &row : report.rows) {
    std::vector<std::string> cells = {row.name, withCommas(row.total())};
    for (uint64_t differences : row.differences)
      cells.push_back(withCommas(differences));
    cells.push_back(withCommas(row.predictions));
    if (report.labelled && row.name != "unexplained")
      cells.push_back(percentText(double(row.correct) / double(report.samples)));
    table.row(std::move(cells));
  }
  std::vector<std::string> floats, ints;
  for (const CauseReport::Layer &layer : report.layers) {
    spikes += layer.spikes;
    quantised += layer.quantisedSpikes;
    floats.push_back(withCommas(layer.spikes));
    ints.push_back(withCommas(layer.quantisedSpikes));
  }
  floats.insert(floats.begin(), {"of spikes: float", withCommas(spikes)});
  ints.insert(ints.begin(), {"  quantised", withCommas(quantised)});
  floats.push_back("");
  if (report.labelled)
    floats.push_back(percentText(double(report.correct) / double(report.samples)));
  table.row(std::move(floats));
  table.row(std::move(ints));
  table.print(os);
}

void printLayers(const CauseReport &report, llvm::raw_ostream &os) {
  const CauseRow &together = report.row("together");
  const bool labelled = report.labelled;
  Table table({"in layer", "<cause", "alone: spikes", "predictions", labelled ? "points" : "",
               "without: spikes", "predictions", labelled ? "points" : ""});
  for (const LayerCause &each : report.byLayer) {
    std::vector<std::string> cells = {each.layer, nameOf(each.cause), withCommas(each.on.total()),
                                      withCommas(each.on.predictions)};
    cells.push_back(labelled ? points(change(each.on.correct, report.correct), report.samples)
                             : "");
    cells.push_back(withCommas(each.off.total()));
    cells.push_back(withCommas(each.off.predictions));
    cells.push_back(labelled ? points(change(each.off.correct, together.correct), report.samples)
                             : "");
    table.row(std::move(cells));
  }
  table.print(os);
  os << "  alone: the float network with this cause; without: with all causes but this one\n"
        "  spikes and predictions that differ from the float network's\n";
  if (labelled)
    os << "  points of accuracy: alone, against float; without, against all causes together\n";
}

Json costJson(const CauseCost &cost, bool labelled) {
  return {{"spikes", cost.total()},
          {"predictions", cost.predictions},
          {"correct", labelled ? Json(cost.correct) : Json(nullptr)}};
}

Json suggestionsJson(const CauseReport &report) {
  Json suggestions = Json::array();
  for (const Suggestion &each : suggestionsOf(report))
    suggestions.push_back({{"layer", each.layer},
                           {"cause", nameOf(each.cause)},
                           {"correct", report.labelled ? Json(each.correct) : Json(nullptr)},
                           {"spikes", each.differences},
                           {"what", each.what}});
  return suggestions;
}

} // namespace

std::vector<Suggestion> suggestionsOf(const CauseReport &report) {
  constexpr size_t kMost = 3;
  constexpr int64_t kFew = 100; // a cause of less than 1 in so many differences is not worth a line
  const CauseRow &together = report.row("together");
  std::vector<Suggestion> all;
  for (const LayerCause &each : report.byLayer) {
    const int64_t correct = change(each.off.correct, together.correct);
    const int64_t differences = change(together.total(), each.off.total());
    if (correct > 0 || (correct == 0 && differences > 0 &&
                        differences * kFew >= static_cast<int64_t>(together.total())))
      all.push_back({each.layer, each.cause, correct, differences, remedy(each.cause, each.layer)});
  }
  std::stable_sort(all.begin(), all.end(), [](const Suggestion &a, const Suggestion &b) {
    return std::tie(a.correct, a.differences) > std::tie(b.correct, b.differences);
  });
  all.resize(std::min(all.size(), kMost));
  return all;
}

void print(const CauseReport &report, llvm::raw_ostream &os) {
  os << "  " << withCommas(report.samples) << " samples, " << withCommas(report.steps)
     << " steps\n";
  printRows(report, os);
  os << '\n';
  printLayers(report, os);
  for (const Suggestion &each : suggestionsOf(report)) {
    std::string gain;
    if (report.labelled)
      gain = points(each.correct, report.samples) + " points and ";
    const std::string text =
        formatv("{0} of '{1}': without it {2}{3} fewer spikes differ; {4}", nameOf(each.cause),
                each.layer, gain, each.differences, each.what);
    os << "  suggestion: ";
    printWrapped(os, text, 4, 14);
  }
}

Json toJson(const CauseReport &report) {
  Json layers = Json::array(), predictions = Json::object(), off = Json::object(),
       correct = Json::object(), byLayer = Json::array();
  for (size_t i = 0; i < report.layers.size(); ++i) {
    const CauseReport::Layer &layer = report.layers[i];
    Json entry = {{"name", layer.name},
                  {"neurons", layer.neurons},
                  {"spikes", layer.spikes},
                  {"quantised_spikes", layer.quantisedSpikes}};
    for (const CauseRow &row : report.rows)
      entry[causeKey(row)] = row.differences[i];
    layers.push_back(std::move(entry));
  }
  correct["float"] = report.correct;
  for (const CauseRow &row : report.rows) {
    predictions[causeKey(row)] = row.predictions;
    if (row.name != "unexplained")
      correct[causeKey(row)] = row.correct;
  }
  for (const CauseRow &row : report.without)
    off[row.name] = costJson(row, report.labelled);
  for (const LayerCause &each : report.byLayer)
    byLayer.push_back({{"layer", each.layer},
                       {"cause", nameOf(each.cause)},
                       {"on", costJson(each.on, report.labelled)},
                       {"off", costJson(each.off, report.labelled)}});
  return {{"samples", report.samples},
          {"steps", report.steps},
          {"layers", layers},
          {"predictions", predictions},
          {"correct", report.labelled ? correct : Json(nullptr)},
          {"off", off},
          {"by_layer", byLayer},
          {"suggestions", suggestionsJson(report)}};
}

} // namespace snnc::runtime::report
