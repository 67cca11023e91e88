#include "tools/snnc/flags.h"

#include "common/net/verify.h"
#include "tools/snnc/console.h"

#include <climits>

namespace snnc::cli {

static constexpr FlagSpec kCommon[] = {
    {"--json", nullptr, nullptr, "print one JSON object with a `schema` field, nothing else"},
    {"--quiet", "-q", nullptr, "no warnings and no progress on stderr"},
    {"--verbose", "-v", nullptr, "say more on stderr"},
    {"--help", "-h", nullptr, "this text"},
};
const FlagGroup kCommonFlags = {"output", kCommon};

static constexpr FlagSpec kWork[] = {
    {"--seed", nullptr, "N", "of poisson spikes and of ties in the compiler; default 1"},
    {"--threads", nullptr, "N",
     "samples in parallel, same results; rtl: 1; default: all processors"},
};
const FlagGroup kWorkFlags = {"work", kWork};

static constexpr FlagSpec kModel[] = {
    {"--steps", nullptr, "T", "time steps per sample, at least 1"},
    {"--encode", nullptr, "E", "none, direct, binary, rate, poisson or latency"},
    {"--readout", nullptr, "R", "count, membrane, last or max; ties go to the lowest index"},
    {"--dt", nullptr, "SECONDS", "time step of the network"},
    {"--tau-unit", nullptr, "U", "unit of the model's time constants: s, ms or steps"},
    {"--integrator", nullptr, "I", "euler, exp or unit"},
    {"--reset", nullptr, "R", "zero, subtract, subtract-delayed or none"},
    {"--compare", nullptr, "C", "a neuron fires at v > threshold (gt) or >= (ge)"},
    {"--bias-timing", nullptr, "B",
     "a bias acts from its layer's window or from tick 0: window, start"},
};
const FlagGroup kModelFlags = {"model (the file's own values by default)", kModel};

static constexpr FlagSpec kTarget[] = {
    {"--target", nullptr, "T", "a name of `snnc targets`, or the path of a .json file"},
    {"--weight-bits", nullptr, "BITS",
     "2 to the target's weight width, sign included; LAYER=N,... for single layers; auto: as few "
     "as --budget-accuracy allows; default 8"},
    {"--budget-accuracy", nullptr, "P",
     "points of accuracy on --calibrate that --weight-bits auto may cost; default 0.2"},
    {"--quantizer", nullptr, "Q",
     "absmax, percentile, mse or calibrated, LAYER=Q,... for single layers; default: calibrated "
     "with --calibrate, else absmax"},
    {"--calibrate", nullptr, "DATA", "choose the integers by what the network does on DATA"},
    {"--calibrate-samples", nullptr, "N", "take the first N samples of DATA; default 4000"},
    {"--mapper", nullptr, "M",
     "how neurons are laid out on cores: hyper (default), contiguous, nengo, random, cut"},
    {"--mesh", nullptr, "WxH",
     "cores to lay out on; default: the target's mesh; more: a board of chips"},
    {"--max-neurons-per-core", nullptr, "N", "use only this many neurons of each core"},
    {"--allow-lossy", nullptr, nullptr,
     "go on where the target cannot hold the model, and list it"},
    {"--skip", nullptr, "P,...", "leave out these passes"},
    {"--bisect", nullptr, "N", "run only the first N passes"},
    {"--dump-dir", nullptr, "DIR", "write the IR after every pass to DIR"},
    {"--time", nullptr, nullptr, "print what every pass took to stderr"},
};
const FlagGroup kTargetFlags = {"target and compiler", kTarget};

static constexpr FlagSpec kData[] = {
    {"--data", nullptr, "DATA", "digits[:N], mnist:DIR[:train|test], npz:FILE or npy:FILE"},
    {"--samples", nullptr, "A:B", "samples A to B-1; N means 0:N; default: all"},
};
const FlagGroup kDataFlags = {"data", kData};

template <class T>
static void readName(Args &args, const char *flag, std::optional<T> (*parse)(const std::string &),
                     llvm::StringRef names, std::optional<T> &value) {
  const std::optional<std::string> word = args.text(flag);
  if (!word)
    return;
  value = parse(*word);
  if (!value)
    args.badValue(flag, "one of: " + names.str());
}

ModelFlags readModelFlags(Args &args) {
  ModelFlags flags;
  if (const auto steps = args.number("--steps", 1, net::kMaxSteps))
    flags.steps = static_cast<uint32_t>(*steps);
  readName(args, "--encode", net::parseEncoding, "none, direct, binary, rate, poisson, latency",
           flags.encode);
  readName(args, "--readout", net::parseReadout, "count, membrane, last, max", flags.readout);
  flags.profile.dt = args.positive("--dt");
  readName(args, "--tau-unit", net::parseTauUnit, "s, ms, steps", flags.profile.tauUnit);
  readName(args, "--integrator", net::parseIntegrator, "euler, exp, unit",
           flags.profile.integrator);
  readName(args, "--reset", net::parseResetRule, "zero, subtract, subtract-delayed, none",
           flags.profile.reset);
  readName(args, "--compare", net::parseCompare, "gt, ge", flags.profile.compare);
  readName(args, "--bias-timing", net::parseBiasTiming, "window, start", flags.profile.biasTiming);
  return flags;
}

static std::vector<std::string> given(const Args &args, llvm::ArrayRef<const char *> names) {
  std::vector<std::string> found;
  for (const char *name : names)
    if (args.has(name))
      found.push_back(name);
  return found;
}

std::vector<std::string> givenProfileFlags(const Args &args) {
  return given(args,
               {"--dt", "--tau-unit", "--integrator", "--reset", "--compare", "--bias-timing"});
}

std::vector<std::string> givenCompileFlags(const Args &args) {
  return given(args, {"--weight-bits", "--budget-accuracy", "--quantizer", "--calibrate",
                      "--calibrate-samples", "--mapper", "--mesh", "--max-neurons-per-core",
                      "--allow-lossy", "--skip", "--bisect", "--dump-dir", "--time"});
}

std::vector<std::string> givenQuantizerFlags(const Args &args) {
  return given(args, {"--quantizer", "--calibrate", "--calibrate-samples"});
}

// "Q", "LAYER=Q,...", or both.
static void readQuantizers(Args &args, compiler::CompileOptions &options) {
  const bool calibrates = args.has("--calibrate");
  std::optional<compiler::Quantizer> all;
  for (const std::string &item : args.list("--quantizer", {})) {
    const auto [layer, name] = llvm::StringRef(item).rsplit('=');
    const auto quantizer = compiler::parseQuantizer(name.empty() ? item : name.str());
    if (!quantizer) {
      args.badValue("--quantizer", "absmax, percentile, mse or calibrated, LAYER=Q for one layer");
      return;
    }
    if (name.empty())
      all = *quantizer;
    else
      options.layerQuantizers[layer.str()] = *quantizer;
  }
  options.quantizer =
      all.value_or(calibrates ? compiler::Quantizer::Calibrated : compiler::Quantizer::AbsMax);
  if (args.number("--calibrate-samples", 1, UINT32_MAX) && !calibrates)
    args.bad(support::DiagCode::FlagConflict, "--calibrate-samples does not go without --calibrate",
             "");
}

// "N", "LAYER=N,...", both, or "auto".
static void readBits(Args &args, compiler::CompileOptions &options) {
  const bool searches = args.textOr("--weight-bits", "") == "auto";
  if (searches && !args.has("--calibrate"))
    args.bad(support::DiagCode::FlagConflict,
             "--weight-bits auto does not go without --calibrate, on which it measures accuracy",
             "--calibrate DATA, of training samples with labels");
  if (args.has("--budget-accuracy") && !searches)
    args.bad(support::DiagCode::FlagConflict,
             "--budget-accuracy does not go without --weight-bits auto", "");
  double budget = 0.0;
  if (args.has("--budget-accuracy") &&
      (llvm::StringRef(args.textOr("--budget-accuracy", "")).getAsDouble(budget) ||
       !(budget >= 0.0 && budget <= 100.0)))
    args.badValue("--budget-accuracy", "points of accuracy, 0 to 100");
  if (searches || !args.has("--weight-bits"))
    return;
  for (const std::string &item : args.list("--weight-bits", {})) {
    const auto [left, right] = llvm::StringRef(item).rsplit('=');
    uint32_t bits = 0;
    if ((right.empty() ? left : right).getAsInteger(10, bits) || bits < 2 || bits > 16 ||
        left.empty()) {
      args.badValue("--weight-bits", "a number from 2 to 16, LAYER=N, or auto");
    } else if (right.empty()) {
      options.weightBits = bits;
      options.forceBits = true; // an exported model has bits of its own
    } else {
      options.layerBits[left.str()] = bits;
    }
  }
}

std::optional<double> bitBudget(const Args &args) {
  constexpr double kPoints = 0.2;
  if (args.textOr("--weight-bits", "") != "auto")
    return std::nullopt;
  double budget = kPoints;
  llvm::StringRef(args.textOr("--budget-accuracy", "0.2")).getAsDouble(budget);
  return budget;
}

static void readMesh(Args &args, compiler::CompileOptions &options) {
  const std::optional<std::string> word = args.text("--mesh");
  if (!word)
    return;
  const auto [width, height] = llvm::StringRef(*word).split('x');
  const bool bad = width.getAsInteger(10, options.meshWidth) ||
                   height.getAsInteger(10, options.meshHeight) || options.meshWidth < 1 ||
                   options.meshWidth > 64 || options.meshHeight < 1 || options.meshHeight > 64;
  if (bad)
    args.badValue("--mesh", "WIDTHxHEIGHT, each from 1 to 64, for example 2x2");
}

compiler::CompileOptions readCompileOptions(Args &args, const Console &console) {
  compiler::CompileOptions options;
  options.seed = console.seed;
  options.threads = console.threads;
  readBits(args, options);
  readQuantizers(args, options);
  options.mapper = args.textOr("--mapper", options.mapper);
  readMesh(args, options);
  if (const auto neurons = args.number("--max-neurons-per-core", 1, UINT32_MAX))
    options.maxNeuronsPerCore = static_cast<uint32_t>(*neurons);
  options.allowLossy = args.has("--allow-lossy");
  options.skip = args.list("--skip", {});
  if (const auto passes = args.number("--bisect", 0, INT_MAX))
    options.bisect = static_cast<int>(*passes);
  options.dumpDir = args.textOr("--dump-dir", "");
  return options;
}

SampleRange readSamples(Args &args) {
  SampleRange range;
  const std::optional<std::string> word = args.text("--samples");
  if (!word)
    return range;
  const auto [a, b] = llvm::StringRef(*word).split(':');
  const bool isRange = a.size() != word->size();
  uint64_t last = 0;
  if (isRange ? a.getAsInteger(10, range.first) || b.getAsInteger(10, last)
              : a.getAsInteger(10, last))
    last = range.first;
  if (last <= range.first)
    args.badValue("--samples", "A:B with A < B, or a count of at least 1");
  range.last = last;
  return range;
}

std::vector<std::string> readEngines(Args &args, llvm::ArrayRef<const char *> names,
                                     llvm::ArrayRef<const char *> chosen) {
  if (!args.has("--engines"))
    return {chosen.begin(), chosen.end()};
  return args.list("--engines", names);
}

} // namespace snnc::cli
