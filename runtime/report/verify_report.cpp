#include "runtime/report/verify_report.h"

#include "runtime/report/format.h"

#include "llvm/Support/FormatVariadic.h"

namespace snnc::runtime::report {

using Json = nlohmann::ordered_json;

template <class T> static Json orNull(const std::optional<T> &value) {
  return value ? Json(*value) : Json(nullptr);
}

static Json divergenceJson(const verify::Divergence &divergence) {
  Json json = {{"sample", divergence.sample}, {"tick", divergence.tick}};
  json["layer"] = divergence.layer.empty() ? Json(nullptr) : Json(divergence.layer);
  json["neuron"] = divergence.layer.empty() ? Json(nullptr) : Json(divergence.neuron);
  json["core"] = orNull(divergence.core);
  json["local_neuron"] = divergence.core ? Json(divergence.local) : Json(nullptr);
  json["field"] = divergence.field;
  json["a"] = divergence.a;
  json["b"] = divergence.b;
  json["operation"] = divergence.operation;
  json["replay"] = divergence.replay;
  return json;
}

nlohmann::ordered_json toJson(const verify::VerifyReport &report) {
  Json pairs = Json::array();
  for (const verify::PairReport &pair : report.pairs)
    pairs.push_back(
        {{"a", pair.a},
         {"b", pair.b},
         {"spike_mismatches", pair.spikeMismatches},
         {"state_mismatches", pair.stateMismatches},
         {"cycle_mismatches", orNull(pair.cycleMismatches)},
         {"counter_mismatches", orNull(pair.counterMismatches)},
         {"first_divergence", pair.first ? divergenceJson(*pair.first) : Json(nullptr)}});
  return {{"schema", "snnc-verify/1"},
          {"pass", report.pass},
          {"samples", report.samples},
          {"ticks", report.ticks},
          {"cores_used", report.coresUsed},
          {"pairs", pairs},
          {"image_equals_network", orNull(report.imageEqualsNetwork)}};
}

static std::string countOrDash(const std::optional<uint64_t> &count) {
  return count ? withCommas(*count) : "-";
}

void printVerify(const verify::VerifyReport &report, llvm::raw_ostream &os) {
  os << llvm::formatv("verify: {0} samples, {1} ticks, {2} cores\n\n", withCommas(report.samples),
                      withCommas(report.ticks), report.coresUsed);
  Table table({"mismatches", "spikes", "states", "cycles", "counters"});
  for (const verify::PairReport &pair : report.pairs)
    table.row({pair.a + " == " + pair.b, withCommas(pair.spikeMismatches),
               withCommas(pair.stateMismatches), countOrDash(pair.cycleMismatches),
               countOrDash(pair.counterMismatches)});
  table.print(os);
  os << "\n  image == network  ";
  if (!report.imageEqualsNetwork)
    os << "not compared: there is only the image\n";
  else if (*report.imageEqualsNetwork)
    os << "yes, synapse by synapse\n";
  else
    os << "NO: " << report.imageDifference << '\n';
  for (const verify::PairReport &pair : report.pairs)
    if (pair.first)
      os << '\n' << pair.a << " and " << pair.b << " differ\n" << pair.first->text();
  os << '\n' << (report.pass ? "PASS" : "FAIL") << '\n';
}

} // namespace snnc::runtime::report
