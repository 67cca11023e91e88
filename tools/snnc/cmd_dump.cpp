// snnc dump: what is inside an image, or a model as text IR.
#include "common/image/codec.h"
#include "common/net/dequantize.h"
#include "common/net/print.h"
#include "common/support/file_io.h"
#include "common/support/hash.h"
#include "runtime/report/eval_report.h"
#include "tools/snnc/layer_json.h"
#include "tools/snnc/ranc.h"
#include "tools/snnc/subject.h"
#include "tools/snnc/verbs.h"

namespace snnc::cli {

using Json = nlohmann::ordered_json;

static Json coreJson(const image::CoreImage &core) {
  return {{"x", core.x},
          {"y", core.y},
          {"groups", core.groups.size()},
          {"neurons", core.neuronCount()},
          {"axons", core.axonCount()},
          {"output_slots", core.outSlots.size()},
          {"synapse_words", core.synapses.size()},
          {"synapse_words_without_sharing", core.wordsWithoutSharing()}};
}

static Json imageJson(const Subject &subject, const std::string &sha256) {
  const image::Image &image = *subject.image;
  Json cores = Json::array(), populations = Json::array();
  for (const image::CoreImage &core : image.cores)
    cores.push_back(coreJson(core));
  for (const image::PopulationMap &population : image.populations)
    populations.push_back({{"name", population.name},
                           {"shape", population.shape},
                           {"input", population.isInput},
                           {"skew", population.skew},
                           {"segments", population.segments.size()}});
  return {{"schema", "snnc-dump/1"},
          {"image", subject.path},
          {"sha256", sha256},
          {"network", image.netName},
          {"target", subject.target->name},
          {"mesh", {{"width", image.meshWidth}, {"height", image.meshHeight}}},
          {"steps", image.steps == 0 ? Json(nullptr) : Json(image.steps)},
          {"encode", net::nameOf(image.run.encode)},
          {"readout", net::nameOf(image.run.readout)},
          {"profile", runtime::report::toJson(image.profile)},
          {"populations", populations},
          {"host_layers", image.hostLayers.size()},
          {"cores", cores}};
}

// Of integers: of the network that they are in real numbers.
static llvm::Expected<net::LayerTable> tableOf(const Subject &subject) {
  if (subject.net)
    return net::layerTable(*subject.net);
  llvm::Expected<net::Net> real = net::dequantize(*subject.quant);
  if (!real)
    return real.takeError();
  return net::layerTable(*real);
}

static const net::Profile &profileOf(const Subject &subject) {
  return subject.net ? subject.net->profile : subject.quant->profile;
}

static llvm::Expected<int> dumpTable(const Subject &subject, Console &console) {
  llvm::Expected<net::LayerTable> table = tableOf(subject);
  if (!table)
    return table.takeError();
  if (!console.json) {
    console.out() << subject.path << "\n\n"
                  << net::toText(*table) << '\n'
                  << net::profileTable(profileOf(subject));
    return kExitDone;
  }
  Json json = {{"schema", "snnc-dump/1"}, {"model", subject.path}};
  json.update(toJson(*table));
  json["profile"] = runtime::report::toJson(profileOf(subject));
  json["warnings"] = console.warnings();
  console.print(json);
  return kExitDone;
}

static llvm::Expected<int> dumpImage(Args &args, Console &console) {
  LoadOptions options;
  llvm::Expected<Subject> subject = loadSubject(args, console, options, Need::Text);
  if (!subject)
    return subject.takeError();
  if (args.has("--table"))
    return dumpTable(*subject, console);
  if (!console.json) {
    image::dump(*subject->image, args.has("--full"), console.out());
    return kExitDone;
  }
  auto bytes = support::readFile(subject->path);
  if (!bytes)
    return bytes.takeError();
  const llvm::StringRef content = (*bytes)->getBuffer();
  console.print(imageJson(*subject, image::sha256Hex({content.data(), content.size()})));
  return kExitDone;
}

static std::string textOf(const Subject &subject) {
  std::string ir;
  llvm::raw_string_ostream os(ir);
  if (subject.net)
    net::print(*subject.net, os);
  else
    net::print(*subject.quant, os);
  return os.str();
}

static llvm::Expected<int> runDump(Args &args, Console &console) {
  LoadOptions options;
  options.model = readModelFlags(args);
  if (llvm::Error error = args.finish())
    return error;
  const std::string &path = args.arguments()[0];
  llvm::Expected<bool> isImage = isImageFile(path);
  if (!isImage)
    return isImage.takeError();
  if (*isImage)
    return dumpImage(args, console);
  llvm::Expected<bool> ranc = isRanc(path);
  if (!ranc)
    return ranc.takeError();
  if (*ranc) {
    if (llvm::Error error = dumpRanc(path, console))
      return error;
    return kExitDone;
  }
  llvm::Expected<Subject> subject = loadSubject(args, console, options, Need::Text);
  if (!subject)
    return subject.takeError();
  if (args.has("--table"))
    return dumpTable(*subject, console);
  if (console.json)
    console.print({{"schema", "snnc-dump/1"}, {"model", path}, {"ir", textOf(*subject)}});
  else
    console.out() << textOf(*subject);
  return kExitDone;
}

static constexpr FlagSpec kFlags[] = {
    {"--full", nullptr, nullptr, "every neuron, axon, slot and synapse of an image"},
    {"--table", nullptr, nullptr,
     "of a model or an image: a line per layer with shape, decays, parameters, synapses"},
};
static const FlagGroup kDumpFlags = {"dump", kFlags};
static constexpr const char *kArguments[] = {"IMAGE|MODEL"};
const VerbSpec kDumpVerb = {
    "dump",
    "print an image, or a model as text IR",
    kArguments,
    {&kDumpFlags, &kModelFlags, &kCommonFlags},
    "A RANC network (net.json beside its config.json) is summarised.\n"
    "JSON: {\"schema\":\"snnc-dump/1\",\"image\",\"sha256\",\"network\",\"target\",\"mesh\",...}; "
    "of a\n"
    "      model \"model\", \"ir\"; with --table "
    "\"layers\":[{\"name\",\"kind\",\"shape\",\"inputs\",...}],\n"
    "      \"neurons\", \"synapses\", \"parameters\", \"profile\", \"warnings\"\n",
    "snnc dump model.snnimg --full",
    runDump};

} // namespace snnc::cli
