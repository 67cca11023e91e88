// snnc targets: the machines that networks can be compiled for.
#include "common/target/target.h"
#include "runtime/report/format.h"
#include "tools/snnc/console.h"
#include "tools/snnc/flags.h"
#include "tools/snnc/verbs.h"

namespace snnc::cli {

using Json = nlohmann::ordered_json;

static Json tableJson(const target::EnergyTable &table) {
  Json prices = Json::object();
  for (const auto &[event, price] : table.prices)
    prices[event] = {{"value", price.value}, {"unit", price.unit},       {"basis", price.basis},
                     {"node", price.node},   {"voltage", price.voltage}, {"source", price.source}};
  return {{"name", table.name},
          {"summary", table.summary},
          {"prices", prices},
          {"unpriced", table.unpriced},
          {"relative_uncertainty", table.relativeUncertainty}};
}

static Json targetJson(const target::Target &target) {
  Json tables = Json::array();
  for (const target::EnergyTable &table : target.energy)
    tables.push_back(tableJson(table));
  const target::CoreSpec &core = target.core;
  return {{"name", target.name},
          {"summary", target.summary},
          {"cores", uint64_t{target.mesh.width} * target.mesh.height},
          {"mesh", {{"width", target.mesh.width}, {"height", target.mesh.height}}},
          {"core",
           {{"kind", nameOf(core.kind)},
            {"neurons", core.neurons},
            {"input_axons", core.inputAxons},
            {"output_slots", core.outputSlots},
            {"synapse_words", core.synapseWords},
            {"weight_bits", core.weightBits},
            {"groups", core.groups},
            {"delay_slots", core.delaySlots}}},
          {"clock_mhz", target.clockMHz},
          {"clock_basis", target.clockBasis},
          {"energy", tables},
          {"extensions", target.extensions}};
}

static void printList(const std::vector<target::Target> &targets, llvm::raw_ostream &os) {
  runtime::report::Table table({"name", "cores", "neurons", "weights", "<summary"});
  for (const target::Target &target : targets)
    table.row({target.name, std::to_string(target.mesh.width * target.mesh.height),
               runtime::report::withCommas(target.core.neurons),
               std::to_string(target.core.weightBits) + " bit", target.summary});
  table.print(os, 0);
}

static void printOne(const target::Target &target, llvm::raw_ostream &os) {
  using runtime::report::withCommas;
  const target::CoreSpec &core = target.core;
  os << target.name << ": " << target.summary << "\n\n";
  runtime::report::Table table({"", "", "<"});
  table.row({"mesh", std::to_string(target.mesh.width) + " x " + std::to_string(target.mesh.height),
             std::string(nameOf(core.kind)) + " cores"});
  table.row({"neurons", withCommas(core.neurons), "per core"});
  table.row({"input axons", withCommas(core.inputAxons), "per core"});
  table.row({"output slots", withCommas(core.outputSlots), "per core"});
  table.row({"synapse words", withCommas(core.synapseWords), "per core, of 64 bits"});
  if (core.isCrossbar())
    table.row({"axon types", std::to_string(core.axonTypes), "a weight each per neuron"});
  table.row({"weight bits", std::to_string(core.weightBits), "signed"});
  table.row({"neuron groups", std::to_string(core.groups), "per core"});
  table.row({"axonal delays", std::to_string(core.largestDelay() + 1), "ticks, 0 included"});
  table.row({"clock", llvm::formatv("{0}", target.clockMHz).str(), "MHz, " + target.clockBasis});
  table.print(os);
  for (const target::EnergyTable &energy : target.energy) {
    os << "\nenergy table " << energy.name << ": ";
    runtime::report::printWrapped(os, energy.summary, 2, 15 + energy.name.size());
    runtime::report::Table prices({"", "", "<", "<basis", "<source"});
    for (const auto &[event, price] : energy.prices)
      prices.row(
          {event, llvm::formatv("{0}", price.value).str(), price.unit, price.basis, price.source});
    prices.print(os);
    for (const std::string &item : energy.unpriced)
      os << "  unpriced: " << item << '\n';
  }
  for (const std::string &extension : target.extensions) {
    os << "\nour extension: ";
    runtime::report::printWrapped(os, extension, 2, 15);
  }
}

static llvm::Expected<int> runTargets(Args &args, Console &console) {
  if (llvm::Error error = args.finish())
    return error;
  const bool one = !args.arguments().empty();
  const std::vector<std::string> names = one ? args.arguments() : target::targetNames();
  std::vector<target::Target> targets;
  for (const std::string &name : names) {
    llvm::Expected<target::Target> target = target::loadTarget(name);
    if (!target)
      return target.takeError();
    targets.push_back(std::move(*target));
  }
  if (console.json) {
    Json list = Json::array();
    for (const target::Target &target : targets)
      list.push_back(targetJson(target));
    console.print({{"schema", "snnc-targets/1"}, {"targets", list}});
  } else if (one) {
    printOne(targets.front(), console.out());
  } else {
    printList(targets, console.out());
  }
  return kExitDone;
}

static constexpr const char *kArguments[] = {"[TARGET]"};
const VerbSpec kTargetsVerb = {
    "targets",
    "list the targets, or the limits and prices of one",
    kArguments,
    {&kCommonFlags},
    "TARGET is a name, or the path of a .json file of your own (targets/README.md).\n"
    "JSON: {\"schema\":\"snnc-targets/1\",\"targets\":[...]}\n",
    "snnc targets loihi-like",
    runTargets};

} // namespace snnc::cli
