// snnc compile: a model in, an image and what it cost out.
#include "common/image/codec.h"
#include "common/support/file_io.h"
#include "tools/snnc/compile_report.h"
#include "tools/snnc/verbs.h"

namespace snnc::cli {

using support::DiagCode;

static llvm::Error write(CompileOutput &output, Args &args, Console &console) {
  if (!output.subject.image)
    return llvm::Error::success();
  const Stopwatch writing;
  const llvm::SmallVector<char, 0> bytes = image::encode(*output.subject.image);
  output.sha256 = image::sha256Hex(bytes);
  output.imagePath = args.textOr("--output", "");
  if (output.imagePath.empty())
    return llvm::Error::success();
  console.detail("writing " + output.imagePath);
  if (llvm::Error error = support::writeFile(output.imagePath, llvm::ArrayRef<char>(bytes)))
    return error;
  console.stage("write", writing.seconds());
  return llvm::Error::success();
}

static llvm::Expected<int> runCompile(Args &args, Console &console) {
  LoadOptions options;
  options.model = readModelFlags(args);
  options.compile = readCompileOptions(args, console);
  options.compile.stopAfter = args.textOr("--stop-after", "");
  const bool emitIr = args.choice("--emit", {"ir", "image"}).value_or("image") == "ir";
  args.needed("--target", "'snnc targets' lists them");
  if (args.has("--output") && options.compile.stopAfter != "" &&
      options.compile.stopAfter != "emit" && options.compile.stopAfter != "validate")
    args.bad(DiagCode::FlagConflict, "-o does not go with --stop-after: there is no image yet", "");
  if (emitIr && console.json)
    args.bad(DiagCode::FlagConflict, "--emit ir does not go with --json: both print to stdout", "");
  if (llvm::Error error = args.finish())
    return error;
  if (emitIr && options.compile.stopAfter.empty())
    options.compile.stopAfter = "emit"; // the compiler prints IR where it was told to stop
  llvm::Expected<bool> isImage = isImageFile(args.arguments()[0]);
  if (!isImage)
    return isImage.takeError();
  if (*isImage)
    return support::Diag(DiagCode::FlagConflict, {args.arguments()[0], 0, {}},
                         "this is an image: it is compiled already")
        .help("compile takes a .json, .nir or .snn model")
        .take();
  llvm::Expected<Subject> subject = loadSubject(args, console, options, Need::Image);
  if (!subject)
    return subject.takeError();
  CompileOutput output{*subject, {}, {}, args.has("--explain")};
  if (llvm::Error error = write(output, args, console))
    return error;
  if (emitIr)
    console.out() << subject->ir;
  else if (console.json)
    console.print(toJson(output, console.warnings()));
  else
    printCompile(output, console.out());
  return kExitDone;
}

static constexpr FlagSpec kFlags[] = {
    {"--output", "-o", "OUT", "write the image to OUT; without it nothing is written"},
    {"--explain", nullptr, nullptr,
     "also print the overflow proof, the mapping and every core's load"},
    {"--stop-after", nullptr, "PASS", "lower, quantize, partition, place, route, emit or validate"},
    {"--emit", nullptr, "KIND", "ir prints the text IR after the last pass; default: image"},
};
static const FlagGroup kCompileFlags = {"compile", kFlags};
static constexpr const char *kArguments[] = {"MODEL"};
const VerbSpec kCompileVerb = {
    "compile",
    "turn a model into an image for a target",
    kArguments,
    {&kCompileFlags, &kTargetFlags, &kModelFlags, &kWorkFlags, &kCommonFlags},
    "MODEL ends in .json (docs/reference/model_json.md), .nir, or .snn (text IR).\n"
    "Exits with 1 if the model does not fit the target; nothing is written then.\n"
    "JSON: "
    "{\"schema\":\"snnc-compile/"
    "1\",\"image\",\"sha256\",\"target\",\"cores_used\",\"layers\",...}\n",
    "snnc compile model.json --target loihi-like -o model.snnimg",
    runCompile};

} // namespace snnc::cli
