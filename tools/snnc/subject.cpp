#include "tools/snnc/subject.h"

#include "common/image/codec.h"
#include "common/net/dequantize.h"
#include "common/net/parse.h"
#include "common/support/file_io.h"
#include "common/support/strings.h"
#include "compiler/frontends/json/json_frontend.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "tools/snnc/compile_subject.h"
#include "tools/snnc/ranc.h"

#include "llvm/ADT/STLExtras.h"

namespace snnc::cli {

using support::Diag;
using support::DiagCode;

// Several input populations are fed one after the other: then there is one axis for all.
template <class Populations>
static std::vector<uint32_t> shapeOf(const Populations &populations,
                                     llvm::ArrayRef<uint32_t> inputs) {
  if (inputs.size() == 1)
    return populations[inputs[0]].shape;
  uint32_t elements = 0;
  for (uint32_t input : inputs) {
    uint32_t size = 1;
    for (uint32_t extent : populations[input].shape)
      size *= extent;
    elements += size;
  }
  return {elements};
}

std::vector<uint32_t> Subject::inputShape() const {
  return net ? shapeOf(net->populations, net->inputs) : shapeOf(quant->populations, quant->inputs);
}

uint32_t Subject::output() const {
  return net ? net->outputs.at(0) : quant->outputs.at(0);
}

llvm::Expected<bool> isImageFile(llvm::StringRef path) {
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  const llvm::StringRef bytes = (*buffer)->getBuffer();
  return support::endsWith(path, ".snnimg") || image::isImage({bytes.data(), bytes.size()});
}

static llvm::Error unknownKind(llvm::StringRef path) {
  return Diag(DiagCode::ModelKind, {path.str(), 0, {}}, "neither a model nor an image")
      .help("a model ends in .json, .nir or .snn; an image is what 'snnc compile -o' writes")
      .take();
}

static llvm::Error readModel(Subject &subject, const net::ProfileFlags &flags,
                             support::Warnings &warnings) {
  const llvm::StringRef path = subject.path;
  const auto keep = [&](llvm::Expected<net::Net> net) -> llvm::Error {
    if (!net)
      return net.takeError();
    subject.net = std::move(*net);
    return llvm::Error::success();
  };
  if (support::endsWith(path, ".json")) {
    if (llvm::Error error = refuseRanc(path))
      return error;
    return keep(compiler::readJson(path, flags, warnings));
  }
  if (support::endsWith(path, ".nir"))
    return keep(compiler::readNir(path, flags, warnings));
  if (!support::endsWith(path, ".snn"))
    return unknownKind(path);
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  auto parsed = net::parse((*buffer)->getBuffer(), path);
  if (!parsed)
    return parsed.takeError();
  if (auto *quant = std::get_if<net::QuantNet>(&*parsed))
    subject.quant = std::move(*quant);
  else
    subject.net = std::move(std::get<net::Net>(*parsed));
  if (subject.net)
    net::apply(flags, subject.net->profile);
  return llvm::Error::success();
}

static llvm::Error conflict(const Subject &subject, llvm::StringRef kind,
                            llvm::ArrayRef<std::string> flags, llvm::StringRef help) {
  if (flags.empty())
    return llvm::Error::success();
  return Diag(DiagCode::FlagConflict, {subject.path, 0, {}},
              llvm::formatv("{0} does not take {1}", kind, support::joinNames(flags)).str())
      .help(help)
      .take();
}

static void overrideRun(net::RunOptions &run, const ModelFlags &flags) {
  if (flags.steps)
    run.steps = flags.steps;
  run.encode = flags.encode.value_or(run.encode);
  run.readout = flags.readout.value_or(run.readout);
}

static llvm::Error loadTarget(Args &args, Subject &subject) {
  auto target = target::loadTarget(args.textOr("--target", ""));
  if (!target)
    return target.takeError();
  subject.target = std::move(*target);
  return llvm::Error::success();
}

// An image is for one target: the flag may repeat it, not change it.
static llvm::Error checkImageTarget(Args &args, Subject &subject) {
  auto inside = target::parseTarget(subject.image->targetJson, subject.path);
  if (!inside)
    return inside.takeError();
  if (args.has("--target")) {
    if (llvm::Error error = loadTarget(args, subject))
      return error;
    if (subject.target->fingerprint != inside->fingerprint)
      return Diag(DiagCode::FlagConflict, {subject.path, 0, {}},
                  llvm::formatv("the image is for target '{0}', but --target is '{1}'",
                                inside->name, subject.target->name)
                      .str())
          .help("leave --target out, or compile the model for it")
          .take();
  }
  subject.target = std::move(*inside);
  return llvm::Error::success();
}

static llvm::Error loadImage(Args &args, Subject &subject, const LoadOptions &options) {
  auto image = image::readFile(subject.path);
  if (!image)
    return image.takeError();
  subject.image = std::move(*image);
  subject.fromImage = true;
  if (llvm::Error error = checkImageTarget(args, subject))
    return error;
  std::vector<std::string> flags = givenProfileFlags(args);
  for (const std::string &flag : givenCompileFlags(args))
    flags.push_back(flag);
  if (llvm::Error error = conflict(subject, "an image", flags,
                                   "they are fixed when it is compiled: compile the model again"))
    return error;
  auto decoded = image::toNetwork(*subject.image);
  if (!decoded)
    return decoded.takeError();
  subject.quant = std::move(*decoded);
  const bool direct = subject.image->run.encode == net::Encoding::Direct;
  subject.run = subject.image->run;
  overrideRun(subject.run, options.model);
  if (direct != (subject.run.encode == net::Encoding::Direct))
    return Diag(DiagCode::FlagConflict, {subject.path, 0, {}},
                llvm::formatv("the image was compiled for encoding '{0}', but --encode is '{1}'",
                              net::nameOf(subject.image->run.encode),
                              net::nameOf(subject.run.encode))
                    .str())
        .help("direct coding puts the first layer on the host: compile the model again")
        .take();
  return llvm::Error::success();
}

static llvm::Error refuse(const Subject &subject, llvm::StringRef kind) {
  return Diag(DiagCode::FlagConflict, {subject.path, 0, {}},
              llvm::formatv("the float engine runs a network as trained; this is {0}", kind).str())
      .help("give it the .json, .nir or .snn model")
      .take();
}

llvm::Error checkReadout(const Subject &subject) {
  const uint32_t output = subject.output();
  const bool silent = subject.net ? !net::spikes(subject.net->populations[output].kind)
                                  : net::isSilent(subject.quant->populations[output]);
  if (!silent || subject.run.readout != net::Readout::Count)
    return llvm::Error::success();
  const std::string &name =
      subject.net ? subject.net->populations[output].name : subject.quant->populations[output].name;
  const std::string kind =
      subject.net ? std::string(" (") + net::nameOf(subject.net->populations[output].kind) + ")"
                  : "";
  return Diag(DiagCode::ReadoutNeedsSpikes, {subject.path, 0, {}},
              llvm::formatv("readout 'count' counts spikes, but the output '{0}'{1} has none", name,
                            kind)
                  .str())
      .help("--readout membrane, last or max reads its membrane")
      .take();
}

// A model that has been read, as far as it is needed.
static llvm::Error compileModel(Args &args, Console &console, const LoadOptions &options, Need need,
                                Subject &subject) {
  if (need == Need::Text || (need == Need::Integers && subject.quant) ||
      (need == Need::Model && !args.has("--target")))
    return llvm::Error::success();
  if (!args.has("--target"))
    return Diag(DiagCode::FlagMissing, {},
                llvm::formatv("'snnc {0}' needs --target to compile a model", args.verb().name)
                    .str())
        .help("'snnc targets' lists them")
        .take();
  if (llvm::Error wrong = loadTarget(args, subject))
    return wrong;
  if (need == Need::Model)
    return llvm::Error::success();
  return compileSubject(args, console,
                        need == Need::Integers ? onlyIntegers(options.compile) : options.compile,
                        subject);
}

llvm::Expected<Subject> loadSubject(Args &args, Console &console, const LoadOptions &options,
                                    Need need) {
  Subject subject;
  subject.path = args.arguments().at(0);
  const bool runs = need == Need::Model || need == Need::Image;
  llvm::Expected<bool> isImage = isImageFile(subject.path);
  if (!isImage)
    return isImage.takeError();
  if (*isImage) {
    if (need == Need::Model)
      return refuse(subject, "an image");
    if (llvm::Error error = loadImage(args, subject, options))
      return error;
    if (runs)
      if (llvm::Error error = checkReadout(subject))
        return error;
    return subject;
  }
  support::Warnings warnings;
  console.timesStages |= args.has("--time");
  Stopwatch reading;
  llvm::Error error = readModel(subject, options.model.profile, warnings);
  console.stage("read", reading.seconds());
  console.warn(warnings);
  if (error)
    return error;
  if (subject.quant && need == Need::Model)
    return refuse(subject, "a network of integers");
  if (subject.quant)
    if (llvm::Error wrong = conflict(subject, "a network of integers", givenProfileFlags(args),
                                     "its decays, thresholds and resets are registers already"))
      return wrong;
  if (subject.quant)
    if (llvm::Error wrong = conflict(subject, "a network of integers", givenQuantizerFlags(args),
                                     "its weights are integers already"))
      return wrong;
  net::RunOptions &run = subject.net ? subject.net->run : subject.quant->run;
  overrideRun(run, options.model);
  subject.run = run;
  if (runs)
    if (llvm::Error wrong = checkReadout(subject))
      return wrong;
  if (llvm::Error wrong = compileModel(args, console, options, need, subject))
    return wrong;
  return subject;
}

llvm::Error needFloat(const Subject &subject) {
  if (subject.net)
    return llvm::Error::success();
  return refuse(subject, subject.fromImage ? "an image" : "a network of integers");
}

llvm::Error needImage(const Subject &subject) {
  if (subject.image)
    return llvm::Error::success();
  return Diag(DiagCode::FlagConflict, {subject.path, 0, {}},
              "--skip or --bisect left no image to run")
      .help("only 'snnc compile' stops half-way")
      .take();
}

llvm::Error needIntegers(const Subject &subject) {
  if (subject.quant)
    return llvm::Error::success();
  return Diag(DiagCode::FlagConflict, {subject.path, 0, {}},
              "--skip or --bisect left the model without integers")
      .help("only 'snnc compile' stops half-way")
      .take();
}

llvm::Expected<Samples> loadSamples(const Args &args, const SampleRange &range, Subject &subject) {
  const std::string spec = args.textOr("--data", "");
  auto dataset = data::loadDataset(spec, subject.inputShape());
  if (!dataset)
    return dataset.takeError();
  const uint64_t last = range.last.value_or(dataset->samples);
  if (last > dataset->samples || range.first >= last)
    return Diag(DiagCode::SampleRange, {},
                llvm::formatv("samples {0} to {1} are asked for, but '{2}' has {3}", range.first,
                              last == 0 ? 0 : last - 1, spec, dataset->samples)
                    .str())
        .help("--samples A:B takes samples A to B-1, counted from 0")
        .take();
  if (dataset->steps && !args.has("--steps"))
    subject.run.steps.reset();
  Samples samples;
  samples.dataset = std::move(*dataset);
  samples.first = range.first;
  samples.count = last - range.first;
  return samples;
}

} // namespace snnc::cli
