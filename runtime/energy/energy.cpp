#include "runtime/energy/energy.h"

#include "common/support/diag.h"
#include "common/support/strings.h"

#include <algorithm>

namespace snnc::runtime::energy {

using support::Diag;
using support::DiagCode;

static constexpr EventInfo kEvents[] = {
    {"barrier", "one end of a phase, whole chip", [](const Activity &a) { return a.barriers; }},
    {"hop_east_west", "a message crosses a link in x",
     [](const Activity &a) { return a.hopsEastWest; }},
    {"hop_north_south", "a message crosses a link in y",
     [](const Activity &a) { return a.hopsNorthSouth; }},
    {"message_received", "a core takes a message, the host's included",
     [](const Activity &a) { return a.messagesReceived; }},
    {"message_sent", "a core sends a message, to itself included",
     [](const Activity &a) { return a.messagesSent; }},
    {"neuron_update", "any neuron update inside its window",
     [](const Activity &a) { return a.updatesActive + a.updatesInactive; }},
    {"neuron_update_active", "an update with u, v, bias, refractory or accumulator nonzero",
     [](const Activity &a) { return a.updatesActive; }},
    {"neuron_update_inactive", "any other update inside a window",
     [](const Activity &a) { return a.updatesInactive; }},
    {"spike", "a neuron fires", [](const Activity &a) { return a.spikes; }},
    {"spike_within_tile", "a message is delivered inside its tile, the host's included",
     [](const Activity &a) { return a.messagesReceived; }},
    {"synapse_word", "a word of synapse memory is read",
     [](const Activity &a) { return a.synapseWords; }},
    {"synaptic_operation", "a nonzero weight is added", [](const Activity &a) { return a.synops; }},
};

llvm::ArrayRef<EventInfo> pricedEvents() {
  return kEvents;
}

static const EventInfo *findEvent(llvm::StringRef name) {
  for (const EventInfo &event : kEvents)
    if (name == event.name)
      return &event;
  return nullptr;
}

static llvm::Error unknownEvent(const target::EnergyTable &table, llvm::StringRef name) {
  std::vector<std::string> known;
  for (const EventInfo &event : kEvents)
    known.push_back(event.name);
  return Diag(
             DiagCode::EnergyEventUnknown, {},
             llvm::formatv("energy table '{0}' prices '{1}', which nobody counts", table.name, name)
                 .str())
      .help("events are: " + support::joinNames(known))
      .take();
}

llvm::Expected<const target::EnergyTable *> findTable(const target::Target &target,
                                                      llvm::StringRef name) {
  if (name.empty())
    return target.energy.empty() ? nullptr : &target.energy.front();
  std::vector<std::string> names;
  for (const target::EnergyTable &table : target.energy) {
    if (name == table.name)
      return &table;
    names.push_back(table.name);
  }
  return Diag(DiagCode::EnergyTableUnknown, {},
              llvm::formatv("target '{0}' has no energy table '{1}'", target.name, name).str())
      .help(names.empty() ? "it has none" : "it has: " + support::joinNames(names))
      .take();
}

// 0 is the weakest.
static int strength(llvm::StringRef basis) {
  static const char *const order[] = {"assumed", "pre-silicon", "published", "measured"};
  for (int i = 0; i < 4; ++i)
    if (basis == order[i])
      return i;
  return 0;
}

static double joulesOf(const target::EnergyTable &table, const Activity &activity) {
  double picojoules = 0;
  for (const auto &[name, constant] : table.prices)
    picojoules += constant.value * static_cast<double>(findEvent(name)->count(activity));
  return picojoules * 1e-12;
}

static void addParts(EnergyReport &report, const target::EnergyTable &table, const Activity &total,
                     double samples) {
  int weakest = strength("measured");
  for (const auto &[name, constant] : table.prices) {
    EnergyPart part;
    part.event = name;
    part.count = static_cast<double>(findEvent(name)->count(total)) / samples;
    part.picojoules = constant.value;
    part.joules = part.count * constant.value * 1e-12;
    part.basis = constant.basis;
    part.node = constant.node;
    part.voltage = constant.voltage;
    part.source = constant.source;
    if (part.joules > 0 && (report.weakestBasis.empty() || strength(part.basis) < weakest)) {
      weakest = strength(part.basis);
      report.weakestBasis = part.basis;
    }
    report.parts.push_back(std::move(part));
  }
}

llvm::Expected<EnergyReport> price(const target::EnergyTable &table, const Activity &total,
                                   llvm::ArrayRef<LayerActivity> layers, uint64_t samples) {
  llvm::Error errors = llvm::Error::success();
  for (const auto &[name, constant] : table.prices)
    if (findEvent(name) == nullptr)
      errors = llvm::joinErrors(std::move(errors), unknownEvent(table, name));
  if (errors)
    return errors;

  const double inferences = static_cast<double>(samples);
  EnergyReport report;
  report.table = table.name;
  report.summary = table.summary;
  report.uncertaintyReason = table.uncertaintyReason;
  report.relativeUncertainty = table.relativeUncertainty;
  report.unpriced = table.unpriced;
  addParts(report, table, total, inferences);
  report.totalJoules = joulesOf(table, total) / inferences;
  report.lowJoules = report.totalJoules * (1 - table.relativeUncertainty);
  report.highJoules = report.totalJoules * (1 + table.relativeUncertainty);
  if (total.spikes != 0)
    report.perSpikeJoules = report.totalJoules * inferences / static_cast<double>(total.spikes);
  if (total.synops != 0)
    report.perSynopJoules = report.totalJoules * inferences / static_cast<double>(total.synops);
  Activity attributed;
  for (const LayerActivity &layer : layers) {
    report.layers.push_back(
        {layer.name, joulesOf(table, layer.activity) / inferences, layer.splitExact});
    attributed += layer.activity;
  }
  report.unattributedJoules = report.totalJoules - joulesOf(table, attributed) / inferences;
  return report;
}

} // namespace snnc::runtime::energy
