#include "runtime/report/causes_report.h"
#include "runtime/report/eval_report.h"
#include "runtime/report/format.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"

#include <algorithm>
#include <cmath>

namespace snnc::runtime::report {

using llvm::formatv;
using llvm::raw_ostream;

static constexpr unsigned kLabel = 18; // width of the label column

static void line(raw_ostream &os, llvm::StringRef label, const std::string &text) {
  os << "  " << llvm::left_justify(label, kLabel);
  printWrapped(os, text, kLabel + 2, kLabel + 2);
}

static void heading(raw_ostream &os, llvm::StringRef text) {
  os << '\n' << text << '\n';
}

template <class T>
static std::string marked(const char *label, const net::Setting<T> &setting,
                          const std::string &value) {
  return std::string(label) + value + " (" + net::nameOf(setting.origin) + ")";
}

static std::string shortNumber(double value) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::format("%.6g", value);
  return os.str();
}

std::string profileText(const net::Profile &profile) {
  return marked("dt ", profile.dt, shortNumber(profile.dt.value)) + ", " +
         marked("tau in ", profile.tauUnit, net::nameOf(profile.tauUnit.value)) + ", " +
         marked("", profile.integrator, net::nameOf(profile.integrator.value)) + ", " +
         marked("reset ", profile.reset, net::nameOf(profile.reset.value)) + ", " +
         marked("fires at v ", profile.compare,
                profile.compare.value == net::Compare::Gt ? "> threshold" : ">= threshold") +
         ", " + marked("bias from ", profile.biasTiming, net::nameOf(profile.biasTiming.value));
}

static void printConfiguration(const EvalReport &report, raw_ostream &os) {
  uint64_t neurons = 0, synapses = 0;
  uint32_t bits = 0;
  std::string sizes;
  for (const LayerRow &layer : report.layers) {
    neurons += layer.input ? 0 : layer.neurons;
    synapses += layer.synapses;
    bits = std::max(bits, layer.weightBits);
    sizes += (sizes.empty() ? "" : "-") + std::to_string(layer.neurons);
  }
  const target::Target &target = report.target;
  line(os, "network",
       formatv("{0}: {1} neurons, {2} nonzero synapses", sizes, withCommas(neurons),
               withCommas(synapses))
           .str());
  line(os, "target", target.name + ": " + target.summary);
  line(os, "clock",
       formatv("{0} MHz ({1})", shortNumber(target.clockMHz), target.clockBasis).str());
  line(os, "machine",
       formatv("{0} x {1} cores of {2} x {3}, image of {4}", report.meshWidth, report.meshHeight,
               target.mesh.width, target.mesh.height, bytesText(report.imageBytes))
           .str());
  line(os, "configuration",
       formatv("{0}-bit weights, encoding {1}, readout {2}, {3} steps in {4} ticks", bits,
               net::nameOf(report.run.encode), net::nameOf(report.run.readout), report.steps,
               report.ticks)
           .str());
  line(os, "profile", profileText(report.profile));
  line(os, "data", formatv("{0}, {1} samples", report.data, withCommas(report.samples)).str());
}

static void printMemory(const EvalReport &report, raw_ostream &os) {
  heading(os, "memory (fullest core of each resource)");
  Table table({"", "used", "limit", "", "core"});
  table.row({"cores", withCommas(report.coresUsed), withCommas(report.coresAvailable),
             percentText(double(report.coresUsed) / report.coresAvailable), ""});
  for (const CoreUse &use : report.memory)
    table.row({use.resource, withCommas(use.used), withCommas(use.limit),
               percentText(double(use.used) / double(use.limit)), std::to_string(use.core)});
  table.print(os);
}

static void printOperators(const EvalReport &report, raw_ostream &os) {
  size_t weighted = 0, onHost = 0;
  for (const LayerRow &layer : report.layers) {
    weighted += layer.weightBits != 0;
    onHost += layer.onHost;
  }
  const auto share = [&](size_t n) {
    return formatv("{0} ({1})", n, percentText(weighted == 0 ? 0 : double(n) / double(weighted)))
        .str();
  };
  heading(os, "layers");
  line(os, "weights on host", share(onHost) + (onHost == 0 ? "" : ", its MACs are counted below"));
  line(os, "weights on chip", share(weighted - onHost));
  os << '\n';
  Table table({"", "neurons", "synapses", "bits", "<on", "spikes/sample", "energy/sample", "%"});
  for (const LayerRow &layer : report.layers) {
    std::string joules, percent;
    if (report.energy)
      for (const energy::LayerEnergy &part : report.energy->layers)
        if (part.name == layer.name && report.energy->totalJoules > 0) {
          joules = (part.exact ? "" : "~") + joulesText(part.joules);
          percent = percentText(part.joules / report.energy->totalJoules);
        }
    table.row({layer.name, withCommas(layer.neurons), layer.input ? "" : withCommas(layer.synapses),
               layer.weightBits == 0 ? "" : std::to_string(layer.weightBits),
               layer.input ? "input" : (layer.onHost ? "host" : "chip"),
               countText(layer.spikesPerSample), joules, percent});
  }
  table.print(os);
  if (report.energy && std::any_of(report.energy->layers.begin(), report.energy->layers.end(),
                                   [](const energy::LayerEnergy &layer) { return !layer.exact; }))
    os << "  ~ the layer shares a core: its active and inactive updates are split by neurons\n";
}

static void printOperations(const EvalReport &report, raw_ostream &os) {
  const energy::Operations &operations = report.operations;
  heading(os, "operations per inference");
  Table table({"", "", "<"});
  if (operations.denseMacs)
    table.row(
        {"dense MACs", countText(*operations.denseMacs), "what a dense network would execute"});
  table.row({"effective ACs", countText(operations.effectiveAcs), "spike x nonzero weight"});
  table.row({"effective MACs", countText(operations.effectiveMacs),
             "nonzero analog input x nonzero weight"});
  table.row({"  of them on host", countText(operations.hostMacs), "not in cycles, not in energy"});
  table.row({"synaptic ops", countText(operations.synops),
             operations.synopsAgree ? "counted by the cores; equal to effective ACs"
                                    : "counted by the cores; NOT EQUAL to effective ACs"});
  table.row({"neuron updates", countText(operations.neuronUpdates), "counted by the cores"});
  const double executed = operations.effectiveAcs + operations.effectiveMacs;
  if (operations.denseMacs && executed > 0)
    table.row({"dense / effective",
               shortNumber(std::round(*operations.denseMacs / executed * 10) / 10),
               "times fewer operations"});
  table.print(os);
}

static void printCycles(const EvalReport &report, raw_ostream &os) {
  const Latency &latency = report.latency;
  heading(os, "cycles per inference");
  Table table({"", "", "", "<"});
  const auto row = [&](const char *name, double cycles, const char *what) {
    table.row({name, countText(cycles),
               percentText(latency.cycles() == 0 ? 0 : cycles / latency.cycles()), what});
  };
  row("ticks", latency.ticks, "updates, messages, barriers");
  row("host packets", latency.host, "input spikes into the mesh");
  row("host writes", latency.hostWrites, "bias words of direct coding");
  row("sample reset", latency.reset, "state and accumulators cleared");
  row("total", latency.cycles(), "");
  table.print(os);
}

static void printSources(const energy::EnergyReport &energy, raw_ostream &os) {
  std::vector<std::string> seen;
  for (const energy::EnergyPart &part : energy.parts) {
    // "paper, table: which entry": the entry is the component's own line above.
    std::string text = part.basis + ", " + llvm::StringRef(part.source).rsplit(": ").first.str();
    if (!part.node.empty() || !part.voltage.empty())
      text += " (" + part.node + (part.node.empty() || part.voltage.empty() ? "" : ", ") +
              part.voltage + ")";
    if (std::find(seen.begin(), seen.end(), text) == seen.end())
      seen.push_back(text);
  }
  for (const std::string &text : seen)
    line(os, "source", text);
}

static void printEnergy(const EvalReport &report, raw_ostream &os) {
  if (!report.energy) {
    heading(os, "energy per inference");
    os << "  not priced: the target has no energy table\n";
    return;
  }
  const energy::EnergyReport &energy = *report.energy;
  heading(os, "energy per inference, table " + energy.table);
  Table table({"", "events", "pJ each", "energy", "%", "<basis"});
  for (const energy::EnergyPart &part : energy.parts)
    table.row(
        {part.event, countText(part.count), shortNumber(part.picojoules), joulesText(part.joules),
         percentText(energy.totalJoules == 0 ? 0 : part.joules / energy.totalJoules), part.basis});
  table.row({"total", "", "", joulesText(energy.totalJoules), "100.00 %", ""});
  table.print(os);
  os << '\n';
  line(os, "interval",
       formatv("{0} to {1}: {2}", joulesText(energy.lowJoules), joulesText(energy.highJoules),
               energy.uncertaintyReason)
           .str());
  if (energy.perSpikeJoules)
    line(os, "per spike", joulesText(*energy.perSpikeJoules));
  if (energy.perSynopJoules)
    line(os, "per synaptic op", joulesText(*energy.perSynopJoules));
  for (const std::string &item : energy.unpriced)
    line(os, "unpriced", item);
  line(os, "weakest basis",
       energy.weakestBasis.empty() ? "none: nothing happened" : energy.weakestBasis);
  printSources(energy, os);
}

static void printAccuracy(const EvalReport &report, raw_ostream &os) {
  heading(os, "accuracy");
  Table table({"", "", "<"});
  const auto row = [&](const char *name, const std::optional<double> &accuracy, const char *what) {
    if (accuracy)
      table.row({name, percentText(*accuracy), what});
  };
  row("float", report.accuracyFloat, "the network as trained, in double");
  row("quant", report.accuracyQuant, "its integers, in double");
  row("image", report.accuracyImage, "the deployment image, on the cycle-accurate cores");
  if (report.accuracyImage)
    table.print(os);
  else
    os << "  the data have no labels\n";
  std::string unlike = formatv("{0} of {1} differ between quant and image",
                               withCommas(report.imageUnlikeQuant), withCommas(report.samples))
                           .str();
  if (report.imageUnlikeFloat)
    unlike += ", " + withCommas(*report.imageUnlikeFloat) + " between float and image";
  line(os, "predictions", unlike);
  const uint64_t events = report.accumulatorWraps + report.currentWraps + report.membraneClamps +
                          report.biasSaturations + report.inputSaturations;
  line(os, "overflows",
       events == 0 ? "none: no wrap, no clamp, no saturation"
                   : formatv("{0} accumulator wraps, {1} current wraps, {2} membrane clamps, "
                             "{3} bias and {4} input saturations on the host",
                             withCommas(report.accumulatorWraps), withCommas(report.currentWraps),
                             withCommas(report.membraneClamps), withCommas(report.biasSaturations),
                             withCommas(report.inputSaturations))
                         .str());
}

void printSummary(const EvalReport &report, raw_ostream &os) {
  os << report.model << " on " << report.target.name << "\n\n";
  printConfiguration(report, os);
  printMemory(report, os);
  printOperators(report, os);
  printOperations(report, os);
  printCycles(report, os);
  printEnergy(report, os);
  printAccuracy(report, os);
  if (report.causes) {
    heading(os, "why the integers differ (one cause at a time)");
    print(*report.causes, os);
  }
  heading(os, "latency");
  line(
      os, "one inference",
      formatv("{0} at {1} MHz ({2} clock): {3} inferences/s", secondsText(report.latency.seconds()),
              shortNumber(report.latency.clockMHz), report.target.clockBasis,
              countText(report.latency.seconds() > 0 ? double(int64_t(1 / report.latency.seconds()))
                                                     : 0))
          .str());
  if (!report.target.extensions.empty())
    heading(os, "our extensions: what this machine has and the chip it is named after does not");
  for (const std::string &extension : report.target.extensions) {
    os << "  ";
    printWrapped(os, extension, 4, 2);
  }
}

} // namespace snnc::runtime::report
