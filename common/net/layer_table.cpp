#include "common/net/layer_table.h"

#include "common/net/discretize.h"
#include "common/net/synapses.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <charconv>

using llvm::formatv;

namespace snnc::net {

std::string shapeText(const std::vector<uint32_t> &shape) {
  std::string text;
  for (uint32_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

namespace {

// " stride 2", " stride 2x1", or nothing where both are the usual value.
std::string pairText(const char *name, uint32_t h, uint32_t w, uint32_t usual) {
  if (h == usual && w == usual)
    return "";
  return h == w ? formatv(" {0} {1}", name, h).str() : formatv(" {0} {1}x{2}", name, h, w).str();
}

std::string windowText(const Window &window, uint32_t usualStrideH, uint32_t usualStrideW) {
  const bool oneLine = window.inH == 1 && window.outH == 1 && window.kernelH == 1;
  std::string text;
  if (window.strideH != usualStrideH || window.strideW != usualStrideW)
    text += oneLine ? formatv(" stride {0}", window.strideW).str()
                    : pairText("stride", window.strideH, window.strideW, 0);
  text += oneLine && window.padLeft != 0 ? formatv(" pad {0}", window.padLeft).str()
                                         : pairText("pad", window.padTop, window.padLeft, 0);
  return text + pairText("dilation", window.dilationH, window.dilationW, 1);
}

std::string mapText(const DenseWeights &map) {
  return formatv("dense {0}x{1}", map.rows, map.cols).str();
}
std::string mapText(const SparseWeights &map) {
  return formatv("sparse {0}x{1}", map.posts, map.pres).str();
}
std::string mapText(const ConvWeights &map) {
  const Window &window = map.window;
  std::string text = formatv("conv {0}x{1}x{2}x{3}", map.outChannels, map.inChannels / map.groups,
                             window.kernelH, window.kernelW)
                         .str();
  text += windowText(window, 1, 1);
  return map.groups == 1 ? text : text + formatv(" groups {0}", map.groups).str();
}
std::string mapText(const PoolMap &map) {
  const Window &window = map.window;
  return formatv("{0}pool {1}x{2}", map.average ? "avg" : "sum", window.kernelH, window.kernelW)
             .str() +
         windowText(window, window.kernelH, window.kernelW);
}
std::string mapText(const DiagonalWeights &map) {
  const bool identity = map.values.size() == 1 && map.values[0] == 1.0f;
  return identity ? "identity" : formatv("scale {0}", map.size).str();
}

std::string mapsText(const Projection &projection) {
  const auto text = [](const Weights &map) {
    return std::visit([](const auto &each) { return mapText(each); }, map);
  };
  std::string all;
  for (const Weights &map : projection.before)
    all += text(map) + " > ";
  return all + text(projection.weights);
}

template <class F>
std::optional<ValueRange> rangeOf(const std::vector<NeuronUpdate> &updates, F value) {
  if (updates.empty())
    return std::nullopt;
  ValueRange range{value(updates.front()), value(updates.front())};
  for (const NeuronUpdate &update : updates) {
    range.low = std::min(range.low, value(update));
    range.high = std::max(range.high, value(update));
  }
  return range;
}

void setCoefficients(const Population &population, const Profile &profile, LayerRow &row) {
  const bool memory =
      population.kind != NeuronKind::Input && population.kind != NeuronKind::Threshold;
  if (memory && spikes(population.kind))
    row.resetRule = resetRule(population, profile);
  llvm::Expected<std::vector<NeuronUpdate>> updates = discretize(population, profile);
  if (!updates) { // whoever runs it says so
    llvm::consumeError(updates.takeError());
    return;
  }
  if (updates->empty())
    return;
  if (updates->front().hasCurrent)
    row.currentDecay = rangeOf(*updates, [](const NeuronUpdate &u) { return u.currentDecay; });
  if (memory) {
    row.membraneDecay = rangeOf(*updates, [](const NeuronUpdate &u) { return u.membraneDecay; });
    row.gain =
        rangeOf(*updates, [](const NeuronUpdate &u) { return u.currentGain * u.membraneGain; });
  }
  if (spikes(population.kind))
    row.threshold = rangeOf(*updates, [](const NeuronUpdate &u) { return u.threshold; });
  if (row.resetRule && *row.resetRule != ResetRule::None)
    row.reset = rangeOf(*updates, [](const NeuronUpdate &u) { return u.reset; });
}

// The synapses of chains are walked, as long as the budget of products lasts; empty if it does not.
constexpr uint64_t kMaxWork = uint64_t{1} << 28; // a few seconds
std::optional<uint64_t> counted(const Projection &projection, uint64_t &budget) {
  if (!projection.before.empty()) {
    const uint64_t work = walkCost(projection).work;
    if (work > budget)
      return std::nullopt;
    budget -= work;
  }
  return synapseCount(projection);
}

// ---- text

using Cells = std::vector<std::string>;

// Columns as wide as their widest cell, two blanks between, indented by two; numbers to the right.
std::string tableText(const std::vector<Cells> &rows, const std::vector<bool> &right) {
  std::vector<size_t> widths(right.size(), 0);
  for (const Cells &row : rows)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Cells &row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - row[i].size(), ' ');
      line += "  " + (right[i] ? blanks + row[i] : row[i] + blanks);
    }
    text += llvm::StringRef(line).rtrim(' ').str() + "\n";
  }
  return text;
}

std::string withCommas(uint64_t value) {
  std::string digits = std::to_string(value);
  for (size_t at = digits.size(); at > 3; at -= 3)
    digits.insert(at - 3, ",");
  return digits;
}

std::string sixDigits(double value) {
  char buffer[40];
  return std::string(
      buffer,
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 6).ptr);
}

std::string rangeText(const std::optional<ValueRange> &range) {
  if (!range)
    return "-";
  return range->low == range->high ? sixDigits(range->low)
                                   : sixDigits(range->low) + " .. " + sixDigits(range->high);
}

std::string resetText(const LayerRow &row) {
  if (!row.resetRule)
    return "-";
  const std::string name = nameOf(*row.resetRule);
  return row.reset ? name + " " + rangeText(row.reset) : name;
}

constexpr const char *kUncounted = "uncounted";

Cells layerCells(const LayerRow &row) {
  return {row.name,
          nameOf(row.kind),
          shapeText(row.shape),
          rangeText(row.currentDecay),
          rangeText(row.membraneDecay),
          rangeText(row.gain),
          rangeText(row.threshold),
          resetText(row)};
}

} // namespace

LayerTable layerTable(const Net &net) {
  LayerTable table;
  uint64_t budget = kMaxWork;
  for (const Population &population : net.populations) {
    LayerRow &row = table.layers.emplace_back();
    row.name = population.name;
    row.kind = population.kind;
    row.shape = population.shape;
    row.neurons = population.size();
    setCoefficients(population, net.profile, row);
    if (population.kind != NeuronKind::Input)
      table.neurons += row.neurons;
  }
  for (const Projection &projection : net.projections) {
    LayerInput input;
    input.name = projection.name;
    input.source = net.populations[projection.source].name;
    input.maps = mapsText(projection);
    input.delay = projection.delay;
    input.hasBias = !projection.bias.empty();
    input.parameters = parameterCount(projection);
    input.synapses = counted(projection, budget);
    table.parameters += input.parameters;
    table.synapses += input.synapses.value_or(0);
    table.allCounted &= input.synapses.has_value();
    table.layers[projection.target].inputs.push_back(std::move(input));
  }
  return table;
}

std::string toText(const LayerTable &table, bool brief) {
  std::vector<bool> right = {false, false, false, true, true, true, true,
                             false, false, false, true, true, true};
  constexpr size_t kOwn = 8; // columns of a layer itself
  std::vector<Cells> rows = {{"layer", "kind", "shape", "i decay", "v decay", "gain", "threshold",
                              "reset", "from", "through", "delay", "parameters", "synapses"}};
  for (const LayerRow &layer : table.layers) {
    Cells own = layerCells(layer);
    for (const LayerInput &input : layer.inputs) {
      own.insert(own.end(),
                 {input.source, input.name + ": " + input.maps + (input.hasBias ? " + bias" : ""),
                  std::to_string(input.delay), withCommas(input.parameters),
                  input.synapses ? withCommas(*input.synapses) : kUncounted});
      rows.push_back(std::move(own));
      own.assign(kOwn, "");
    }
    if (layer.inputs.empty())
      rows.push_back(std::move(own));
  }
  Cells total(right.size());
  total[0] = "total";
  total[2] = withCommas(table.neurons);
  total[11] = withCommas(table.parameters);
  total[12] = table.allCounted ? withCommas(table.synapses) : kUncounted;
  rows.push_back(std::move(total));
  if (brief) {
    constexpr ptrdiff_t kFirst = 3, kEnd = 8; // the coefficients
    right.erase(right.begin() + kFirst, right.begin() + kEnd);
    for (Cells &row : rows)
      row.erase(row.begin() + kFirst, row.begin() + kEnd); // every row has its own columns
  }
  return tableText(rows, right);
}

} // namespace snnc::net
