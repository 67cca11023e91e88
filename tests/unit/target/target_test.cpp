#include "common/target/target.h"

#include "common/support/file_io.h"
#include "common/support/hash.h"
#include "common/target/target_fields.h"
#include "expect_diag.h"
#include "scratch.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <set>

using namespace snnc;
using namespace snnc::target;
using nlohmann::json;
using support::DiagCode;
using support::Diagnostic;

static Target load(llvm::StringRef name) {
  auto target = loadTarget(name);
  if (target)
    return std::move(*target);
  ADD_FAILURE() << llvm::toString(target.takeError());
  return {};
}

static json tinyJson() {
  return json::parse(load("tiny").json);
}

static std::vector<Diagnostic> problems(const json &value) {
  return diagnosticsOf(parseTarget(value.dump(2), "t.json").takeError());
}
static Diagnostic problem(const json &value) {
  const std::vector<Diagnostic> all = problems(value);
  EXPECT_EQ(all.size(), 1u) << value.dump();
  return all.empty() ? Diagnostic{DiagCode::FileUnreadable, {}, "", {}, ""} : all.front();
}

TEST(Target, LoihiLikeIsWhatTheFactsSay) {
  const Target target = load("loihi-like");
  EXPECT_EQ(target.mesh.width * target.mesh.height, 128u);
  EXPECT_EQ(target.mesh.fifoDepth, 4u);
  EXPECT_EQ(target.core.neurons, 1024u);
  EXPECT_EQ(target.core.inputAxons, 4096u);
  EXPECT_EQ(target.core.outputSlots, 4096u);
  EXPECT_EQ(target.core.synapseWords * 64, 1048576u);
  EXPECT_EQ(target.core.lanes(), 8u);
  ASSERT_TRUE(target.blockCost.has_value());
  EXPECT_EQ(target.blockCost->memoryBits, 1048576u);
  ASSERT_EQ(target.energy.size(), 2u);
  EXPECT_EQ(target.energy[0].name, "davies2018");
  EXPECT_EQ(target.energy[0].prices.at("synaptic_operation").value, 23.6);
  EXPECT_EQ(target.energy[0].prices.at("hop_north_south").value, 4.0);
  EXPECT_EQ(target.energy[0].prices.at("neuron_update_inactive").basis, "pre-silicon");
  EXPECT_EQ(target.energy[1].name, "sanafe");
  EXPECT_EQ(target.energy[1].prices.at("message_sent").value, 111.0);
  EXPECT_FALSE(target.energy[0].unpriced.empty());
  EXPECT_EQ(target.clockBasis, "assumed");
  EXPECT_FALSE(target.extensions.empty());
}

TEST(Target, TinyAndWide) {
  const Target tiny = load("tiny");
  EXPECT_EQ(tiny.core.neurons, 4u);
  EXPECT_EQ(tiny.core.lanes(), 4u);
  EXPECT_FALSE(tiny.blockCost.has_value());
  const Target wide = load("wide"), loihi = load("loihi-like");
  EXPECT_EQ(wide.core.weightBits, 16u);
  EXPECT_EQ(wide.core.synapseWords, 2 * loihi.core.synapseWords);
  EXPECT_EQ(wide.core.neurons, loihi.core.neurons);
}

// Worked values of the chip's rule: a 784-128 layer fits one core, a 784-256 layer does not.
TEST(BlockCost, WorkedValues) {
  const BlockCost cost = *load("loihi-like").blockCost;
  EXPECT_EQ(cost.axonBits(64, 8, true), 576u);
  EXPECT_EQ(784 * cost.axonBits(128, 8, true), 903168u);
  EXPECT_EQ(784 * cost.axonBits(256, 8, true), 1806336u);
  EXPECT_EQ(cost.axonBits(0, 8, true), 0u);
  EXPECT_EQ(cost.axonBits(1, 8, true), 64u);
  EXPECT_EQ(cost.axonBits(65, 8, true), 576u + 64u);
  EXPECT_EQ(cost.axonBits(64, 8, false), 64u * 19); // 64 * 18 + 10 bits
}

TEST(Target, CanonicalTextGivesTheSameTarget) {
  for (const std::string &name : targetNames()) {
    const Target target = load(name);
    auto again = parseTarget(target.json, "image");
    ASSERT_TRUE(static_cast<bool>(again)) << name;
    EXPECT_EQ(again->json, target.json) << name;
    EXPECT_EQ(again->fingerprint, target.fingerprint) << name;
    EXPECT_EQ(again->fingerprint, support::sha256(support::bytesOf(llvm::StringRef(target.json))));
    EXPECT_EQ(target.name, name) << "a target's name is its file's";
  }
}

TEST(Target, UnknownNameListsTheKnownOnes) {
  const Diagnostic diagnostic = firstDiagnostic(loadTarget("loihi-lik").takeError());
  EXPECT_EQ(diagnostic.code, DiagCode::UnknownTarget);
  EXPECT_EQ(diagnostic.message, "unknown target 'loihi-lik'");
  EXPECT_CONTAINS(diagnostic.help, "did you mean 'loihi-like'?");
  EXPECT_CONTAINS(diagnostic.help, "tiny, truenorth-like, wide");
  EXPECT_EQ(firstDiagnostic(loadTarget("").takeError()).code, DiagCode::UnknownTarget);
  EXPECT_EQ(firstDiagnostic(loadTarget("no/such.json").takeError()).code, DiagCode::FileUnreadable);
}

TEST(Target, TheEnvironmentsFolderComesFirst) {
  ScratchFolder scratch;
  json mine = tinyJson();
  mine["summary"] = "mine";
  ASSERT_FALSE(support::writeFile(scratch / "tiny.json", llvm::StringRef(mine.dump())));
  mine["name"] = "extra";
  ASSERT_FALSE(support::writeFile(scratch / "extra.json", llvm::StringRef(mine.dump())));
  setenv("SNNC_TARGETS", (scratch / "").c_str(), 1);
  EXPECT_EQ(load("tiny").summary, "mine");
  EXPECT_EQ(load("wide").name, "wide");
  EXPECT_EQ(targetNames(), (std::vector<std::string>{"extra", "ice40-up5k", "loihi-like", "tiny",
                                                     "truenorth-like", "wide"}));
  unsetenv("SNNC_TARGETS");
  EXPECT_NE(load("tiny").summary, "mine");
}

TEST(Target, AllErrorsAtOnceWithTheirLines) {
  json bad = tinyJson();
  bad["mesh"]["width"]["value"] = 65;
  bad["mesh"].erase("height");
  bad["core"]["neuron"] = bad["core"]["neurons"];
  bad["core"]["weight_bits"]["value"] = "8";
  bad["clock"]["unit"] = "GHz";
  const std::vector<Diagnostic> all = problems(bad);
  std::multiset<DiagCode> codes;
  for (const Diagnostic &diagnostic : all) {
    codes.insert(diagnostic.code);
    EXPECT_GT(diagnostic.loc.line, 1u) << diagnostic.message;
  }
  EXPECT_EQ(codes, (std::multiset<DiagCode>{DiagCode::JsonType, DiagCode::JsonUnknownKey,
                                            DiagCode::JsonMissingKey, DiagCode::JsonRange,
                                            DiagCode::JsonRange}));
  for (const Diagnostic &diagnostic : all)
    if (diagnostic.code == DiagCode::JsonUnknownKey) {
      EXPECT_EQ(diagnostic.help, "did you mean 'neurons'?");
      EXPECT_EQ(diagnostic.loc.path, "/core/neuron");
    }
}

TEST(Target, EveryNumberIsChecked) {
  std::string target = "loihi-like";
  auto check = [&](const char *section, const auto &field) {
    for (const int64_t value : {field.lo - 1, field.hi + 1}) {
      json bad = json::parse(load(target).json);
      bad[section][field.key] = {{"value", value}, {"unit", field.unit}, {"from", "chosen"}};
      const Diagnostic diagnostic = problem(bad);
      EXPECT_EQ(diagnostic.code, DiagCode::JsonRange);
      EXPECT_EQ(diagnostic.loc.path, std::string("/") + section + "/" + field.key + "/value");
    }
  };
  for (const auto &field : kMeshFields)
    check("mesh", field);
  for (const auto &field : kCoreFields)
    check("core", field);
  for (const auto &field : kBlockCostFields)
    check("synapse_memory", field);
  target = "truenorth-like";
  for (const auto &field : kCrossbarFields)
    check("core", field);
}

static constexpr size_t kCrossbarOwnKeys = 3; // axon_types, leak_bits, threshold_bits

TEST(Target, CrossbarCoresHaveFieldsOfTheirOwn) {
  const Target target = load("truenorth-like");
  EXPECT_TRUE(target.core.isCrossbar());
  EXPECT_EQ(target.core.neurons, 256u);
  EXPECT_EQ(target.core.rowWords(), 4u);
  EXPECT_EQ(target.core.outputSlots, 256u);
  EXPECT_EQ(target.core.synapseWords, 1024u);
  EXPECT_EQ(target.core.largestDelay(), 14u);
  ASSERT_EQ(target.energy.size(), 2u);
  EXPECT_EQ(target.energy[0].prices.size(), 1u) << "nothing may be added to the all-in figure";

  json bad = json::parse(target.json);
  bad["core"]["exponent_max"] = {{"value", 7}, {"unit", "bits"}, {"from", "chosen"}};
  EXPECT_EQ(problem(bad).code, DiagCode::JsonUnknownKey);
  bad = json::parse(target.json);
  bad["core"]["threshold_bits"]["value"] = 21;
  EXPECT_CONTAINS(problem(bad).message, "thresholds of 21 bits, membranes of 20");
  bad = json::parse(target.json);
  bad["core"]["neurons"]["value"] = 4096;
  bad["core"]["input_axons"]["value"] = 1024;
  EXPECT_TRUE(problems(bad).empty());
  bad["core"]["neurons"]["value"] = 8192;
  EXPECT_EQ(problem(bad).code, DiagCode::JsonRange);
  bad = json::parse(target.json);
  bad["synapse_memory"] = json::parse(load("loihi-like").json)["synapse_memory"];
  EXPECT_CONTAINS(problem(bad).message, "synapse_memory is for cuba cores");
  // And the other way round.
  bad = tinyJson();
  bad["core"]["axon_types"] = {{"value", 4}, {"unit", "types"}, {"from", "chosen"}};
  EXPECT_EQ(problem(bad).code, DiagCode::JsonUnknownKey);
  bad = tinyJson();
  bad["core"]["kind"] = "crossbar";
  EXPECT_GT(problems(bad).size(), kCrossbarOwnKeys);
}

TEST(Target, QuantitiesHaveValueUnitAndSource) {
  json bad = tinyJson();
  bad["core"]["neurons"].erase("from");
  EXPECT_EQ(problem(bad).code, DiagCode::JsonMissingKey);
  bad = tinyJson();
  bad["core"]["neurons"] = 4;
  EXPECT_EQ(problem(bad).code, DiagCode::JsonType);
  bad = tinyJson();
  bad["core"]["neurons"]["from"] = "a friend";
  EXPECT_CONTAINS(problem(bad).message, "provenance");
  bad = tinyJson();
  bad["energy"][0]["prices"]["spike"]["unit"] = "nJ";
  EXPECT_EQ(problem(bad).code, DiagCode::JsonRange);
  bad = tinyJson();
  bad["energy"][0]["prices"]["spike"]["value"] = -1;
  EXPECT_EQ(problem(bad).code, DiagCode::JsonRange);
  bad = tinyJson();
  bad["core"]["neurons"]["value"] = 6;
  EXPECT_CONTAINS(problem(bad).message, "6 is not a power of two");
}

TEST(Target, FieldsThatContradictEachOther) {
  json bad = tinyJson();
  bad["core"]["weight_bits"]["value"] = 8;
  Diagnostic diagnostic = problem(bad);
  EXPECT_EQ(diagnostic.code, DiagCode::TargetInconsistent);
  EXPECT_EQ(diagnostic.message, "4 neurons are not a multiple of 8 lanes");
  EXPECT_CONTAINS(diagnostic.help, "weight_bits 16");
  bad = json::parse(load("loihi-like").json);
  bad["core"]["neurons"]["value"] = 4096;
  bad["core"]["delay_slots"]["value"] = 64;
  EXPECT_EQ(problem(bad).code, DiagCode::TargetInconsistent);
  bad = tinyJson();
  bad["energy"].push_back(bad["energy"][0]);
  EXPECT_EQ(problem(bad).code, DiagCode::TargetInconsistent);
}

static bool hasLine(const std::string &text, const std::string &line) {
  return contains(text, "  " + line + ";");
}

TEST(SvPackage, NamesAndDerivedWidths) {
  const std::string text = emitSvPackage(load("loihi-like"), 2, 1);
  for (const char *line :
       {"localparam int unsigned MeshWidth = 2",      "localparam int unsigned MeshHeight = 1",
        "localparam int unsigned FifoDepth = 4",      "localparam int unsigned Neurons = 1024",
        "localparam int unsigned Lanes = 8",          "localparam int unsigned NeuronBits = 10",
        "localparam int unsigned AxonBits = 12",      "localparam int unsigned SlotBits = 12",
        "localparam int unsigned SynAddrBits = 14",   "localparam int unsigned RowBits = 7",
        "localparam int unsigned DelayBits = 3",      "localparam int unsigned XBits = 1",
        "localparam int unsigned YBits = 1",          "localparam int unsigned GroupBits = 4",
        "localparam int unsigned BiasMantBits = 13",  "localparam int unsigned BiasExpBits = 3",
        "localparam int unsigned RefractoryBits = 6", "localparam int unsigned DecayBits = 12",
        "localparam int unsigned DuOffset = 1",       "localparam int unsigned AccBits = 22",
        "localparam int unsigned CurrentBits = 24",   "localparam int unsigned MembraneBits = 24",
        "localparam int unsigned WeightShift = 6",    "localparam int unsigned ExponentMax = 7",
        "localparam int unsigned Pairs = 3"})
    EXPECT_TRUE(hasLine(text, line)) << line;
  // No width is 0, even where one bit would not be needed.
  const std::string tiny = emitSvPackage(load("tiny"), 1, 1);
  EXPECT_FALSE(contains(tiny, "Bits = 0;"));
  EXPECT_TRUE(hasLine(tiny, "localparam int unsigned RowBits = 1"));
}

TEST(SvPackage, CrossbarCores) {
  const std::string text = emitSvPackage(load("truenorth-like"), 4, 3);
  for (const char *line :
       {"localparam int unsigned CoreKind = 1", "localparam int unsigned Neurons = 256",
        "localparam int unsigned InputAxons = 256", "localparam int unsigned OutputSlots = 256",
        "localparam int unsigned AxonTypes = 4", "localparam int unsigned TypeBits = 2",
        "localparam int unsigned RowWords = 4", "localparam int unsigned SynapseWords = 1024",
        "localparam int unsigned WeightBits = 9", "localparam int unsigned LeakBits = 9",
        "localparam int unsigned ThresholdBits = 18", "localparam int unsigned MembraneBits = 20",
        "localparam int unsigned Lanes = 8", "localparam int unsigned DelaySlots = 16"})
    EXPECT_TRUE(hasLine(text, line)) << line;
  // Every module of the other kind elaborates with it: the same names, none of them 0 bits wide.
  const std::string cuba = emitSvPackage(load("loihi-like"), 4, 3);
  EXPECT_TRUE(hasLine(cuba, "localparam int unsigned CoreKind = 0"));
  const auto parameters = [](llvm::StringRef package) { return package.count("localparam"); };
  EXPECT_EQ(parameters(text), parameters(cuba));
  for (const std::string &package : {text, cuba})
    EXPECT_FALSE(contains(package, "Bits = 0;"));
}

// Every key of the tables has a row in the README with its unit and range.
TEST(TargetsReadme, ListsEveryField) {
  auto buffer = support::readFile(SNNC_SOURCE_DIR "/targets/README.md");
  ASSERT_TRUE(static_cast<bool>(buffer));
  const std::string readme = (*buffer)->getBuffer().str();
  auto check = [&](const auto &field) {
    const std::string range = field.lo == field.hi
                                  ? std::to_string(field.lo)
                                  : std::to_string(field.lo) + " .. " + std::to_string(field.hi);
    const std::string row = std::string("| `") + field.key + "` | " + field.unit + " | " + range +
                            (field.powerOfTwo ? ", power of 2 |" : " |");
    EXPECT_CONTAINS(readme, row);
  };
  for (const auto &field : kMeshFields)
    check(field);
  for (const auto &field : kCoreFields)
    check(field);
  for (const auto &field : kCrossbarFields)
    check(field);
  for (const auto &field : kBlockCostFields)
    check(field);
}

// The schema for editors has the loader's keys, units and ranges, section by section.
template <class Fields>
static void checkSchema(const json &section, const Fields &fields, size_t others) {
  const json &properties = section["properties"];
  EXPECT_EQ(properties.size(), std::size(fields) + others);
  const auto optional = std::count_if(std::begin(fields), std::end(fields),
                                      [](const auto &field) { return field.optional; });
  EXPECT_EQ(section["required"].size() + static_cast<size_t>(optional), properties.size());
  for (const auto &field : fields) {
    ASSERT_TRUE(properties.contains(field.key)) << field.key;
    const json &value = properties[field.key]["properties"]["value"];
    EXPECT_EQ(properties[field.key]["properties"]["unit"]["const"], field.unit) << field.key;
    if (field.powerOfTwo) {
      EXPECT_EQ(value["enum"].front(), field.lo) << field.key;
      EXPECT_EQ(value["enum"].back(), field.hi) << field.key;
    } else {
      EXPECT_EQ(value["minimum"], field.lo) << field.key;
      EXPECT_EQ(value["maximum"], field.hi) << field.key;
    }
  }
}

TEST(TargetSchema, HasTheLoadersKeys) {
  auto buffer = support::readFile(SNNC_SOURCE_DIR "/targets/schema/target.schema.json");
  ASSERT_TRUE(static_cast<bool>(buffer));
  const json schema = json::parse((*buffer)->getBuffer().str());
  checkSchema(schema["properties"]["mesh"], kMeshFields, 1);                // routing
  checkSchema(schema["$defs"]["cuba_core"], kCoreFields, 1);                // kind
  checkSchema(schema["$defs"]["crossbar_core"], kCrossbarFields, 1);        // kind
  checkSchema(schema["properties"]["synapse_memory"], kBlockCostFields, 1); // memory_bits
}
