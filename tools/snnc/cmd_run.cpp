// snnc run: samples through one engine.
#include "common/trace/npz.h"
#include "runtime/report/eval_report.h"
#include "runtime/report/format.h"
#include "tools/snnc/clipping.h"
#include "tools/snnc/ranc.h"
#include "tools/snnc/runner.h"
#include "tools/snnc/verbs.h"
#include "tools/snnc/wave.h"

namespace snnc::cli {

using Json = nlohmann::ordered_json;
using support::DiagCode;

static Engine readEngine(Args &args) {
  const std::string name =
      args.choice("--engine", {"float", "quant", "fast", "cycle", "rtl"}).value_or("cycle");
  for (Engine engine : {Engine::Float, Engine::Quant, Engine::Fast, Engine::Rtl})
    if (name == nameOf(engine))
      return engine;
  return Engine::Cycle;
}

static bool hasClock(Engine engine) {
  return engine == Engine::Cycle || engine == Engine::Rtl;
}

// Everything the clock counted: ticks, host packets and writes, resets.
static uint64_t allCycles(const runtime::Counters &counters) {
  return counters.tickCycles + counters.hostCycles + counters.hostWriteWords + counters.resetCycles;
}

static std::optional<uint64_t> countRight(const Samples &samples,
                                          const std::vector<int32_t> &predictions) {
  if (samples.dataset.labels.empty())
    return std::nullopt;
  uint64_t right = 0;
  for (size_t i = 0; i < predictions.size(); ++i)
    right += predictions[i] == samples.dataset.labels[samples.first + i];
  return right;
}

// `clipped`: input values, empty where nothing is compiled.
static Json runJson(Engine engine, const Samples &samples, const RunResult &result,
                    std::optional<uint64_t> clipped) {
  const EngineResult &run = result.engines[0];
  const std::optional<uint64_t> right = countRight(samples, run.predictions);
  const auto &counters = run.totals.counters;
  return {{"schema", "snnc-run/1"},
          {"engine", nameOf(engine)},
          {"samples", samples.count},
          {"steps", result.steps},
          {"predictions", run.predictions},
          {"correct", right ? Json(*right) : Json(nullptr)},
          {"counters", counters ? runtime::report::toJson(*counters) : Json(nullptr)},
          {"cycles", hasClock(engine) ? Json(allCycles(*counters)) : Json(nullptr)},
          {"input_saturations", clipped ? Json(*clipped) : Json(nullptr)},
          {"bias_saturations", clipped ? Json(run.totals.host.biasSaturations) : Json(nullptr)},
          {"wall_s", result.wallSeconds}};
}

static void printPredictions(const Samples &samples, const std::vector<int32_t> &predictions,
                             llvm::raw_ostream &os) {
  constexpr size_t kShown = 10;
  runtime::report::Table table({"sample", "prediction", "label"});
  for (size_t i = 0; i < std::min(kShown, predictions.size()); ++i)
    table.row({std::to_string(samples.first + i), std::to_string(predictions[i]),
               samples.dataset.labels.empty()
                   ? "-"
                   : std::to_string(samples.dataset.labels[samples.first + i])});
  table.print(os);
  if (predictions.size() > kShown)
    os << "  ... " << predictions.size() - kShown << " more: --json prints all\n";
}

static void printRun(const Subject &subject, Engine engine, const Samples &samples,
                     const RunResult &result, std::optional<uint64_t> clipped,
                     llvm::raw_ostream &os) {
  using namespace runtime::report;
  const EngineResult &run = result.engines[0];
  os << subject.path << " on engine " << nameOf(engine) << ": " << withCommas(samples.count)
     << " samples of " << result.steps << " steps\n\n";
  printPredictions(samples, run.predictions, os);
  os << '\n';
  Table table({"", "", "<"});
  if (const auto right = countRight(samples, run.predictions))
    table.row({"correct", withCommas(*right), percentText(double(*right) / double(samples.count))});
  if (run.totals.counters) {
    const runtime::CoreCounters total = run.totals.counters->total();
    for (unsigned i = 0; i < runtime::kCoreCounters; ++i)
      table.row(
          {runtime::nameOf(static_cast<runtime::CoreCounter>(i)), withCommas(total.values[i]), ""});
    if (hasClock(engine))
      table.row(
          {"cycles", withCommas(allCycles(*run.totals.counters)),
           "ticks " + withCommas(run.totals.counters->tickCycles) + ", host " +
               withCommas(run.totals.counters->hostCycles + run.totals.counters->hostWriteWords) +
               ", reset " + withCommas(run.totals.counters->resetCycles)});
  }
  if (clipped && !subject.quant->hostLayers.empty())
    table.row({"host saturations", withCommas(*clipped + run.totals.host.biasSaturations),
               "inputs " + withCommas(*clipped) + ", biases " +
                   withCommas(run.totals.host.biasSaturations)});
  table.row({"wall time", secondsText(result.wallSeconds),
             secondsText(result.wallSeconds / double(samples.count)) + " per sample"});
  table.print(os);
}

static llvm::Expected<Subject> loadFor(Engine engine, const RunPlan &plan, Args &args,
                                       Console &console, const LoadOptions &options) {
  const Need need = engine != Engine::Float ? Need::Image
                    : plan.rounding         ? Need::Integers
                                            : Need::Model;
  llvm::Expected<Subject> subject = loadSubject(args, console, options, need);
  if (!subject)
    return subject;
  if (llvm::Error error = engine == Engine::Float ? needFloat(*subject) : needImage(*subject))
    return error;
  if (plan.rounding)
    if (llvm::Error error = needIntegers(*subject))
      return error;
  if (llvm::Error error = checkReadout(*subject))
    return error;
  return subject;
}

static RunPlan readPlan(Args &args, Engine engine) {
  RunPlan plan;
  plan.engines = {engine};
  plan.float32 = args.has("--float32");
  plan.rounding = args.choice("--rounding", {"target"}).has_value();
  plan.keepTraces = args.has("--trace");
  plan.recordState = args.has("--trace-state");
  if (plan.float32 && engine != Engine::Float)
    args.bad(DiagCode::FlagConflict, "--float32 is for --engine float", "");
  if (plan.rounding && (plan.float32 || engine != Engine::Float))
    args.bad(DiagCode::FlagConflict, "--rounding is for --engine float without --float32", "");
  if (plan.rounding)
    args.needed("--target", "whose cores round; 'snnc targets' lists them");
  if (plan.recordState && !plan.keepTraces)
    args.bad(DiagCode::FlagConflict, "--trace-state needs --trace OUT.npz", "");
  plan.wave = readWave(args);
  if (plan.wave && engine != Engine::Rtl)
    args.bad(DiagCode::FlagConflict, "--wave is for --engine rtl", "");
  return plan;
}

// runSamples, with the wave's file complete or not there.
static llvm::Expected<RunResult> runWithWave(const Subject &subject, const Samples &samples,
                                             RunPlan &plan, Console &console) {
  WaveFile file;
  if (plan.wave) {
    if (llvm::Error error = checkWaveCore(*plan.wave, *subject.image))
      return error;
    if (llvm::Error error = file.open(*plan.wave))
      return error;
  }
  llvm::Expected<RunResult> result = runSamples(subject, samples, plan, console);
  if (!result)
    return result;
  if (llvm::Error error = file.keep())
    return error;
  return result;
}

static llvm::Expected<int> runRun(Args &args, Console &console) {
  if (args.has("--format"))
    return runRanc(args, console);
  LoadOptions options;
  options.model = readModelFlags(args);
  options.compile = readCompileOptions(args, console);
  const SampleRange range = readSamples(args);
  const Engine engine = readEngine(args);
  args.needed("--data", "for example --data digits");
  RunPlan plan = readPlan(args, engine);
  if (llvm::Error error = args.finish())
    return error;
  llvm::Expected<Subject> subject = loadFor(engine, plan, args, console, options);
  if (!subject)
    return subject.takeError();
  llvm::Expected<Samples> samples = loadSamples(args, range, *subject);
  if (!samples)
    return samples.takeError();
  llvm::Expected<RunResult> result = runWithWave(*subject, *samples, plan, console);
  if (!result)
    return result.takeError();
  std::optional<uint64_t> clipped;
  if (engine != Engine::Float) {
    llvm::Expected<uint64_t> counted = warnClipped(*subject, *samples, console);
    if (!counted)
      return counted.takeError();
    clipped = *counted;
  }
  if (plan.keepTraces)
    if (llvm::Error error = trace::writeNpz(result->engines[0].traces, plan.recordState,
                                            args.textOr("--trace", "")))
      return error;
  if (console.json)
    console.print(runJson(engine, *samples, *result, clipped));
  else
    printRun(*subject, engine, *samples, *result, clipped, console.out());
  return kExitDone;
}

static constexpr FlagSpec kFlags[] = {
    {"--engine", nullptr, "E", "float, quant, fast, cycle or rtl; default: cycle"},
    {"--trace", nullptr, "OUT.npz", "write every layer's spikes: [samples, T, neurons] uint8"},
    {"--trace-state", nullptr, nullptr,
     "and its membranes and currents, <name>.v and <name>.u: int32; see below for float"},
    {"--wave", nullptr, "OUT", "engine rtl writes its signals: a .vcd or .fst file"},
    {"--wave-window", nullptr, "A:B", "in ticks A to B-1 of the run only, all samples counted"},
    {"--wave-core", nullptr, "N", "of core N = y * mesh width + x only"},
    {"--float32", nullptr, nullptr, "engine float rounds every operation to 32 bits"},
    {"--rounding", nullptr, "R",
     "target: engine float rounds its state as the cores of --target do, nothing else"},
    {"--rows", nullptr, "OUT.txt", "format ranc: write a row of the output bus per tick"},
};
static const FlagGroup kRunFlags = {"run", kFlags};
static constexpr const char *kArguments[] = {"MODEL|IMAGE"};
const VerbSpec kRunVerb = {
    "run",
    "run samples on one engine",
    kArguments,
    {&kRunFlags, &kRancFlags, &kDataFlags, &kTargetFlags, &kModelFlags, &kWorkFlags, &kCommonFlags},
    "Engine float runs the network as trained and needs no target. The others run integers: a\n"
    "MODEL is compiled for --target first, an IMAGE is run as it is. Time steps in a trace are\n"
    "the network's: a layer's delay on the chip is taken out. Membranes in a trace are registers;\n"
    "engine float writes <name>.v in the network's units as float64, and no <name>.u.\n"
    "JSON: "
    "{\"schema\":\"snnc-run/1\",\"engine\",\"samples\",\"predictions\":[...],\"counters\":{...},\n"
    "       \"cycles\",\"input_saturations\",\"bias_saturations\",\"wall_s\"}; cycles are summed\n"
    "       over the samples: ticks, host and resets\n",
    "snnc run model.snnimg --data digits --samples 0:10",
    runRun};

} // namespace snnc::cli
