// Tables of net/print.h that people read.
#include "common/net/discretize.h"
#include "common/net/number_text.h"
#include "common/net/print.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::net {
namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell, two blanks between, indented by two.
std::string tableText(const std::vector<Row> &rows) {
  std::vector<size_t> widths;
  for (const Row &row : rows) {
    widths.resize(std::max(widths.size(), row.size()), 0);
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row &row : rows) {
    std::string line = " ";
    for (size_t i = 0; i < row.size(); ++i)
      line += " " + row[i] + std::string(widths[i] - row[i].size() + 1, ' ');
    text += llvm::StringRef(line).rtrim(' ').str() + "\n";
  }
  return text;
}

template <class T> Row settingRow(const char *name, const Setting<T> &setting, std::string value) {
  return {name, std::move(value), nameOf(setting.origin), setting.reason};
}

// "0.95", or "0.8 .. 0.95" where neurons differ; six digits.
std::string rangeText(llvm::ArrayRef<NeuronUpdate> updates, double NeuronUpdate::*field) {
  double lo = updates.front().*field, hi = lo;
  for (const NeuronUpdate &update : updates) {
    lo = std::min(lo, update.*field);
    hi = std::max(hi, update.*field);
  }
  auto text = [](double value) {
    char buffer[40];
    return std::string(
        buffer,
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 6).ptr);
  };
  return lo == hi ? text(lo) : text(lo) + " .. " + text(hi);
}

// "0", "1 (subtract)" where the population has a rule of its own, "-" if nothing is reset.
std::string resetText(const Population &population, const Profile &profile,
                      llvm::ArrayRef<NeuronUpdate> updates) {
  if (!spikes(population.kind) || population.kind == NeuronKind::Threshold)
    return "-";
  const ResetRule rule = resetRule(population, profile);
  const std::string amount =
      rule == ResetRule::None ? "-" : rangeText(updates, &NeuronUpdate::reset);
  return population.reset ? amount + " (" + nameOf(rule) + ")" : amount;
}

} // namespace

std::string profileTable(const Profile &profile) {
  return tableText({
      settingRow("dt", profile.dt, numberText(profile.dt.value) + " s"),
      settingRow("tau-unit", profile.tauUnit, nameOf(profile.tauUnit.value)),
      settingRow("integrator", profile.integrator, nameOf(profile.integrator.value)),
      settingRow("reset", profile.reset, nameOf(profile.reset.value)),
      settingRow("compare", profile.compare, nameOf(profile.compare.value)),
      settingRow("bias-timing", profile.biasTiming, nameOf(profile.biasTiming.value)),
  });
}

std::string coefficientTable(const Net &net) {
  std::vector<Row> rows = {{"layer", "model", "neurons", "current decay", "membrane decay", "gain",
                            "threshold", "reset"}};
  for (const Population &population : net.populations) {
    if (population.kind == NeuronKind::Input)
      continue;
    llvm::Expected<std::vector<NeuronUpdate>> updates = discretize(population, net.profile);
    if (!updates) {
      llvm::consumeError(updates.takeError());
      rows.push_back({population.name, nameOf(population.kind), "not usable with this profile"});
      continue;
    }
    std::vector<NeuronUpdate> gains = *updates;
    for (NeuronUpdate &update : gains)
      update.membraneGain *= update.currentGain;
    rows.push_back(
        {population.name, nameOf(population.kind), std::to_string(population.size()),
         updates->front().hasCurrent ? rangeText(*updates, &NeuronUpdate::currentDecay) : "-",
         rangeText(*updates, &NeuronUpdate::membraneDecay),
         rangeText(gains, &NeuronUpdate::membraneGain),
         spikes(population.kind) ? rangeText(*updates, &NeuronUpdate::threshold) : "-",
         resetText(population, net.profile, *updates)});
  }
  return tableText(rows);
}

} // namespace snnc::net
