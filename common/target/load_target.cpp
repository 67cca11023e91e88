// targets/*.json -> Target. Every key of the file is named once here; targets/README.md lists the
// same keys with units and ranges, and a test compares the two.
#include "common/support/file_io.h"
#include "common/support/hash.h"
#include "common/support/json_reader.h"
#include "common/support/strings.h"
#include "common/target/target.h"
#include "common/target/target_fields.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <cstdlib>

namespace snnc::target {

using support::Diag;
using support::DiagCode;
using support::JsonDocument;
using support::JsonNode;
using support::JsonObject;

static constexpr const char *kSchema = "snnc-target/1";
static constexpr const char *kProvenances[] = {"assumed", "chosen",      "published",
                                               "rtl",     "synthesised", "measured"};
static constexpr const char *kBases[] = {"published", "pre-silicon", "measured", "assumed"};

// "published:10.1109/..." -> checked; returns the word before the colon.
static std::string readProvenance(const JsonNode &node) {
  const std::string text = node.string().value_or("assumed");
  const std::string word = llvm::StringRef(text).split(':').first.str();
  for (const char *known : kProvenances)
    if (word == known)
      return word;
  node.error(DiagCode::JsonRange, "'" + word + "' is no provenance",
             "write assumed, chosen, published:SOURCE, rtl:MODULE, synthesised:REPORT or "
             "measured:LOG");
  return "assumed";
}

// {"value": v, "unit": u, "from": p}; `unit` must be the field's own. Returns the value's node.
static JsonNode readQuantity(const JsonNode &node, const std::string &unit,
                             std::string *provenance = nullptr) {
  JsonObject quantity = node.object();
  const JsonNode value = quantity.required("value");
  const JsonNode unitNode = quantity.required("unit");
  const JsonNode from = quantity.required("from");
  quantity.finish();
  if (const std::optional<std::string> found = unitNode.string(); found && *found != unit)
    unitNode.error(DiagCode::JsonRange, "unit '" + *found + "', expected '" + unit + "'");
  const std::string word = readProvenance(from);
  if (provenance != nullptr)
    *provenance = word;
  return value;
}

template <class Spec>
static void readFields(JsonObject &object, Spec &spec, llvm::ArrayRef<Field<Spec>> fields) {
  for (const Field<Spec> &field : fields) {
    const std::optional<JsonNode> node =
        field.optional ? object.optional(field.key) : object.required(field.key);
    if (!node)
      continue;
    const JsonNode value = readQuantity(*node, field.unit);
    const std::optional<int64_t> number = value.integer(field.lo, field.hi);
    if (!number)
      continue;
    if (field.powerOfTwo && !llvm::isPowerOf2_64(static_cast<uint64_t>(*number)))
      value.error(DiagCode::JsonRange, llvm::Twine(*number) + " is not a power of two");
    else
      spec.*field.member = static_cast<uint32_t>(*number);
  }
}

static void readMesh(const JsonNode &node, MeshSpec &mesh) {
  JsonObject object = node.object();
  readFields<MeshSpec>(object, mesh, kMeshFields);
  object.required("routing").oneOf({"xy"});
  object.finish();
}

static void readCore(const JsonNode &node, CoreSpec &core) {
  JsonObject object = node.object();
  const std::optional<size_t> kind =
      object.required("kind").oneOf({nameOf(CoreKind::Cuba), nameOf(CoreKind::Crossbar)});
  core.kind = static_cast<CoreKind>(kind.value_or(0));
  if (core.isCrossbar()) {
    readFields<CoreSpec>(object, core, kCrossbarFields);
    core.outputSlots = core.neurons; // one target each
    core.synapseWords = core.neurons * core.rowWords();
    core.weightShift = 0;
  } else {
    core.listWords = 0;
    readFields<CoreSpec>(object, core, kCoreFields);
    if (core.listWords == 0)
      core.listWords = std::min(core.synapseWords, 65535u);
  }
  object.finish();
}

static void readBlockCost(const JsonNode &node, BlockCost &cost) {
  JsonObject object = node.object();
  readFields<BlockCost>(object, cost, kBlockCostFields);
  if (const std::optional<int64_t> bits =
          readQuantity(object.required("memory_bits"), "bits").integer(1, int64_t{1} << 40))
    cost.memoryBits = static_cast<uint64_t>(*bits);
  object.finish();
}

static PricedConstant readPrice(const JsonNode &node) {
  PricedConstant price;
  JsonObject object = node.object();
  price.value = object.required("value").number(0.0).value_or(0.0);
  price.unit = "pJ";
  object.required("unit").oneOf({"pJ"});
  price.basis = kBases[object.required("basis").oneOf(kBases).value_or(3)];
  price.node = object.required("node").string().value_or("");
  price.voltage = object.required("voltage").string().value_or("");
  price.source = object.required("source").string().value_or("");
  object.finish();
  return price;
}

static std::vector<std::string> readStrings(const JsonNode &node) {
  std::vector<std::string> out;
  for (const JsonNode &element : node.elements())
    out.push_back(element.string().value_or(""));
  return out;
}

static EnergyTable readEnergyTable(const JsonNode &node) {
  EnergyTable table;
  JsonObject object = node.object();
  table.name = object.required("name").string().value_or("");
  table.summary = object.required("summary").string().value_or("");
  for (const auto &[event, price] : object.required("prices").members())
    table.prices[event] = readPrice(price);
  table.unpriced = readStrings(object.required("unpriced"));
  JsonObject uncertainty = object.required("uncertainty").object();
  table.relativeUncertainty = uncertainty.required("value").number(0.0, 1.0).value_or(0.0);
  uncertainty.required("basis").oneOf(kBases);
  table.uncertaintyReason = uncertainty.required("reason").string().value_or("");
  uncertainty.finish();
  object.finish();
  return table;
}

static void readEnergy(const JsonNode &node, std::vector<EnergyTable> &tables) {
  for (const JsonNode &element : node.elements()) {
    tables.push_back(readEnergyTable(element));
    const std::string &name = tables.back().name;
    for (size_t i = 0; i + 1 < tables.size(); ++i)
      if (tables[i].name == name)
        element.error(DiagCode::TargetInconsistent, "two energy tables are named '" + name + "'");
  }
}

// Rules that join two fields; each names both numbers.
static void checkTogether(const Target &target, const JsonNode &root) {
  const CoreSpec &core = target.core;
  auto fail = [&](const llvm::Twine &message, const llvm::Twine &help) {
    root.error(DiagCode::TargetInconsistent, message, help);
  };
  if (core.isCrossbar()) {
    if (core.thresholdBits > core.membraneBits)
      fail(llvm::formatv("thresholds of {0} bits, membranes of {1}: some would never be reached",
                         core.thresholdBits, core.membraneBits),
           "lower threshold_bits or raise membrane_bits");
    if (target.blockCost)
      fail("synapse_memory is for cuba cores", "remove it");
    constexpr uint32_t kSynapseAddresses = 65536; // 16 address bits of a configuration word
    if (core.synapseWords > kSynapseAddresses)
      fail(llvm::formatv("{0} neurons of {1} axons are {2} words of 64 synapses, more than {3}",
                         core.neurons, core.inputAxons, core.synapseWords, kSynapseAddresses),
           "lower neurons or input_axons");
    return;
  }
  if (core.neurons % core.lanes() != 0)
    fail(llvm::formatv("{0} neurons are not a multiple of {1} lanes", core.neurons, core.lanes()),
         llvm::formatv("lanes = 64 / weight_bits; weight_bits {0} or more would do",
                       64 / core.neurons));
  if (core.listWords < std::min(core.rows(), core.synapseWords))
    fail(llvm::formatv("lists of {0} words do not reach the {1} rows of a core", core.listWords,
                       core.rows()),
         llvm::formatv("raise list_words to {0}", core.rows()));
  constexpr uint64_t kAccAddresses = 65536; // 16 address bits of a configuration word
  if (uint64_t{core.delaySlots} * core.neurons > kAccAddresses)
    fail(llvm::formatv("{0} delay slots of {1} neurons are {2} accumulators, more than {3}",
                       core.delaySlots, core.neurons, uint64_t{core.delaySlots} * core.neurons,
                       kAccAddresses),
         "lower delay_slots or neurons");
}

llvm::Expected<Target> parseTarget(llvm::StringRef json, llvm::StringRef file) {
  auto parsed = JsonDocument::parse(json, file);
  if (!parsed)
    return parsed.takeError();
  JsonDocument &doc = **parsed;
  Target target;
  target.path = file.str();
  JsonObject root = doc.root().object();
  root.required("schema").oneOf({kSchema});
  target.name = root.required("name").string().value_or("");
  target.summary = root.required("summary").string().value_or("");
  readMesh(root.required("mesh"), target.mesh);
  readCore(root.required("core"), target.core);
  if (const std::optional<JsonNode> memory = root.optional("synapse_memory"))
    readBlockCost(*memory, target.blockCost.emplace());
  target.clockMHz =
      readQuantity(root.required("clock"), "MHz", &target.clockBasis).number(1e-3, 1e5).value_or(1);
  readEnergy(root.required("energy"), target.energy);
  target.extensions = readStrings(root.required("extensions"));
  root.finish();
  if (!doc.failed())
    checkTogether(target, doc.root());
  if (doc.failed())
    return doc.takeErrors();
  target.json = doc.root().raw().dump();
  target.fingerprint = support::sha256(support::bytesOf(llvm::StringRef(target.json)));
  return target;
}

// ---- by name

static std::vector<std::string> targetFolders() {
  std::vector<std::string> folders;
  if (const char *folder = std::getenv("SNNC_TARGETS"); folder != nullptr && *folder != '\0')
    folders.push_back(folder);
  folders.push_back(SNNC_TARGETS_DIR);
  return folders;
}

static std::string join(const std::string &folder, llvm::StringRef file) {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

std::vector<std::string> targetNames() {
  std::vector<std::string> names;
  for (const std::string &folder : targetFolders()) {
    std::error_code error;
    for (llvm::sys::fs::directory_iterator it(folder, error), end; it != end && !error;
         it.increment(error))
      if (llvm::sys::path::extension(it->path()) == ".json")
        names.push_back(llvm::sys::path::stem(it->path()).str());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

static llvm::Expected<Target> loadFile(llvm::StringRef path) {
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  return parseTarget((*buffer)->getBuffer(), path);
}

llvm::Expected<Target> loadTarget(llvm::StringRef nameOrPath) {
  if (nameOrPath.find('/') != llvm::StringRef::npos || support::endsWith(nameOrPath, ".json"))
    return loadFile(nameOrPath);
  for (const std::string &folder : targetFolders()) {
    const std::string path = join(folder, (nameOrPath + ".json").str());
    if (!nameOrPath.empty() && llvm::sys::fs::exists(path))
      return loadFile(path);
  }
  const std::vector<std::string> known = targetNames();
  const std::string near = support::nearest(nameOrPath, known);
  return Diag(DiagCode::UnknownTarget, {}, "unknown target '" + nameOrPath + "'")
      .help((near.empty() ? "" : "did you mean '" + near + "'? ") + "targets are " +
            support::joinNames(known) + "; a path of a .json file works too")
      .take();
}

} // namespace snnc::target
