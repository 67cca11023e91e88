// Events times the target's named prices: joules per inference, by component and by layer. Every
// part keeps the basis and source of its constant; what nobody published is listed, never guessed.
#pragma once

#include "common/target/target.h"
#include "runtime/energy/activity.h"

#include <optional>
#include <string>
#include <vector>

namespace snnc::runtime::energy {

// The events an energy table may price, sorted by name (docs/reference/energy_model.md).
struct EventInfo {
  const char *name;    // the key in targets/*.json
  const char *meaning; // one line
  uint64_t (*count)(const Activity &activity);
};
llvm::ArrayRef<EventInfo> pricedEvents();

struct EnergyPart {
  std::string event;
  double count = 0;                         // events per inference
  double picojoules = 0;                    // per event
  double joules = 0;                        // per inference
  std::string basis, node, voltage, source; // of the constant
};
struct LayerEnergy {
  std::string name;
  double joules = 0; // per inference
  bool exact = true; // LayerActivity::splitExact
};

struct EnergyReport {
  std::string table, summary;
  double totalJoules = 0;               // per inference
  std::optional<double> perSpikeJoules; // total / spikes; empty without spikes
  std::optional<double> perSynopJoules; // total / synaptic operations
  double lowJoules = 0, highJoules = 0; // the table's uncertainty around the total
  double relativeUncertainty = 0;       // half-width, fraction
  std::string uncertaintyReason;
  std::vector<EnergyPart> parts; // in the table's order, zero counts included
  std::vector<LayerEnergy> layers;
  double unattributedJoules = 0; // events of no layer (barriers)
  std::vector<std::string> unpriced;
  std::string weakestBasis; // of the constants that contribute: assumed is weakest
};

// The table of this name, or the target's first if empty. Fails with SNN1210; a target without
// tables gives null.
llvm::Expected<const target::EnergyTable *> findTable(const target::Target &target,
                                                      llvm::StringRef name);

// `total` and `layers` are sums over `samples` inferences, samples >= 1. Fails (SNN1211) if the
// table prices an event that is not in pricedEvents().
llvm::Expected<EnergyReport> price(const target::EnergyTable &table, const Activity &total,
                                   llvm::ArrayRef<LayerActivity> layers, uint64_t samples);

} // namespace snnc::runtime::energy
