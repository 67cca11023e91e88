// What each cause of quantisation cost, for people and as JSON, and what would bring most of it
// back.
#pragma once

#include "runtime/verify/causes.h"

#include "llvm/Support/raw_ostream.h"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace snnc::runtime::report {

// What a cause in a layer would bring if it were gone, as measured: all others on, this one off.
struct Suggestion {
  std::string layer;
  verify::Cause cause = verify::Cause::Weights;
  int64_t correct = 0;     // samples more that are predicted right; 0 without labels
  int64_t differences = 0; // places fewer where the spikes are not the float network's
  std::string what;        // what takes it away
};

// At most three, the most useful first: by correct, then by differences. Only what brings some.
std::vector<Suggestion> suggestionsOf(const verify::CauseReport &report);

// Three tables: every cause everywhere, per layer of effect; every cause in every layer, alone and
// with all others; the suggestions.
void print(const verify::CauseReport &report, llvm::raw_ostream &os);
// docs/reference/quantisation.md has the keys.
nlohmann::ordered_json toJson(const verify::CauseReport &report);

} // namespace snnc::runtime::report
