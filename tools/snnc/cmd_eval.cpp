// snnc eval: accuracy of the network, of its integers and of the image; operations, energy, time.
#include "common/image/codec.h"
#include "common/net/synapses.h"
#include "common/support/npy.h"
#include "runtime/report/eval_report.h"
#include "tools/snnc/clipping.h"
#include "tools/snnc/runner.h"
#include "tools/snnc/verbs.h"

namespace snnc::cli {

using namespace snnc::runtime;

static const char *columnOf(Engine engine) {
  return engine == Engine::Cycle ? "image" : nameOf(engine);
}

static llvm::Error writePredictions(const Samples &samples, const RunResult &result,
                                    llvm::ArrayRef<Engine> engines, llvm::StringRef path) {
  const std::vector<uint64_t> shape = {samples.count};
  std::vector<int32_t> labels(samples.count, -1); // -1: the data have none
  for (uint64_t i = 0; i < samples.count && !samples.dataset.labels.empty(); ++i)
    labels[i] = samples.dataset.labels[samples.first + i];
  const auto array = [&](const std::vector<int32_t> &values) {
    return support::NpyArray::of<int32_t>(shape, values);
  };
  support::NpyArrays arrays = {{"label", array(labels)}};
  for (size_t e = 0; e < engines.size(); ++e)
    arrays[columnOf(engines[e])] = array(result.engines[e].predictions);
  return support::writeNpz(arrays, path);
}

static std::optional<double> accuracy(const Samples &samples,
                                      const std::vector<int32_t> &predictions) {
  if (samples.dataset.labels.empty())
    return std::nullopt;
  uint64_t right = 0;
  for (size_t i = 0; i < predictions.size(); ++i)
    right += predictions[i] == samples.dataset.labels[samples.first + i];
  return double(right) / double(samples.count);
}

static uint64_t countUnlike(const std::vector<int32_t> &a, const std::vector<int32_t> &b) {
  uint64_t unlike = 0;
  for (size_t i = 0; i < a.size(); ++i)
    unlike += a[i] != b[i];
  return unlike;
}

// Of the network as trained, if there is one; else of the integers.
static uint64_t synapsesInto(const Subject &subject, uint32_t population) {
  const net::QuantNet &net = *subject.quant;
  for (const compiler::LayerReport &layer : subject.report.layers)
    if (layer.name == net.populations[population].name)
      return layer.synapses;
  uint64_t synapses = 0;
  for (const net::QuantProjection &projection : net.projections)
    synapses += projection.target == population ? net::synapseCount(projection) : 0;
  for (const net::HostLayer &layer : net.hostLayers)
    synapses += layer.target == population ? net::synapseCount(layer) : 0;
  return synapses;
}

static std::vector<report::LayerRow>
layerRows(const Subject &subject, const energy::SpikeCounts &spikes, uint64_t samples) {
  const net::QuantNet &net = *subject.quant;
  std::vector<report::LayerRow> rows;
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    report::LayerRow row;
    row.name = net.populations[p].name;
    row.neurons = net.populations[p].size();
    row.input = net.populations[p].isInput;
    row.spikesPerSample = double(spikes.total(p)) / double(samples);
    row.synapses = synapsesInto(subject, p);
    for (const net::QuantProjection &projection : net.projections)
      if (projection.target == p)
        row.weightBits = std::max<uint32_t>(row.weightBits, projection.weightBits);
    for (const net::HostLayer &layer : net.hostLayers)
      if (layer.target == p) {
        row.weightBits = std::max<uint32_t>(row.weightBits, layer.weightBits);
        row.onHost = true;
      }
    rows.push_back(std::move(row));
  }
  return rows;
}

static void describe(report::EvalReport &report, const Subject &subject, const Samples &samples,
                     const compiler::CompileOptions &options) {
  const image::Image &image = *subject.image;
  report.model = subject.path;
  report.data = samples.dataset.spec;
  report.target = *subject.target;
  report.profile = image.profile;
  report.run = subject.run;
  report.samples = samples.count;
  report.coresUsed = image.cores.size();
  const uint32_t width = options.meshWidth ? options.meshWidth : report.target.mesh.width;
  const uint32_t height = options.meshHeight ? options.meshHeight : report.target.mesh.height;
  report.coresAvailable = width * height;
  report.meshWidth = image.meshWidth;
  report.meshHeight = image.meshHeight;
  report.imageBytes = image::encode(image).size();
  report.memory = report::coreUse(image, report.target.core);
}

static llvm::Error priceRun(report::EvalReport &report, const Subject &subject,
                            const EngineResult &image, const target::EnergyTable *table) {
  const Counters &counters = *image.totals.counters;
  const energy::Activity activity = energy::activityOf(counters);
  report.operations = energy::countOperations(*subject.quant, image.spikes, activity,
                                              image.totals.host.macs, report.steps, report.samples);
  if (subject.fromImage)
    report.operations.denseMacs.reset();
  report.latency = report::latencyOf(counters, report.samples, report.target.clockMHz);
  const CoreCounters total = counters.total();
  report.accumulatorWraps = total[CoreCounter::AccWraps];
  report.currentWraps = total[CoreCounter::CurrentWraps];
  report.membraneClamps = total[CoreCounter::MembraneClamps];
  report.biasSaturations = image.totals.host.biasSaturations;
  report.inputSaturations = image.totals.host.inputSaturations;
  if (table == nullptr)
    return llvm::Error::success();
  llvm::Expected<energy::EnergyReport> priced =
      energy::price(*table, activity, energy::layerActivity(*subject.image, image.spikes, counters),
                    report.samples);
  if (!priced)
    return priced.takeError();
  report.energy = std::move(*priced);
  return llvm::Error::success();
}

static llvm::Expected<report::EvalReport> evaluate(const Subject &subject, const Samples &samples,
                                                   const RunResult &result,
                                                   const compiler::CompileOptions &options,
                                                   const target::EnergyTable *table) {
  report::EvalReport report;
  describe(report, subject, samples, options);
  const EngineResult &image = result.engines.back();
  const std::vector<int32_t> &quant = result.engines[result.engines.size() - 2].predictions;
  report.steps = result.steps;
  report.ticks = result.steps + subject.image->maxSkew();
  report.layers = layerRows(subject, image.spikes, samples.count);
  if (subject.net) {
    const std::vector<int32_t> &floating = result.engines.front().predictions;
    report.accuracyFloat = accuracy(samples, floating);
    report.imageUnlikeFloat = countUnlike(floating, image.predictions);
  }
  report.accuracyQuant = accuracy(samples, quant);
  report.accuracyImage = accuracy(samples, image.predictions);
  report.imageUnlikeQuant = countUnlike(quant, image.predictions);
  if (llvm::Error error = priceRun(report, subject, image, table))
    return error;
  return report;
}

// One cause of difference at a time, each a run of all samples on the float engine.
static llvm::Error explain(const Subject &subject, const Samples &samples, Console &console,
                           report::EvalReport &report) {
  Progress progress(console, "explaining", samples.count);
  llvm::Expected<verify::CauseReport> causes = verify::findCauses(
      {.lowered = *subject.lowered,
       .quant = *subject.quant,
       .core = subject.target->core,
       .firstSample = samples.first,
       .samples = samples.count,
       .sampleAt =
           [&](uint64_t sample) {
             return data::encodeSample(samples.dataset, sample, subject.run, console.seed);
           },
       .progress = [&](uint64_t done, uint64_t) { progress.set(done); },
       .labels = samples.dataset.labels,
       .threads = console.threads});
  if (!causes)
    return causes.takeError();
  report.causes = std::move(*causes);
  return llvm::Error::success();
}

static llvm::Expected<int> runEval(Args &args, Console &console) {
  LoadOptions options;
  options.model = readModelFlags(args);
  options.compile = readCompileOptions(args, console);
  const SampleRange range = readSamples(args);
  args.needed("--data", "for example --data digits");
  if (llvm::Error error = args.finish())
    return error;
  llvm::Expected<Subject> subject = loadSubject(args, console, options, Need::Image);
  if (!subject)
    return subject.takeError();
  if (llvm::Error error = needImage(*subject))
    return error;
  if (args.has("--explain") && !subject->net)
    return support::Diag(support::DiagCode::FlagConflict, {subject->path, 0, {}},
                         "--explain compares with the network as trained, which is not in here")
        .help("give it the .json, .nir or .snn model and --target")
        .take();
  llvm::Expected<const target::EnergyTable *> table =
      energy::findTable(*subject->target, args.textOr("--energy-table", ""));
  if (!table)
    return table.takeError();
  llvm::Expected<Samples> samples = loadSamples(args, range, *subject);
  if (!samples)
    return samples.takeError();
  RunPlan plan;
  if (subject->net)
    plan.engines.push_back(Engine::Float);
  plan.engines.push_back(Engine::Quant);
  plan.engines.push_back(Engine::Cycle);
  plan.float32 = args.has("--float32");
  llvm::Expected<RunResult> result = runSamples(*subject, *samples, plan, console);
  if (!result)
    return result.takeError();
  llvm::Expected<report::EvalReport> report =
      evaluate(*subject, *samples, *result, options.compile, *table);
  if (!report)
    return report.takeError();
  llvm::Expected<uint64_t> clipped = warnClipped(*subject, *samples, console);
  if (!clipped)
    return clipped.takeError();
  if (args.has("--explain"))
    if (llvm::Error error = explain(*subject, *samples, console, *report))
      return error;
  report->warnings = console.warnings();
  if (args.has("--predictions"))
    if (llvm::Error error =
            writePredictions(*samples, *result, plan.engines, args.textOr("--predictions", "")))
      return error;
  if (console.json)
    console.print(report::toJson(*report));
  else
    report::printSummary(*report, console.out());
  return kExitDone;
}

static constexpr FlagSpec kFlags[] = {
    {"--predictions", nullptr, "OUT.npz", "write label, float, quant, image: [N] int32 each"},
    {"--explain", nullptr, nullptr,
     "also measure, per layer, what each cause of quantisation costs; needs a MODEL"},
    {"--energy-table", nullptr, "NAME", "one of the target's tables; default: its first"},
    {"--float32", nullptr, nullptr, "the float engine rounds every operation to 32 bits"},
};
static const FlagGroup kEvalFlags = {"eval", kFlags};
static constexpr const char *kArguments[] = {"MODEL|IMAGE"};
const VerbSpec kEvalVerb = {
    "eval",
    "accuracy, operations, energy and latency of a model on a target",
    kArguments,
    {&kEvalFlags, &kDataFlags, &kTargetFlags, &kModelFlags, &kWorkFlags, &kCommonFlags},
    "Runs every sample on float (the network as trained), quant (its integers, in double) and the\n"
    "image on the cycle-accurate cores. Operations, energy and latency are per inference. A MODEL\n"
    "needs --target; an IMAGE has no float network, so what needs one is null.\n"
    "--explain runs the float network with one thing of the integers at a time, and with all but\n"
    "that one, in every layer: which costs how much accuracy and how many spikes, and what would\n"
    "bring most of it back (docs/reference/quantisation.md).\n"
    "JSON: {\"schema\":\"snnc-eval/1\",\"samples\",\"accuracy\":{\"float\",\"quant\",\"image\"},\n"
    "       "
    "\"spikes_per_sample\",\"ops\":{...},\"energy\":{...},\"latency\":{\"cycles\",\"seconds\"},\n"
    "       \"differences\":{\"layers\":[{\"name\",\"all\",\"weights\",...}],...}}; differences "
    "with\n"
    "       --explain\n",
    "snnc eval model.json --target loihi-like --data digits --samples 1000",
    runEval};

} // namespace snnc::cli
