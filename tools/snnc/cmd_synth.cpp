// snnc synth: what one core costs in logic, beside the cores of others.
#include "common/support/strings.h"
#include "runtime/report/format.h"
#include "runtime/rtl/synthesis.h"
#include "tools/snnc/console.h"
#include "tools/snnc/flags.h"
#include "tools/snnc/idle_tick.h"
#include "tools/snnc/verbs.h"

#include <algorithm>

namespace snnc::cli {

using Json = nlohmann::ordered_json;
using runtime::report::Table;
using runtime::report::withCommas;
using runtime::rtl::Synthesis;
using support::DiagCode;

namespace {
struct SynthReport {
  target::Target target;
  std::vector<Synthesis> runs; // as asked for
  IdleTick idle;
  runtime::rtl::SynthBaselines others;
};
} // namespace

static Json optional(const std::optional<uint64_t> &value) {
  return value ? Json(*value) : Json(nullptr);
}

static Json runJson(const Synthesis &run) {
  return {{"tech", run.tech},
          {"top", run.top},
          {"yosys", run.yosys},
          {"cells", run.cells},
          {"cell_count", run.cellCount},
          {"luts", optional(run.luts)},
          {"lut_ram", run.lutRam},
          {"ffs", run.ffs},
          {"brams", run.bramCount()},
          {"dsps", run.dsps},
          {"memories", run.memories},
          {"memory_bits", run.bits},
          {"longest_path", optional(run.path)},
          {"longest_path_unit", run.pathUnit},
          {"fmax_mhz", nullptr}}; // nothing is placed or routed
}

static Json baselineJson(const runtime::rtl::SynthBaseline &other) {
  return {{"name", other.name},
          {"what", other.what},
          {"neurons", other.neurons},
          {"luts", other.luts},
          {"ffs", other.ffs},
          {"brams", other.brams},
          {"lut_ram", other.lutRam.empty() ? Json(nullptr) : Json(other.lutRam)},
          {"dsps", other.dsps},
          {"cycles_per_synop", other.cyclesPerSynop},
          {"idle_tick_cycles", other.idleTick},
          {"note", other.note},
          {"source", other.source}};
}

// At best: a cuba core adds a full word of `lanes` weights in every cycle, a crossbar core does one
// neuron with all its crossings.
static double cyclesPerSynop(const target::Target &target) {
  return 1.0 / (target.core.isCrossbar() ? target.core.inputAxons : target.core.lanes());
}

static Json synthJson(const SynthReport &report) {
  Json object = {{"schema", "snnc-synth/1"}, {"target", report.target.name}};
  object.update(runJson(report.runs.front()));
  Json runs = Json::array(), others = Json::array();
  for (const Synthesis &run : report.runs)
    runs.push_back(runJson(run));
  for (const auto &other : report.others.cores)
    others.push_back(baselineJson(other));
  object["neurons"] = report.target.core.neurons;
  object["cycles_per_synop"] = cyclesPerSynop(report.target);
  object["idle_tick_cycles"] = {{"awake", report.idle.awake}, {"asleep", report.idle.asleep}};
  object["runs"] = runs;
  object["baselines"] = {{"tech", report.others.tech}, {"cores", others}};
  return object;
}

// "8 RAMB18 + 50 RAMB36"
static std::string listed(const std::map<std::string, uint64_t> &cells) {
  std::string text;
  for (const auto &[type, n] : cells) {
    const llvm::StringRef name =
        support::endsWith(type, "E1") ? llvm::StringRef(type).drop_back(2) : llvm::StringRef(type);
    text += (text.empty() ? "" : " + ") + withCommas(n) + " " + name.str();
  }
  return text.empty() ? "-" : text;
}

static std::string memoryText(const Synthesis &run) {
  return run.memories == 0
             ? listed(run.brams)
             : withCommas(run.memories) + " memories, " + withCommas(run.bits) + " bits";
}

static std::string pathText(const Synthesis &run) {
  return run.path ? withCommas(*run.path) + " " + run.pathUnit : "-";
}

static void printRuns(const SynthReport &report, llvm::raw_ostream &os) {
  Table table({"tech", "cells", "LUTs", "FFs", "DSPs", "<block memory", "<LUT memory", "path"});
  for (const Synthesis &run : report.runs)
    table.row({run.tech, withCommas(run.cellCount), run.luts ? withCommas(*run.luts) : "-",
               withCommas(run.ffs), withCommas(run.dsps), memoryText(run), listed(run.lutRam),
               pathText(run)});
  table.print(os);
  os << "\n  path: the longest from register to register. gates: two-input gates and multiplexers\n"
        "  (`ltp`), around memories. ps: delays of cells without wires (`sta`), paths through DSP\n"
        "  blocks left out. Neither is a clock: nothing is placed or routed here.\n";
}

static void printBeside(const SynthReport &report, llvm::raw_ostream &os) {
  const auto ours = std::find_if(report.runs.begin(), report.runs.end(), [&](const Synthesis &run) {
    return run.tech == report.others.tech;
  });
  if (ours == report.runs.end())
    return;
  os << "\nbeside other cores, the same Yosys for " << ours->tech
     << "; idle: cycles of a tick without spikes\n";
  Table table({"core", "neurons", "LUTs", "FFs", "DSPs", "<block memory", "<LUT memory",
               "cycles/synop", "idle"});
  table.row({report.target.name, withCommas(report.target.core.neurons), withCommas(*ours->luts),
             withCommas(ours->ffs), withCommas(ours->dsps), memoryText(*ours), listed(ours->lutRam),
             llvm::formatv("{0:F4}", cyclesPerSynop(report.target)).str(),
             withCommas(report.idle.asleep) + " to " + withCommas(report.idle.awake)});
  for (const auto &other : report.others.cores)
    table.row({other.name, withCommas(other.neurons), withCommas(other.luts), withCommas(other.ffs),
               withCommas(other.dsps), other.brams, other.lutRam.empty() ? "-" : other.lutRam,
               llvm::formatv("{0}", other.cyclesPerSynop).str(), withCommas(other.idleTick)});
  table.print(os);
  os << '\n';
  for (const auto &other : report.others.cores) {
    const std::string text = other.name + ": " + other.what + "; " + other.note;
    os << "  ";
    runtime::report::printWrapped(os, text, 4, 2);
  }
}

static void printSynth(const SynthReport &report, llvm::raw_ostream &os) {
  const Synthesis &first = report.runs.front();
  os << report.target.name << ": one " << first.top << ", " << first.yosys << "\n\n";
  printRuns(report, os);
  for (const Synthesis &run : report.runs) {
    std::string cells = "\n" + run.tech + " cells:";
    for (const auto &[type, n] : run.cells)
      cells += " " + type + " " + withCommas(n) + ",";
    cells.pop_back();
    runtime::report::printWrapped(os, cells, 2, 0);
  }
  printBeside(report, os);
}

static llvm::Expected<int> runSynth(Args &args, Console &console) {
  const std::string name = args.needed("--target", "'snnc targets' lists them");
  const std::vector<std::string> techs = args.list("--tech", runtime::rtl::synthTechs());
  const bool tile = args.choice("--part", {"core", "tile"}).value_or("core") == "tile";
  if (llvm::Error error = args.finish())
    return error;
  llvm::Expected<target::Target> target = target::loadTarget(name);
  if (!target)
    return target.takeError();
  SynthReport report;
  report.target = std::move(*target);
  auto others = runtime::rtl::readSynthBaselines();
  if (!others)
    return others.takeError();
  report.others = std::move(*others);
  llvm::Expected<IdleTick> idle = idleTick(report.target);
  if (!idle)
    return idle.takeError();
  report.idle = *idle;
  Progress progress(console, "synthesis", techs.empty() ? 3 : techs.size());
  for (const char *tech : runtime::rtl::synthTechs()) {
    if (!techs.empty() && std::find(techs.begin(), techs.end(), tech) == techs.end())
      continue;
    console.detail(llvm::Twine("yosys for ") + tech);
    auto run = runtime::rtl::synthesise(
        report.target, tech, tile ? runtime::rtl::SynthPart::Tile : runtime::rtl::SynthPart::Core);
    if (!run)
      return run.takeError();
    report.runs.push_back(std::move(*run));
    progress.advance();
  }
  if (console.json)
    console.print(synthJson(report));
  else
    printSynth(report, console.out());
  return kExitDone;
}

static constexpr FlagSpec kFlags[] = {
    {"--target", nullptr, "T", "a name of `snnc targets`, or the path of a .json file"},
    {"--tech", nullptr, "T,...", "xilinx (7 series), ice40 (UltraPlus), generic; default: all"},
    {"--part", nullptr, "P", "core, or tile: a core with its router; default: core"},
};
static const FlagGroup kSynthFlags = {"synthesis", kFlags};
const VerbSpec kSynthVerb = {
    "synth",
    "synthesise one core with Yosys and count what it takes",
    {},
    {&kSynthFlags, &kCommonFlags},
    "Takes some 20 seconds a technology. generic counts gates and keeps memories as memories. A\n"
    "clock (fmax_mhz) needs place and route and is null here.\n"
    "JSON: "
    "{\"schema\":\"snnc-synth/"
    "1\",\"target\",\"tech\",\"cells\":{...},\"luts\",\"ffs\",\"brams\",\"dsps\",\n"
    "       "
    "\"lut_ram\",\"memories\",\"memory_bits\",\"longest_path\",\"fmax_mhz\",\"cycles_per_synop\",\n"
    "       \"idle_tick_cycles\",\"runs\":[...],\"baselines\"}; the fields of the first "
    "technology\n"
    "       stand at the top, those of all in runs\n",
    "snnc synth --target loihi-like --tech xilinx",
    runSynth};

} // namespace snnc::cli
