// snnc verify: one image on several engines in lockstep; every spike, state, cycle and counter.
#include "runtime/cycle/cycle_machine.h"
#include "runtime/fast/fast_machine.h"
#include "runtime/report/verify_report.h"
#include "runtime/rtl/rtl_machine.h"
#include "runtime/verify/verify.h"
#include "tools/snnc/clipping.h"
#include "tools/snnc/ranc.h"
#include "tools/snnc/verbs.h"

#include "llvm/ADT/STLExtras.h"

#include <thread>

namespace snnc::cli {

using namespace snnc::runtime;

static verify::EngineSpec engineSpec(const std::string &name, Console &console) {
  if (name == "quant")
    return {name, {}};
  if (name == "cycle")
    return {name, [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
              return cycle::createCycleMachine();
            }};
  if (name == "fast")
    return {name, [](const image::Image &) { return fast::createFastMachine(); }};
  return {name, [&console](const image::Image &image) {
            return rtl::createRtlMachine(image, console.quiet ? llvm::nulls() : llvm::errs());
          }};
}

static std::vector<verify::EngineSpec> engineSpecs(llvm::ArrayRef<std::string> names,
                                                   Console &console) {
  std::vector<verify::EngineSpec> specs;
  for (const std::string &name : names)
    specs.push_back(engineSpec(name, console));
  return specs;
}

// The call without --samples, as a replay line repeats it.
static std::string commandLine(const Args &args) {
  std::string text = "snnc verify " + args.arguments()[0];
  for (const FlagGroup *group : args.verb().groups)
    for (const FlagSpec &flag : group->flags)
      if (args.has(flag.name) && llvm::StringRef(flag.name) != "--samples" &&
          llvm::StringRef(flag.name) != "--json") {
        text += std::string(" ") + flag.name;
        if (flag.value != nullptr)
          text += " " + args.textOr(flag.name, "");
      }
  return text;
}

// Adds the report of the samples that follow.
static void append(verify::VerifyReport &sum, verify::VerifyReport next) {
  sum.pass &= next.pass;
  sum.samples += next.samples;
  sum.ticks += next.ticks;
  const auto add = [](std::optional<uint64_t> &a, const std::optional<uint64_t> &b) {
    if (a && b)
      *a += *b;
  };
  for (size_t i = 0; i < sum.pairs.size(); ++i) {
    verify::PairReport &pair = sum.pairs[i], &more = next.pairs[i];
    pair.spikeMismatches += more.spikeMismatches;
    pair.stateMismatches += more.stateMismatches;
    add(pair.cycleMismatches, more.cycleMismatches);
    add(pair.counterMismatches, more.counterMismatches);
    if (!pair.first)
      pair.first = std::move(more.first);
  }
}

// Samples are independent, so each thread verifies a run of them. RTL goes one at a time: several
// threads could try to build the same machine.
static llvm::Expected<verify::VerifyReport> verifyInParallel(const Subject &subject,
                                                             const Samples &samples,
                                                             llvm::ArrayRef<std::string> engines,
                                                             const std::string &command,
                                                             Console &console) {
  Progress progress(console, "verifying", samples.count);
  const bool rtl = llvm::is_contained(engines, "rtl");
  const uint64_t threads = rtl ? 1 : std::min<uint64_t>(console.threads, samples.count);
  const auto verifyPart = [&](uint64_t part) {
    const uint64_t begin = samples.count * part / threads;
    const uint64_t end = samples.count * (part + 1) / threads;
    return verify::verifyEngines({.image = *subject.image,
                                  .network = subject.fromImage ? nullptr : &*subject.quant,
                                  .core = subject.target->core,
                                  .engines = engineSpecs(engines, console),
                                  .firstSample = samples.first + begin,
                                  .samples = end - begin,
                                  .sampleAt =
                                      [&](uint64_t sample) {
                                        return data::encodeSample(samples.dataset, sample,
                                                                  subject.run, console.seed);
                                      },
                                  .command = command,
                                  .progress = [&](uint64_t, uint64_t) { progress.advance(); }});
  };
  std::vector<std::optional<llvm::Expected<verify::VerifyReport>>> parts(threads);
  std::vector<std::thread> others;
  for (uint64_t part = 1; part < threads; ++part)
    others.emplace_back([&, part] { parts[part].emplace(verifyPart(part)); });
  parts[0].emplace(verifyPart(0));
  for (std::thread &other : others)
    other.join();
  llvm::Error error = llvm::Error::success();
  for (auto &part : parts)
    if (!*part)
      error = llvm::joinErrors(std::move(error), part->takeError());
  if (error)
    return error;
  verify::VerifyReport report = std::move(**parts[0]);
  for (uint64_t part = 1; part < threads; ++part)
    append(report, std::move(**parts[part]));
  return report;
}

static llvm::Expected<int> runVerify(Args &args, Console &console) {
  if (args.has("--format"))
    return verifyRanc(args, console);
  LoadOptions options;
  options.model = readModelFlags(args);
  options.compile = readCompileOptions(args, console);
  const SampleRange range = readSamples(args);
  args.needed("--data", "for example --data digits");
  const std::vector<std::string> engines =
      readEngines(args, {"quant", "fast", "cycle", "rtl"}, {"quant", "cycle", "rtl"});
  if (engines.size() == 1)
    args.badValue("--engines", "at least two engines: one has nothing to agree with");
  if (llvm::Error error = args.finish())
    return error;
  llvm::Expected<Subject> subject = loadSubject(args, console, options, Need::Image);
  if (!subject)
    return subject.takeError();
  if (llvm::Error error = needImage(*subject))
    return error;
  llvm::Expected<Samples> samples = loadSamples(args, range, *subject);
  if (!samples)
    return samples.takeError();

  llvm::Expected<verify::VerifyReport> report =
      verifyInParallel(*subject, *samples, engines, commandLine(args), console);
  if (!report)
    return report.takeError();
  llvm::Expected<uint64_t> clipped = warnClipped(*subject, *samples, console);
  if (!clipped)
    return clipped.takeError();
  if (console.json)
    console.print(report::toJson(*report));
  else
    report::printVerify(*report, console.out());
  return report->pass ? kExitDone : kExitCheckFailed;
}

static constexpr FlagSpec kFlags[] = {
    {"--engines", nullptr, "E,...",
     "two or more of quant, fast, cycle, rtl; default: all but fast"},
};
static const FlagGroup kVerifyFlags = {"verify", kFlags};
static constexpr const char *kArguments[] = {"MODEL|IMAGE"};
const VerbSpec kVerifyVerb = {
    "verify",
    "prove that the engines agree, bit for bit and cycle for cycle",
    kArguments,
    {&kVerifyFlags, &kRancFlags, &kDataFlags, &kTargetFlags, &kModelFlags, &kWorkFlags,
     &kCommonFlags},
    "A MODEL needs --target; an IMAGE carries its own, and its network is decoded from it.\n"
    "Exits with 0 if there is not one mismatch, else 1 with the first one explained.\n"
    "JSON: "
    "{\"schema\":\"snnc-verify/1\",\"pass\",\"samples\",\"ticks\",\"cores_used\",\"pairs\":[...],\n"
    "       \"image_equals_network\"}\n",
    "snnc verify model.json --target loihi-like --data digits --samples 20",
    runVerify};

} // namespace snnc::cli
