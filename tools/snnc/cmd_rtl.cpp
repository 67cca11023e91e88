// snnc rtl: the machine, an image and a run as a folder for any Verilator.
#include "common/image/codec.h"
#include "common/support/rng.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/machine/host_driver.h"
#include "runtime/report/format.h"
#include "runtime/rtl/export.h"
#include "tools/snnc/subject.h"
#include "tools/snnc/verbs.h"

namespace snnc::cli {

using Json = nlohmann::ordered_json;
using runtime::report::withCommas;
using support::DiagCode;

// Without data: one sample of random spikes, half of all, or of random values for a network
// that takes values.
static Samples randomSamples(const Subject &subject, uint64_t seed) {
  constexpr uint32_t kSteps = 16;
  support::Rng rng(seed);
  Samples samples;
  samples.count = 1;
  data::Dataset &dataset = samples.dataset;
  dataset.spec = "random spikes of seed " + std::to_string(seed);
  dataset.samples = 1;
  dataset.size = 1;
  for (uint32_t extent : subject.inputShape())
    dataset.size *= extent;
  const bool spikes = subject.run.encode == net::Encoding::None;
  const uint32_t steps = spikes ? subject.run.steps.value_or(kSteps) : 1;
  if (spikes)
    dataset.steps = steps;
  for (uint64_t i = 0; i < uint64_t{steps} * dataset.size; ++i)
    dataset.values.push_back(spikes ? static_cast<float>(rng.below(2) == 0)
                                    : static_cast<float>(rng.uniform()));
  return samples;
}

// Plays the samples on the cycle engine and writes down what happens.
static llvm::Error record(const Subject &subject, const Samples &samples, uint64_t seed,
                          uint32_t steps, runtime::rtl::StimulusRecorder &recorder) {
  if (llvm::Error error = recorder.load(*subject.image, steps))
    return error;
  runtime::HostDriver driver(*subject.image, recorder, steps);
  for (uint64_t i = 0; i < samples.count; ++i) {
    auto sample = data::encodeSample(samples.dataset, samples.first + i, subject.run, seed);
    if (!sample)
      return sample.takeError();
    if (llvm::Error error = runtime::checkSample(*subject.image, *sample))
      return error;
    driver.run(*sample, {});
    recorder.checkStates();
  }
  recorder.checkCounters();
  return llvm::Error::success();
}

static llvm::Expected<Json> exportTo(const std::string &folder, const Subject &subject,
                                     const Samples &samples, uint64_t seed) {
  auto probe = data::encodeSample(samples.dataset, samples.first, subject.run, seed);
  if (!probe)
    return probe.takeError();
  const std::unique_ptr<runtime::Machine> machine = runtime::cycle::createCycleMachine();
  runtime::rtl::StimulusRecorder recorder(*machine, *subject.image);
  if (llvm::Error error = record(subject, samples, seed, probe->steps, recorder))
    return error;
  const Json description = {
      {"schema", "snnc-rtl/1"},
      {"model", subject.path},
      {"target", subject.target->name},
      {"mesh", {{"width", subject.image->meshWidth}, {"height", subject.image->meshHeight}}},
      {"data", samples.dataset.spec},
      {"samples", samples.count},
      {"steps", probe->steps},
      {"ticks", recorder.ticks},
      {"spikes", recorder.spikeCount}};
  runtime::rtl::RtlExport what;
  what.image = &*subject.image;
  what.target = &*subject.target;
  what.steps = probe->steps;
  what.recorder = &recorder;
  what.stimulus = samples.dataset.spec;
  what.description = description.dump(2) + "\n";
  if (llvm::Error error = runtime::rtl::writeExport(what, folder))
    return error;
  return description;
}

static llvm::Expected<int> runRtl(Args &args, Console &console) {
  LoadOptions options;
  options.model = readModelFlags(args);
  options.compile = readCompileOptions(args, console);
  SampleRange range = readSamples(args);
  const std::string folder = args.needed("--output", "-o DIR");
  if (args.has("--samples") && !args.has("--data"))
    args.bad(DiagCode::FlagConflict, "--samples goes with --data",
             "without data one sample is made up");
  if (llvm::Error error = args.finish())
    return error;
  llvm::Expected<Subject> subject = loadSubject(args, console, options, Need::Image);
  if (!subject)
    return subject.takeError();
  if (llvm::Error error = needImage(*subject))
    return error;
  if (!args.has("--samples"))
    range.last = 1;
  llvm::Expected<Samples> samples = args.has("--data") ? loadSamples(args, range, *subject)
                                                       : randomSamples(*subject, console.seed);
  if (!samples)
    return samples.takeError();
  llvm::Expected<Json> done = exportTo(folder, *subject, *samples, console.seed);
  if (!done)
    return done.takeError();
  if (console.json)
    console.print(*done);
  else
    console.out() << folder << ": " << withCommas((*done)["samples"]) << " samples, "
                  << withCommas((*done)["ticks"]) << " ticks, " << withCommas((*done)["spikes"])
                  << " spikes; 'make -C " << folder << "' runs them\n";
  return kExitDone;
}

static constexpr FlagSpec kFlags[] = {
    {"--output", "-o", "DIR", "the folder to make; an earlier export there is replaced"},
};
static const FlagGroup kRtlFlags = {"export", kFlags};
static constexpr const char *kArguments[] = {"MODEL|IMAGE"};
const VerbSpec kRtlVerb = {
    "rtl",
    "write RTL, image and a self-checking test bench for any Verilator",
    kArguments,
    {&kRtlFlags, &kDataFlags, &kTargetFlags, &kModelFlags, &kWorkFlags, &kCommonFlags},
    "The folder holds the RTL, the image as words of the configuration port, a run with the "
    "spikes,\n"
    "tick lengths, states and counters that must come out, a test bench and a Makefile: `make`\n"
    "there needs Verilator and nothing of snnc, prints PASS or FAIL and exits accordingly. The "
    "run\n"
    "is the first sample of --data, or those of --samples; without data, random spikes of --seed.\n"
    "JSON: "
    "{\"schema\":\"snnc-rtl/"
    "1\",\"model\",\"target\",\"mesh\",\"data\",\"samples\",\"steps\",\"ticks\",\n"
    "       \"spikes\"}\n",
    "snnc rtl model.snnimg --data digits --samples 0:2 -o rtl_export",
    runRtl};

} // namespace snnc::cli
