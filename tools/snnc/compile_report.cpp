#include "tools/snnc/compile_report.h"

#include "common/net/layer_table.h"
#include "common/net/print.h"
#include "runtime/report/eval_report.h"
#include "runtime/report/format.h"
#include "tools/snnc/layer_grid.h"
#include "tools/snnc/mapping_report.h"

#include "llvm/Support/Format.h"

#include <cmath>

namespace snnc::cli {

using Json = nlohmann::ordered_json;
using runtime::report::Table;
using runtime::report::withCommas;

static std::string decibels(double value) {
  return std::isfinite(value) ? llvm::formatv("{0:F1}", value).str() : "exact";
}

static std::string lost(uint64_t synapses, const compiler::LayerReport &layer) {
  return layer.synapses == 0
             ? "0"
             : runtime::report::percentText(double(synapses) / double(layer.synapses));
}

static std::string text(const std::optional<Spread> &spread) {
  std::string out;
  llvm::raw_string_ostream os(out);
  if (!spread)
    return "-";
  os << llvm::format("%.3g", spread->low);
  if (spread->high > spread->low)
    os << llvm::format(" .. %.3g", spread->high);
  return os.str();
}

// How large a weight may be in each layer, and how finely its values are kept.
static void printGrids(const Subject &subject, llvm::raw_ostream &os) {
  if (!subject.quant || subject.quant->isCrossbar())
    return;
  Table table({"grid", "range of weights", "units per 1.0"});
  for (const compiler::LayerReport &layer : subject.report.layers) {
    const LayerGrid grid = gridOf(*subject.quant, subject.target->core, layer.name);
    table.row({layer.name, text(grid.range), text(grid.scale)});
  }
  table.print(os);
  os << '\n';
}

// What the integers changed on the calibration data.
static void printDrift(const Subject &subject, llvm::raw_ostream &os) {
  if (subject.drift.empty())
    return;
  Table table({"spikes", "float", "quantised", "ratio", "<first difference"});
  for (const LayerDrift &layer : subject.drift) {
    const std::string first =
        layer.first ? llvm::formatv("step {0}, neuron {1}, sample {2}", layer.first->step,
                                    layer.first->neuron, layer.first->sample)
                          .str()
                    : std::string("none");
    const std::string ratio =
        layer.floatSpikes == 0
            ? "-"
            : llvm::formatv("{0:F4}", double(layer.quantSpikes) / double(layer.floatSpikes)).str();
    table.row(
        {layer.name, withCommas(layer.floatSpikes), withCommas(layer.quantSpikes), ratio, first});
  }
  table.print(os);
  os << "  of the first " << subject.drift.front().samples << " calibration samples\n\n";
}

static void printSearch(const Subject &subject, llvm::raw_ostream &os) {
  if (!subject.bitSearch)
    return;
  const BitSearch &search = *subject.bitSearch;
  const auto percent = [&](uint64_t correct) {
    return runtime::report::percentText(double(correct) / double(search.samples));
  };
  std::string bits;
  for (const auto &[layer, count] : search.bits)
    bits += (bits.empty() ? "" : ",") + layer + "=" + std::to_string(count);
  os << "fewest bits: --weight-bits " << bits << "\n  " << percent(search.correct) << " of "
     << withCommas(search.samples) << " calibration samples right, " << percent(search.correctFloat)
     << " as trained; budget " << llvm::format("%.6g", search.budget) << " points; " << search.tried
     << " tried\n\n";
}

static void printLayers(const compiler::CompileReport &report, llvm::raw_ostream &os) {
  Table table({"layer", "neurons", "synapses", "bits", "<quantizer", "SQNR dB", "saturated",
               "zeroed", "<on"});
  for (const compiler::LayerReport &layer : report.layers)
    table.row({layer.name, withCommas(layer.neurons), withCommas(layer.synapses),
               std::to_string(layer.weightBits), layer.quantizer, decibels(layer.sqnrDb),
               lost(layer.saturated, layer), lost(layer.zeroed, layer),
               layer.onHost ? "host" : "chip"});
  table.print(os);
}

// What could not be proven for every input, layer by layer.
static void printProof(const compiler::CompileReport &report, llvm::raw_ostream &os) {
  Table table(
      {"neurons that could, at some input,", "wrap accumulator", "wrap current", "clamp membrane"});
  for (const compiler::LayerReport &layer : report.layers)
    table.row({layer.name, withCommas(layer.mayWrapAccumulator), withCommas(layer.mayWrapCurrent),
               withCommas(layer.mayClampMembrane)});
  table.print(os);
  os << "  0: proven for every input; the engines count the events that do happen\n";
}

static void printCrossbarCores(const Subject &subject, llvm::raw_ostream &os) {
  const image::Image &image = *subject.image;
  std::vector<uint64_t> copies(image.cores.size(), 0), relays(image.cores.size(), 0);
  for (const image::NeuronCopy &copy : image.copies)
    ++(copy.relay ? relays : copies)[copy.core];
  Table table({"core", "neurons", "copies", "relays", "groups", "axons"});
  for (size_t c = 0; c < image.cores.size(); ++c) {
    const image::CoreImage &core = image.cores[c];
    table.row({llvm::formatv("({0},{1})", unsigned{core.x}, unsigned{core.y}).str(),
               withCommas(core.neuronCount() - copies[c] - relays[c]), withCommas(copies[c]),
               withCommas(relays[c]), withCommas(core.groups.size()),
               withCommas(core.axonCount())});
  }
  table.print(os);
}

static void printCores(const Subject &subject, llvm::raw_ostream &os) {
  if (subject.target->core.isCrossbar())
    return printCrossbarCores(subject, os);
  Table table(
      {"core", "neurons", "groups", "axons", "output slots", "synapse words", "without sharing"});
  for (const image::CoreImage &core : subject.image->cores) {
    uint64_t axons = 0;
    for (const image::AxonEntry &axon : core.axons)
      axons += axon.words != 0;
    table.row({llvm::formatv("({0},{1})", unsigned{core.x}, unsigned{core.y}).str(),
               withCommas(core.neurons.size()), withCommas(core.groups.size()), withCommas(axons),
               withCommas(core.outSlots.size()), withCommas(core.synapses.size()),
               withCommas(core.wordsWithoutSharing())});
  }
  table.print(os);
}

void printCompile(const CompileOutput &output, llvm::raw_ostream &os) {
  const Subject &subject = output.subject;
  const compiler::CompileReport &report = subject.report;
  os << subject.path << " for " << subject.target->name << "\n\n";
  if (subject.net)
    os << net::toText(net::layerTable(*subject.net), /*brief=*/true) << '\n';
  printLayers(report, os);
  os << '\n';
  printGrids(subject, os);
  printDrift(subject, os);
  printSearch(subject, os);
  os << net::profileTable(subject.net ? subject.net->profile : subject.quant->profile);
  if (output.explain && subject.net)
    os << '\n' << net::coefficientTable(*subject.net);
  if (!subject.image) {
    os << "\nno image: the pipeline was stopped before 'emit'\n";
    return;
  }
  os << '\n';
  Table table({"mapping", "", "lower bound"});
  table.row({"cores", withCommas(report.coresUsed), withCommas(report.coresLowerBound)});
  const auto rate = [](double value) { return runtime::report::countText(value); };
  table.row(
      {"messages per tick", rate(report.messagesPerTick), rate(report.lowerBoundMessagesPerTick)});
  table.row({"hops per tick", rate(report.hopsPerTick), ""});
  table.print(os);
  os << (subject.measuredRates ? "  traffic of the first calibration samples\n"
                               : "  traffic if every neuron fired at every tick\n");
  if (output.explain) {
    os << '\n';
    printProof(report, os);
    os << '\n';
    printMapping(report, os);
    os << '\n';
    printCores(subject, os);
  }
  os << "\nimage "
     << (output.imagePath.empty() ? std::string("not written: give -o") : output.imagePath)
     << "\nsha256 " << output.sha256 << '\n';
}

static Json spreadJson(const std::optional<Spread> &spread) {
  return spread ? Json{spread->low, spread->high} : Json(nullptr);
}

static Json driftJson(const Subject &subject, const compiler::LayerReport &report) {
  for (const LayerDrift &layer : subject.drift)
    if (layer.name == report.name)
      return {{"samples", layer.samples},
              {"float", layer.floatSpikes},
              {"quantised", layer.quantSpikes},
              {"first_difference", layer.first ? Json{{"step", layer.first->step},
                                                      {"neuron", layer.first->neuron},
                                                      {"sample", layer.first->sample}}
                                               : Json(nullptr)}};
  return nullptr;
}

static Json searchJson(const Subject &subject) {
  if (!subject.bitSearch)
    return nullptr;
  const BitSearch &search = *subject.bitSearch;
  return {{"bits", search.bits},       {"budget_points", search.budget},
          {"samples", search.samples}, {"correct_float", search.correctFloat},
          {"correct", search.correct}, {"tried", search.tried}};
}

static Json overflowJson(const std::optional<compiler::Overflow> &overflow) {
  if (!overflow)
    return nullptr;
  Json sources = Json::array();
  for (const compiler::Overflow::Sources &each : overflow->sources)
    sources.push_back({{"projection", each.projection}, {"neurons", each.neurons}});
  return {{"neuron", overflow->neuron},
          {"state", overflow->state},
          {"bound", std::isfinite(overflow->bound) ? Json(overflow->bound) : Json(nullptr)},
          {"limit", overflow->limit},
          {"step", overflow->step ? Json(*overflow->step) : Json(nullptr)},
          {"sources_that", overflow->excites ? "excite" : "inhibit"},
          {"sources", sources}};
}

static Json layerJson(const Subject &subject, const compiler::LayerReport &layer) {
  const LayerGrid grid =
      subject.quant ? gridOf(*subject.quant, subject.target->core, layer.name) : LayerGrid();
  return {{"name", layer.name},
          {"neurons", layer.neurons},
          {"synapses", layer.synapses},
          {"weight_bits", layer.weightBits},
          {"quantizer", layer.quantizer},
          {"range", spreadJson(grid.range)},
          {"scale", spreadJson(grid.scale)},
          {"sqnr_db", std::isfinite(layer.sqnrDb) ? Json(layer.sqnrDb) : Json(nullptr)},
          {"saturated", layer.saturated},
          {"zeroed", layer.zeroed},
          {"spikes", driftJson(subject, layer)},
          {"on_host", layer.onHost},
          {"may_wrap_accumulator", layer.mayWrapAccumulator},
          {"may_wrap_current", layer.mayWrapCurrent},
          {"may_clamp_membrane", layer.mayClampMembrane},
          {"overflow", overflowJson(layer.overflow)}};
}

Json toJson(const CompileOutput &output, const std::vector<std::string> &warnings) {
  const Subject &subject = output.subject;
  const compiler::CompileReport &report = subject.report;
  const auto textOrNull = [](const std::string &text) {
    return text.empty() ? Json(nullptr) : Json(text);
  };
  const bool mapped = report.mapping.meshWidth != 0; // `place` ran
  Json layers = Json::array();
  for (const compiler::LayerReport &layer : report.layers)
    layers.push_back(layerJson(subject, layer));
  return {
      {"schema", "snnc-compile/1"},
      {"image", textOrNull(output.imagePath)},
      {"sha256", textOrNull(output.sha256)},
      {"target", subject.target->name},
      {"cores_used", mapped ? Json(report.coresUsed) : Json(nullptr)},
      {"neurons", report.neurons},
      {"synapses", report.synapses},
      {"layers", layers},
      {"bit_search", searchJson(subject)},
      {"traffic",
       {{"messages_per_tick", mapped ? Json(report.messagesPerTick) : Json(nullptr)},
        {"hops_per_tick", mapped ? Json(report.hopsPerTick) : Json(nullptr)},
        {"lower_bound_messages_per_tick",
         mapped ? Json(report.lowerBoundMessagesPerTick) : Json(nullptr)},
        {"rates", subject.measuredRates ? "measured" : "all 1"}}},
      {"bounds", {{"cores_lower_bound", mapped ? Json(report.coresLowerBound) : Json(nullptr)}}},
      {"profile",
       runtime::report::toJson(subject.net ? subject.net->profile : subject.quant->profile)},
      {"explain", mapped && output.explain ? mappingJson(report) : Json(nullptr)},
      {"warnings", warnings}};
}

} // namespace snnc::cli
