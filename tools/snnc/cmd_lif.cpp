// snnc lif: one neuron from its equation over the F-I curve to a core.
#include "common/net/quantity.h"
#include "common/support/file_io.h"
#include "common/support/strings.h"
#include "runtime/report/lif_report.h"
#include "tools/snnc/flags.h"
#include "tools/snnc/lif_chip.h"
#include "tools/snnc/verbs.h"

#include <cmath>

namespace snnc::cli {

using net::Dimension;
using runtime::report::LifReport;
using support::DiagCode;

namespace {
struct LifRequest {
  lif::Neuron neuron;
  lif::Protocol protocol;
  std::vector<double> currents; // [A]
  double most = 600e-12;        // of the curve [A]
  uint32_t points = 50;
  std::optional<LifChipRequest> chip;
  std::string output; // path, or empty
};
} // namespace

constexpr double kMostSteps = 1 << 20; // as of a run
constexpr double kMostNeurons = 4096;

// A value with its unit; `least` is excluded.
static void readQuantity(Args &args, const char *flag, Dimension dimension, double least,
                         double &value) {
  const std::optional<std::string> text = args.text(flag);
  if (!text)
    return;
  const auto quantity = net::parseQuantity(*text);
  if (quantity && quantity->dimension == dimension && quantity->value > least)
    value = quantity->value;
  else
    args.badValue(flag,
                  llvm::formatv("a quantity{0} with its unit: \"{1}\"",
                                std::isinf(least) ? "" : " above 0", net::exampleOf(dimension))
                      .str());
}

static void readNeuron(Args &args, lif::Neuron &neuron) {
  constexpr double kAny = -INFINITY;
  readQuantity(args, "--c-m", Dimension::Capacitance, 0, neuron.capacitance);
  readQuantity(args, "--g-l", Dimension::Conductance, 0, neuron.leak);
  readQuantity(args, "--e-l", Dimension::Voltage, kAny, neuron.rest);
  readQuantity(args, "--v-th", Dimension::Voltage, kAny, neuron.threshold);
  neuron.reset = neuron.rest;
  readQuantity(args, "--v-reset", Dimension::Voltage, kAny, neuron.reset);
  readQuantity(args, "--t-ref", Dimension::Time, -1e-300, neuron.refractory);
  if (!(neuron.threshold > neuron.rest && neuron.threshold > neuron.reset))
    args.bad(DiagCode::FlagConflict,
             llvm::formatv("V_th {0} mV is not above E_L {1} mV and V_reset {2} mV",
                           neuron.threshold * 1e3, neuron.rest * 1e3, neuron.reset * 1e3)
                 .str(),
             "--v-th takes a voltage above both");
}

static void readProtocol(Args &args, const lif::Neuron &neuron, lif::Protocol &protocol) {
  readQuantity(args, "--window", Dimension::Time, 0, protocol.window);
  readQuantity(args, "--dt", Dimension::Time, 0, protocol.dt);
  if (args.choice("--method", {"euler", "exact"}).value_or("euler") == "exact")
    protocol.integrator = lif::Integrator::Exact;
  if (protocol.dt > neuron.tau())
    args.bad(DiagCode::FlagConflict,
             llvm::formatv("dt {0} ms is longer than tau_m {1} ms", protocol.dt * 1e3,
                           neuron.tau() * 1e3)
                 .str(),
             "--dt takes a time of at most C_m/g_L");
  const double steps = protocol.window / protocol.dt;
  if (!(steps >= 1 && steps <= kMostSteps))
    args.bad(DiagCode::FlagConflict,
             llvm::formatv("{0:E1} steps of dt in the window, but 1 to {1} can be run", steps,
                           static_cast<uint64_t>(kMostSteps))
                 .str(),
             "--window and --dt take times");
}

// The core counts t_ref in steps.
static void checkChip(Args &args, const LifRequest &request) {
  constexpr double kMostHeld = 62;
  const double steps = request.neuron.refractory / request.protocol.dt;
  if (std::abs(steps - std::round(steps)) < 1e-6 && steps < kMostHeld + 0.5)
    return;
  args.bad(
      DiagCode::FlagConflict,
      llvm::formatv("t_ref {0:F3} ms is {1:F2} steps of dt, but a core holds 0 to {2} whole ones",
                    request.neuron.refractory * 1e3, steps, static_cast<int>(kMostHeld))
          .str(),
      "--dt takes a time that divides it; --no-chip leaves the core out");
}

static void readCurrents(Args &args, LifRequest &request) {
  request.currents = {150e-12, 200e-12, 250e-12, 350e-12};
  if (args.has("--currents")) {
    request.currents.clear();
    bool good = true;
    for (const std::string &word : args.list("--currents", {})) {
      const auto quantity = net::parseQuantity(word);
      good &= quantity && quantity->dimension == Dimension::Current && quantity->value >= 0;
      request.currents.push_back(good ? quantity->value : 0.0);
    }
    if (!good)
      args.badValue("--currents", "currents of 0 or more with their unit: \"150pA,1nA\"");
  }
  request.most = 3 * request.neuron.rheobase();
  readQuantity(args, "--curve-to", Dimension::Current, 0, request.most);
  if (request.most <= request.neuron.rheobase())
    args.bad(DiagCode::FlagConflict,
             llvm::formatv("the curve ends at {0} pA, but the rheobase is {1} pA",
                           request.most * 1e12, request.neuron.rheobase() * 1e12)
                 .str(),
             "--curve-to takes a current above it");
  request.points = static_cast<uint32_t>(args.number("--points", 4, kMostNeurons).value_or(50));
}

static LifRequest readRequest(Args &args) {
  LifRequest request;
  readNeuron(args, request.neuron);
  readProtocol(args, request.neuron, request.protocol);
  readCurrents(args, request);
  if (args.has("--no-chip"))
    for (const char *flag : {"--target", "--engines"})
      if (args.has(flag))
        args.bad(DiagCode::FlagConflict, llvm::Twine(flag) + " does not go with --no-chip", "");
  LifChipRequest chip{args.textOr("--target", "loihi-like"),
                      args.list("--engines", {"cycle", "rtl"})};
  if (chip.engines.empty())
    chip.engines = {"cycle"};
  if (!args.has("--no-chip"))
    request.chip = std::move(chip);
  if (request.chip)
    checkChip(args, request);
  request.output = args.textOr("--output", "");
  if (args.has("--output") && !support::endsWith(request.output, ".svg") &&
      !support::endsWith(request.output, ".html"))
    args.badValue("--output", "a file that ends in .svg or .html");
  if (args.has("--csv") && args.has("--json"))
    args.bad(DiagCode::FlagConflict, "--csv does not go with --json", "stdout takes one of them");
  return request;
}

// The study's neuron and three of other sizes, each at the same share of its time constant.
static runtime::report::LifCollapse collapse(const LifRequest &request) {
  const lif::Neuron &neuron = request.neuron;
  runtime::report::LifCollapse result;
  result.neurons = {neuron, lif::rescaled(neuron, 250e-12, 12.5e-9, -65e-3, 15e-3),
                    lif::rescaled(neuron, 50e-12, 20e-9, -70e-3, 10e-3),
                    lif::rescaled(neuron, 1e-9, 25e-9, -60e-3, 25e-3)};
  for (double i : {0.75, 1.0, 1.25, 1.75, 3.0}) {
    runtime::report::LifCollapse::Row row{i, {}};
    std::vector<uint64_t> first;
    for (const lif::Neuron &other : result.neurons) {
      const double factor = other.tau() / neuron.tau();
      const lif::Protocol protocol = {request.protocol.window * factor,
                                      request.protocol.dt * factor, lif::Integrator::Euler};
      std::vector<uint64_t> steps;
      for (double t : lif::simulate(other, i * other.rheobase(), protocol).spikeTimes)
        steps.push_back(static_cast<uint64_t>(std::llround(t / protocol.dt)));
      if (row.spikes.empty())
        first = steps;
      result.identical &= steps == first;
      row.spikes.push_back(steps.size());
    }
    result.rows.push_back(std::move(row));
  }
  return result;
}

static LifReport study(const LifRequest &request) {
  LifReport report;
  report.neuron = request.neuron;
  report.protocol = request.protocol;
  for (double current : request.currents)
    report.rates.push_back(
        {current, lif::simulate(request.neuron, current, request.protocol, true), {}});
  std::vector<double> x, y;
  for (double current : lif::currents(0, request.most, request.points)) {
    const lif::Response run = lif::simulate(request.neuron, current, request.protocol);
    runtime::report::LifPoint point;
    point.current = current;
    point.closed = lif::rate(request.neuron, current);
    point.counted = lif::countRate(run, request.protocol);
    report.curve.push_back(point);
    x.push_back(current * 1e12);
    y.push_back(point.closed);
  }
  report.relu = lif::fitRelu(x, y);
  report.sigmoid = lif::fitSigmoid(x, y);
  report.collapse = collapse(request);
  return report;
}

static llvm::Expected<int> runLif(Args &args, Console &console) {
  const LifRequest request = readRequest(args);
  if (llvm::Error error = args.finish())
    return error;
  LifReport report = study(request);
  if (request.chip)
    if (llvm::Error error = measureOnChip(*request.chip, report, console))
      return error;
  if (!request.output.empty()) {
    const bool html = support::endsWith(request.output, ".html");
    const std::string text = html ? htmlPage(report) : curveSvg(report);
    if (llvm::Error error = support::writeFile(request.output, llvm::StringRef(text)))
      return error;
    console.note("wrote " + request.output);
  }
  if (console.json)
    console.print(toJson(report));
  else if (args.has("--csv"))
    printCsv(report, console.out());
  else
    printText(report, console.out());
  return report.chip && !report.chip->agree ? kExitCheckFailed : kExitDone;
}

static constexpr FlagSpec kNeuron[] = {
    {"--c-m", nullptr, "C", "capacitance C_m; default: \"100 pF\""},
    {"--g-l", nullptr, "G", "leak conductance g_L; default: \"10 nS\""},
    {"--e-l", nullptr, "V", "rest E_L; default: \"-75 mV\""},
    {"--v-th", nullptr, "V", "threshold V_th; default: \"-55 mV\""},
    {"--v-reset", nullptr, "V", "reset V_reset; default: E_L"},
    {"--t-ref", nullptr, "T", "refractory time t_ref; default: \"2 ms\""},
};
static constexpr FlagSpec kProtocol[] = {
    {"--window", nullptr, "T", "simulated time; default: \"150 ms\""},
    {"--dt", nullptr, "T", "time step, of the chip too; default: \"0.1 ms\""},
    {"--method", nullptr, "M", "euler or exact; default: euler"},
    {"--currents", nullptr, "I,...", "of the table; default: 150pA,200pA,250pA,350pA"},
    {"--curve-to", nullptr, "I", "end of the F-I curve; default: three rheobases"},
    {"--points", nullptr, "N", "currents of the curve, from 0 on, 4 to 4096; default: 50"},
};
static constexpr FlagSpec kChip[] = {
    {"--target", nullptr, "T", "whose core the neuron is compiled for; default: loihi-like"},
    {"--engines", nullptr, "E,...", "cycle, rtl: what measures there; default: cycle"},
    {"--no-chip", nullptr, nullptr, "leave the chip out"},
};
static constexpr FlagSpec kOutput[] = {
    {"--csv", nullptr, nullptr, "the curve as CSV on stdout"},
    {"--output", "-o", "FILE", "the curve as .svg, or everything as a page, .html"},
};
static const FlagGroup kNeuronFlags = {"neuron", kNeuron};
static const FlagGroup kProtocolFlags = {"simulation", kProtocol};
static const FlagGroup kChipFlags = {"chip", kChip};
static const FlagGroup kOutputFlags = {"output", kOutput};
const VerbSpec kLifVerb = {
    "lif",
    "one neuron: its equation, its F-I curve, and both on a core",
    {},
    {&kNeuronFlags, &kProtocolFlags, &kChipFlags, &kOutputFlags, &kWorkFlags, &kCommonFlags},
    "C_m dV/dt = -g_L (V - E_L) + I; at V_th a spike, then V_reset for t_ref. "
    "docs/reference/lif.md\n"
    "has every column. Exit code 1 if two engines differ in a spike.\n"
    "JSON: {\"schema\":\"snnc-lif/1\",\"window_ms\",\"rates_hz\":{\"150\",...},\"rheobase_pa\",\n"
    "       \"fits\":{\"relu\":{\"a\",\"b\",\"r2\"},\"sigmoid\":{\"L\",\"k\",\"x0\",\"r2\"}},\n"
    "       \"chip\":{\"target\",\"max_error_hz\",...}|null,\"curve\":[...],...}\n",
    "snnc lif --g-l '20 nS' -o lif.html",
    runLif};

} // namespace snnc::cli
