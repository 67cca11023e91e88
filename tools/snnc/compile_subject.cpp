#include "tools/snnc/compile_subject.h"

#include "tools/snnc/bit_search.h"
#include "tools/snnc/calibration.h"
#include "tools/snnc/drift.h"

#include "compiler/pipeline/standard.h"

namespace snnc::cli {

using support::Diag;
using support::DiagCode;

// The passes do not know the model's file. What is about a flag or a pass stays without a place.
static llvm::Error inFile(llvm::Error error, const std::string &path) {
  return llvm::handleErrors(std::move(error), [&](support::DiagError &found) {
    const DiagCode code = found.diagnostic.code;
    const bool ofModel = support::info(code).exitCode == 1 || code == DiagCode::NoSchedule;
    if (ofModel && found.diagnostic.loc.file.empty())
      found.diagnostic.loc.file = path;
    return llvm::make_error<support::DiagError>(std::move(found.diagnostic));
  });
}

static llvm::Error compileWith(const compiler::CompileOptions &options, Console &console,
                               Subject &subject) {
  support::Warnings warnings;
  auto result = subject.net ? compiler::compile(*subject.net, *subject.target, options, warnings)
                            : compiler::compile(*subject.quant, *subject.target, options, warnings);
  console.warn(warnings);
  if (!result)
    return inFile(result.takeError(), subject.path);
  if (subject.net)
    subject.lowered = std::move(result->net);
  subject.quant = std::move(result->quant);
  subject.image = std::move(result->image);
  subject.report = std::move(result->report);
  subject.ir = std::move(result->ir);
  for (const compiler::PassTime &pass : subject.report.passes)
    console.stage(pass.name, pass.seconds, pass.verifySeconds, pass.peakMemory);
  return llvm::Error::success();
}

compiler::CompileOptions onlyIntegers(compiler::CompileOptions options) {
  const std::vector<std::string> passes = compiler::standardPipeline();
  if (options.bisect < 0)
    options.bisect = static_cast<int>(llvm::find(passes, "quantize") - passes.begin() + 1);
  return options;
}

// The samples of --calibrate.
static llvm::Expected<CalibrationData> loadCalibration(Args &args, const Subject &subject) {
  constexpr uint64_t kSamples = 4000;
  const std::string spec = args.textOr("--calibrate", "");
  auto dataset = data::loadDataset(spec, subject.inputShape());
  if (!dataset)
    return dataset.takeError();
  CalibrationData data;
  data.samples = args.number("--calibrate-samples", 1, UINT32_MAX)
                     .value_or(std::min<uint64_t>(kSamples, dataset->samples));
  if (data.samples > dataset->samples)
    return Diag(DiagCode::SampleRange, {},
                llvm::formatv("--calibrate-samples is {0}, but '{1}' has {2} samples", data.samples,
                              spec, dataset->samples)
                    .str())
        .help("without it all samples are taken, at most 4000")
        .take();
  data.dataSteps = dataset->steps && !args.has("--steps");
  data.dataset = std::move(*dataset);
  return data;
}

llvm::Error compileSubject(Args &args, Console &console, compiler::CompileOptions options,
                           Subject &subject) {
  if (!args.has("--calibrate"))
    return compileWith(options, console, subject);
  llvm::Expected<CalibrationData> data = loadCalibration(args, subject);
  if (!data)
    return data.takeError();
  options.observe = observeOn(*data, subject.target->core, console);
  if (const std::optional<double> budget = bitBudget(args)) {
    llvm::Expected<BitSearch> search = searchBits(subject, options, *data, *budget, console);
    if (!search)
      return inFile(search.takeError(), subject.path);
    options.layerBits = search->bits;
    subject.bitSearch = std::move(*search);
  }
  if (subject.net && !subject.target->core.isCrossbar()) { // whose mapping knows no rates
    auto rates = ratesOf(subject, *data, console);
    if (!rates)
      return rates.takeError();
    options.rates = std::move(*rates);
    subject.measuredRates = true;
  }
  if (llvm::Error error = compileWith(options, console, subject))
    return error;
  if (!subject.lowered || !subject.quant)
    return llvm::Error::success();
  llvm::Expected<std::vector<LayerDrift>> drift = driftOf(subject, *data, console);
  if (!drift)
    return drift.takeError();
  subject.drift = std::move(*drift);
  return llvm::Error::success();
}

} // namespace snnc::cli
