#include "runtime/report/causes_report.h"
#include "runtime/report/eval_report.h"

namespace snnc::runtime::report {

template <class T> static Json orNull(const std::optional<T> &value) {
  return value ? Json(*value) : Json(nullptr);
}

Json toJson(const Counters &counters) {
  Json json;
  const CoreCounters total = counters.total();
  for (unsigned i = 0; i < kCoreCounters; ++i)
    json[nameOf(static_cast<CoreCounter>(i))] = total.values[i];
  json["transit_hops"] = counters.transitHopsNorth + counters.transitHopsEast +
                         counters.transitHopsSouth + counters.transitHopsWest;
  json["ticks"] = counters.ticks;
  json["tick_cycles"] = counters.tickCycles;
  json["barriers"] = counters.barriers;
  json["reset_cycles"] = counters.resetCycles;
  json["host_cycles"] = counters.hostCycles;
  json["host_write_words"] = counters.hostWriteWords;
  return json;
}

template <class T> static std::string originText(const net::Setting<T> &setting) {
  const std::string origin = net::nameOf(setting.origin);
  return setting.reason.empty() ? origin : origin + ": " + setting.reason;
}

Json toJson(const net::Profile &profile) {
  return {{"dt", profile.dt.value},
          {"tau_unit", net::nameOf(profile.tauUnit.value)},
          {"integrator", net::nameOf(profile.integrator.value)},
          {"reset", net::nameOf(profile.reset.value)},
          {"compare", net::nameOf(profile.compare.value)},
          {"bias_timing", net::nameOf(profile.biasTiming.value)},
          {"origin",
           {{"dt", originText(profile.dt)},
            {"tau_unit", originText(profile.tauUnit)},
            {"integrator", originText(profile.integrator)},
            {"reset", originText(profile.reset)},
            {"compare", originText(profile.compare)},
            {"bias_timing", originText(profile.biasTiming)}}}};
}

static Json priceJson(const energy::EnergyPart &part) {
  return {{"count", part.count}, {"pj", part.picojoules},   {"basis", part.basis},
          {"node", part.node},   {"voltage", part.voltage}, {"source", part.source}};
}

Json toJson(const energy::EnergyReport &energy) {
  Json parts = Json::object(), prices = Json::object(), layers = Json::object();
  for (const energy::EnergyPart &part : energy.parts) {
    parts[part.event] = part.joules;
    prices[part.event] = priceJson(part);
  }
  for (const energy::LayerEnergy &layer : energy.layers)
    layers[layer.name] = layer.joules;
  return {{"table", energy.table},
          {"total_j", energy.totalJoules},
          {"per_spike_j", orNull(energy.perSpikeJoules)},
          {"per_synop_j", orNull(energy.perSynopJoules)},
          {"interval_j", {energy.lowJoules, energy.highJoules}},
          {"interval_reason", energy.uncertaintyReason},
          {"parts", parts},
          {"layers", layers},
          {"unattributed_j", energy.unattributedJoules},
          {"unpriced", energy.unpriced},
          {"weakest_basis", energy.weakestBasis},
          {"prices", prices}};
}

static Json latencyJson(const Latency &latency) {
  return {{"cycles", latency.cycles()},
          {"seconds", latency.seconds()},
          {"tick_cycles", latency.ticks},
          {"host_cycles", latency.host},
          {"host_write_cycles", latency.hostWrites},
          {"reset_cycles", latency.reset},
          {"clock_mhz", latency.clockMHz}};
}

static Json operationsJson(const energy::Operations &operations) {
  return {{"dense_macs", orNull(operations.denseMacs)},
          {"effective_acs", operations.effectiveAcs},
          {"effective_macs", operations.effectiveMacs},
          {"host_macs", operations.hostMacs},
          {"synops", operations.synops},
          {"neuron_updates", operations.neuronUpdates},
          {"synops_equal_effective_acs", operations.synopsAgree}};
}

Json toJson(const EvalReport &report) {
  Json spikes = Json::object(), inputSpikes = Json::object();
  for (const LayerRow &layer : report.layers)
    (layer.input ? inputSpikes : spikes)[layer.name] = layer.spikesPerSample;
  return {{"schema", "snnc-eval/1"},
          {"model", report.model},
          {"target", report.target.name},
          {"data", report.data},
          {"samples", report.samples},
          {"steps", report.steps},
          {"cores_used", report.coresUsed},
          {"accuracy",
           {{"float", orNull(report.accuracyFloat)},
            {"quant", orNull(report.accuracyQuant)},
            {"image", orNull(report.accuracyImage)}}},
          {"predictions_unlike_float", orNull(report.imageUnlikeFloat)},
          {"predictions_unlike_quant", report.imageUnlikeQuant},
          {"spikes_per_sample", spikes},
          {"input_spikes_per_sample", inputSpikes},
          {"ops", operationsJson(report.operations)},
          {"energy", report.energy ? toJson(*report.energy) : Json(nullptr)},
          {"latency", latencyJson(report.latency)},
          {"events",
           {{"accumulator_wraps", report.accumulatorWraps},
            {"current_wraps", report.currentWraps},
            {"membrane_clamps", report.membraneClamps},
            {"bias_saturations", report.biasSaturations},
            {"input_saturations", report.inputSaturations}}},
          {"differences", report.causes ? toJson(*report.causes) : Json(nullptr)},
          {"profile", toJson(report.profile)},
          {"warnings", report.warnings}};
}

} // namespace snnc::runtime::report
