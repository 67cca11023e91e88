// snnc export: a network, or the integers that it became, as a NIR file for other frameworks.
#include "common/net/dequantize.h"
#include "common/net/verify.h"
#include "common/support/strings.h"
#include "compiler/export/nir/nir_writer.h"
#include "runtime/report/format.h"
#include "tools/snnc/layer_json.h"
#include "tools/snnc/subject.h"
#include "tools/snnc/verbs.h"

namespace snnc::cli {

using Json = nlohmann::ordered_json;
using runtime::report::withCommas;
using support::Diag;
using support::DiagCode;

// The chip has subtracted where snnTorch's membrane has not yet.
static void warnReadout(const Subject &subject, Console &console) {
  const bool delayed =
      subject.quant && subject.quant->profile.reset.value == net::ResetRule::SubtractDelayed;
  if (!delayed || subject.run.readout == net::Readout::Count ||
      net::isSilent(subject.quant->populations[subject.output()]))
    return;
  console.warn({Diag(DiagCode::ExportChanged, {subject.path, 0, {}},
                     llvm::formatv("readout '{0}' sees other membranes in the file: reset is "
                                   "subtract there, in the step of the spike, not one later",
                                   net::nameOf(subject.run.readout)))
                    .help("spikes are the same; --readout count is")
                    .data()});
}

// The network to write: of integers if there are any, else as it was read.
static llvm::Expected<net::Net> networkOf(const Subject &subject) {
  if (!subject.quant)
    return *subject.net;
  net::QuantNet quant = *subject.quant;
  quant.run = subject.run;
  llvm::Expected<net::Net> net = net::dequantize(quant);
  if (!net)
    return net;
  if (llvm::Error error = net::verify(*net))
    return error;
  return net;
}

static Json exportJson(const Subject &subject, const net::LayerTable &table, const std::string &out,
                       const std::vector<std::string> &warnings) {
  return {{"schema", "snnc-export/1"},
          {"model", subject.path},
          {"out", out},
          {"target", subject.target ? Json(subject.target->name) : Json(nullptr)},
          {"quantised", subject.quant.has_value()},
          {"neurons", table.neurons},
          {"synapses", table.allCounted ? Json(table.synapses) : Json(nullptr)},
          {"parameters", table.parameters},
          {"warnings", warnings}};
}

static void checkFlags(Args &args) {
  const std::vector<std::string> flags = givenCompileFlags(args);
  if (!flags.empty() && !args.has("--target"))
    args.bad(DiagCode::FlagConflict, support::joinNames(flags) + " goes with --target",
             "without a target a network is exported as it was read");
  args.needed("--output", "-o out.nir");
  const std::string out = args.textOr("--output", "");
  if (!out.empty() && !support::endsWith(out, ".nir"))
    args.badValue("--output", "the name of a .nir file");
}

static llvm::Expected<int> runExport(Args &args, Console &console) {
  LoadOptions options;
  options.model = readModelFlags(args);
  options.compile = readCompileOptions(args, console);
  checkFlags(args);
  if (llvm::Error error = args.finish())
    return error;
  llvm::Expected<Subject> subject =
      loadSubject(args, console, options, args.has("--target") ? Need::Integers : Need::Text);
  if (!subject)
    return subject.takeError();
  if (args.has("--target"))
    if (llvm::Error error = needIntegers(*subject))
      return error;
  warnReadout(*subject, console);
  llvm::Expected<net::Net> net = networkOf(*subject);
  if (!net)
    return net.takeError();
  const std::string out = args.textOr("--output", "");
  console.detail("writing " + out);
  support::Warnings warnings;
  llvm::Error error = compiler::writeNir(*net, out, warnings);
  console.warn(warnings);
  if (error)
    return error;
  const net::LayerTable table = net::layerTable(*net);
  if (console.json)
    console.print(exportJson(*subject, table, out, console.warnings()));
  else
    console.out() << out << ": " << withCommas(table.neurons) << " neurons, "
                  << (table.allCounted ? withCommas(table.synapses) : "uncounted") << " synapses, "
                  << (subject->quant ? "the integers in real numbers" : "as the model has it")
                  << '\n';
  return kExitDone;
}

static constexpr FlagSpec kFlags[] = {
    {"--output", "-o", "OUT.nir", "the file to write"},
};
static const FlagGroup kExportFlags = {"export", kFlags};
static constexpr const char *kArguments[] = {"MODEL|IMAGE"};
const VerbSpec kExportVerb = {
    "export",
    "write a model, or the integers it became, as a NIR file",
    kArguments,
    {&kExportFlags, &kTargetFlags, &kModelFlags, &kWorkFlags, &kCommonFlags},
    "With --target a MODEL is quantised for it first, and what is written are its integers in "
    "real\n"
    "numbers: weights, thresholds and decays that a framework can run to see what the chip will\n"
    "compute. Compiling that file for the same target gives the same integers. An IMAGE, and a\n"
    ".snn file of integers, need no --target. Without one, a MODEL is written as it was read.\n"
    "Profile and run options stand in the file's metadata (docs/reference/export.md).\n"
    "JSON: {\"schema\":\"snnc-export/1\",\"model\",\"out\",\"target\",\"quantised\",\"neurons\",\n"
    "       \"synapses\",\"parameters\",\"warnings\"}\n",
    "snnc export model.json --target loihi-like --weight-bits 6 -o quantised.nir",
    runExport};

} // namespace snnc::cli
