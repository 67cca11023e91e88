// snnc run and verify with --format ranc: a RANC network with its own packets on every engine.
#include "common/support/file_io.h"
#include "compiler/crossbar/crossbar_image.h"
#include "compiler/frontends/ranc/ranc_frontend.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/report/eval_report.h"
#include "runtime/report/format.h"
#include "runtime/report/verify_report.h"
#include "runtime/rtl/rtl_machine.h"
#include "runtime/verify/verify_crossbar.h"
#include "tools/snnc/flags.h"
#include "tools/snnc/ranc.h"
#include "tools/snnc/verbs.h"

#include <chrono>

namespace snnc::cli {

using Json = nlohmann::ordered_json;
using runtime::verify::CrossbarRun;
using support::DiagCode;

static constexpr uint32_t kMostTicks = 1u << 20;

static constexpr FlagSpec kRanc[] = {
    {"--format", nullptr, "F", "ranc: a RANC network, run with its own packets; see docs"},
    {"--config", nullptr, "FILE", "RANC's configuration; default: config*.json beside the network"},
    {"--ticks", nullptr, "N", "ticks to run; default: as many as the network has lists of packets"},
};
const FlagGroup kRancFlags = {"RANC networks", kRanc};

namespace {

struct RancJob {
  net::CrossbarNet net;
  image::Image image;
  uint32_t ticks = 0;
};

// Flags of other inputs that were given all the same.
void refuseOthers(Args &args, llvm::ArrayRef<const char *> own) {
  for (const FlagGroup *group : args.verb().groups)
    for (const FlagSpec &flag : group->flags) {
      const bool common = group == &kCommonFlags || group == &kWorkFlags || group == &kRancFlags;
      if (!common && args.has(flag.name) && !llvm::is_contained(own, llvm::StringRef(flag.name)))
        args.bad(DiagCode::FlagConflict, llvm::Twine(flag.name) + " does not go with --format ranc",
                 "a RANC network brings its layout, weights and input");
    }
}

llvm::Expected<RancJob> loadJob(Args &args, Console &console) {
  RancJob job;
  args.choice("--format", {"ranc"});
  const std::optional<uint64_t> ticks = args.number("--ticks", 1, kMostTicks);
  if (llvm::Error error = args.finish())
    return error;
  support::Warnings warnings;
  auto net = compiler::readRanc(args.arguments()[0], args.textOr("--config", ""), warnings);
  console.warn(warnings);
  if (!net)
    return net.takeError();
  job.net = std::move(*net);
  job.ticks = static_cast<uint32_t>(ticks.value_or(std::max(1u, job.net.ticks)));
  auto target = target::loadTarget(args.textOr("--target", "truenorth-like"));
  if (!target)
    return target.takeError();
  auto image = compiler::toImage(job.net, *target);
  if (!image)
    return image.takeError();
  job.image = std::move(*image);
  return job;
}

llvm::Expected<CrossbarRun> runEngine(const std::string &engine, const RancJob &job,
                                      Console &console) {
  if (engine == "quant")
    return runtime::verify::runNetwork(job.net, job.ticks);
  std::unique_ptr<runtime::Machine> machine = runtime::cycle::createCycleMachine();
  if (engine == "rtl") {
    auto rtl =
        runtime::rtl::createRtlMachine(job.image, console.quiet ? llvm::nulls() : llvm::errs());
    if (!rtl)
      return rtl.takeError();
    machine = std::move(*rtl);
  }
  size_t next = 0;
  return runtime::verify::runImage(job.image, *machine, job.ticks, [&](uint32_t tick) {
    std::vector<runtime::HostPacket> packets;
    for (const compiler::PlacedPacket &packet : compiler::packetsOf(job.net, tick, next))
      packets.push_back({packet.x, packet.y, 0, packet.axon});
    return packets;
  });
}

// As RANC writes it: a column per output, each followed by a blank.
std::string rowsText(const CrossbarRun &run) {
  std::string text;
  for (size_t t = 0; t < run.ticks; ++t) {
    for (size_t column = 0; column < run.columns; ++column)
      text += run.rows[t * run.columns + column] != 0 ? "1 " : "0 ";
    text += '\n';
  }
  return text;
}

uint64_t spikesOf(const CrossbarRun &run) {
  uint64_t count = 0;
  for (const std::vector<uint8_t> &core : run.spikes)
    count += static_cast<uint64_t>(std::count(core.begin(), core.end(), 1));
  return count;
}

void printRun(const RancJob &job, const CrossbarRun &run, double seconds, llvm::raw_ostream &os) {
  using namespace runtime::report;
  os << job.net.name << " on engine " << run.engine << ": " << withCommas(run.ticks) << " ticks, "
     << job.image.cores.size() << " cores\n\n";
  Table table({"", "", "<"});
  table.row({"spikes", withCommas(spikesOf(run)), ""});
  table.row({"on the bus", withCommas(std::count(run.rows.begin(), run.rows.end(), 1)),
             std::to_string(run.columns) + " columns"});
  if (run.counters)
    table.row({"tick cycles", withCommas(run.counters->tickCycles), ""});
  table.row({"wall time", secondsText(seconds), ""});
  table.print(os);
}

} // namespace

llvm::Expected<int> runRanc(Args &args, Console &console) {
  const std::string engine = args.choice("--engine", {"quant", "cycle", "rtl"}).value_or("cycle");
  refuseOthers(args, {"--engine", "--rows", "--target"});
  llvm::Expected<RancJob> job = loadJob(args, console);
  if (!job)
    return job.takeError();
  const auto start = std::chrono::steady_clock::now();
  llvm::Expected<CrossbarRun> run = runEngine(engine, *job, console);
  if (!run)
    return run.takeError();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (args.has("--rows"))
    if (llvm::Error error = support::writeFile(args.textOr("--rows", ""), rowsText(*run)))
      return error;
  if (console.json)
    console.print({{"schema", "snnc-run/1"},
                   {"engine", run->engine},
                   {"samples", 1},
                   {"ticks", run->ticks},
                   {"predictions", Json::array()},
                   {"spikes", spikesOf(*run)},
                   {"counters", run->counters ? runtime::report::toJson(*run->counters) : Json()},
                   {"cycles", run->counters ? Json(run->counters->tickCycles) : Json()},
                   {"wall_s", seconds}});
  else
    printRun(*job, *run, seconds, console.out());
  return kExitDone;
}

llvm::Expected<int> verifyRanc(Args &args, Console &console) {
  const std::vector<std::string> engines =
      readEngines(args, {"quant", "cycle", "rtl"}, {"quant", "cycle", "rtl"});
  if (engines.size() == 1)
    args.badValue("--engines", "at least two engines: one has nothing to agree with");
  refuseOthers(args, {"--engines", "--target"});
  llvm::Expected<RancJob> job = loadJob(args, console);
  if (!job)
    return job.takeError();
  std::vector<CrossbarRun> runs;
  for (const std::string &engine : engines) {
    llvm::Expected<CrossbarRun> run = runEngine(engine, *job, console);
    if (!run)
      return run.takeError();
    runs.push_back(std::move(*run));
  }
  const runtime::verify::VerifyReport report =
      runtime::verify::compareRuns(job->image, runs,
                                   "snnc verify " + args.arguments()[0] +
                                       " --format ranc --ticks " + std::to_string(job->ticks));
  if (console.json)
    console.print(runtime::report::toJson(report));
  else
    runtime::report::printVerify(report, console.out());
  return report.pass ? kExitDone : kExitCheckFailed;
}

} // namespace snnc::cli
