// Models with a mistake: code, pointer, line, both numbers and a way out.
#include "common/support/npy.h"
#include "tests/unit/frontends/json_read.h"

#include <cmath>

namespace snnc {
namespace {

using support::DiagCode;
using support::NpyArray;

struct Bad {
  const char *layers; // behind the input "in" of 2, the first one on line 3
  const char *rest;   // further keys of the model
  DiagCode code;
  const char *path, *message;
};

class JsonBad : public testing::TestWithParam<Bad> {};

TEST_P(JsonBad, SaysWhereAndWhat) {
  const Bad &bad = GetParam();
  const auto errors = modelErrors(modelOf(bad.layers, bad.rest));
  ASSERT_EQ(errors.size(), 1u) << errors.at(1).message;
  EXPECT_EQ(errors[0].code, bad.code) << errors[0].message;
  EXPECT_EQ(errors[0].loc.path, bad.path);
  EXPECT_NE(errors[0].loc.line, 0u);
  EXPECT_CONTAINS(errors[0].message, bad.message);
}

constexpr const char *kOne = R"({"name": "n", "model": "if", "size": 1})";

INSTANTIATE_TEST_SUITE_P(
    Structure, JsonBad,
    testing::Values(
        Bad{kOne, R"("layer": 1)", DiagCode::JsonUnknownKey, "/layer", "unknown key 'layer'"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "wights": 1})", "", DiagCode::JsonUnknownKey,
            "/layers/1/wights", "unknown key 'wights'"},
        Bad{R"({"name": 3, "model": "if", "size": 1})", "", DiagCode::JsonType, "/layers/1/name",
            "expected a string, found 3"},
        Bad{R"({"name": "n", "model": "lstm", "size": 1})", "", DiagCode::JsonRange,
            "/layers/1/model", "'lstm' is not one of input, if, lif, cubalif"},
        Bad{R"({"name": "n", "model": "if"})", "", DiagCode::JsonMissingKey, "/layers/1",
            "'size' is missing"},
        Bad{R"({"name": "n", "model": "if", "size": 0})", "", DiagCode::JsonRange, "/layers/1/size",
            "0 is not in 1 .."},
        Bad{R"({"name": "n", "model": "if", "shape": [70000, 70000]})", "", DiagCode::JsonRange,
            "/layers/1/shape", "a layer has 1 .. 67108864 neurons"},
        Bad{R"({"name": "n", "model": "if", "shape": [1], "size": 1})", "", DiagCode::ParamConflict,
            "/layers/1/size", "say the same thing twice"},
        Bad{R"({"name": "in", "model": "if", "size": 1})", "", DiagCode::DuplicateName, "/layers/1",
            "there are two layers 'in'"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "bias": 1})", "", DiagCode::ParamConflict,
            "/layers/1/bias", "a bias comes with 'weights'"},
        Bad{R"({"name": "x", "model": "input", "size": 1, "weights": [[1, 2]]}, {"name": "n", "model": "if", "size": 1})",
            "", DiagCode::ParamConflict, "/layers/1/weights", "fed by the data alone"},
        Bad{kOne, R"("outputs": ["m"])", DiagCode::UnknownName, "/outputs/0", "no layer 'm'"},
        Bad{kOne, R"("outputs": ["n", "n"])", DiagCode::DuplicateName, "/outputs/1",
            "'n' is an output twice"},
        Bad{kOne, R"("run": {"steps": 1048577})", DiagCode::JsonRange, "/run/steps",
            "1048577 is not in 1 .. 1048576"},
        Bad{R"({"name": "a/b", "model": "if", "size": 1})", "", DiagCode::NetInvalid, "/layers/1",
            "the name 'a/b' has"},
        Bad{kOne, R"("outputs": ["in"])", DiagCode::ParamConflict, "/outputs/0",
            "an input cannot be an output"},
        Bad{kOne, R"("projections": [{"from": "n", "to": "in", "weights": [[1], [1]]}])",
            DiagCode::ParamConflict, "/projections/0/to", "nothing can feed it"},
        Bad{kOne, R"("projections": [{"from": "n", "to": "q", "weights": [[1]]}])",
            DiagCode::UnknownName, "/projections/0/to", "there is no layer 'q'"},
        Bad{kOne,
            R"("projections": [{"from": "in", "to": "n", "weights": [[1, 2]]}, {"from": "in", "to": "n", "weights": [[1, 2]]}])",
            DiagCode::DuplicateName, "/projections/1/weights", "two projections 'in_to_n'"},
        Bad{kOne, R"("profile": {"dt": 0})", DiagCode::ParamRange, "/profile/dt",
            "'dt' is 0 but must be above 0"},
        Bad{kOne, R"("profile": {"dt": "3 mV"})", DiagCode::BadUnit, "/profile/dt",
            "'dt' is not a time"},
        Bad{kOne, R"("profile": {"reset": "hard"})", DiagCode::JsonRange, "/profile/reset",
            "'hard' is not one of zero, subtract"},
        Bad{kOne, R"("run": {"steps": 2.5})", DiagCode::JsonType, "/run/steps",
            "expected a whole number, found 2.5"},
        Bad{kOne, R"("run": {"encode": "Rate"})", DiagCode::JsonRange, "/run/encode",
            "'Rate' is not one of"},
        Bad{kOne, R"("run": {"input_range": [1, 0]})", DiagCode::JsonRange, "/run/input_range",
            "must be [lowest, highest]"}));

INSTANTIATE_TEST_SUITE_P(
    Params, JsonBad,
    testing::Values(
        Bad{R"({"name": "n", "model": "lif", "size": 1})", "", DiagCode::JsonMissingKey,
            "/layers/1", "'params' is missing"},
        Bad{R"({"name": "n", "model": "lif", "size": 1, "params": {"threshold": 1}})", "",
            DiagCode::JsonMissingKey, "/layers/1/params", "'beta' is missing"},
        Bad{R"({"name": "n", "model": "lif", "size": 1, "params": {"beta": 1.5}})", "",
            DiagCode::ParamRange, "/layers/1/params/beta", "'beta' is 1.5 but must be in 0 .. 1"},
        Bad{R"({"name": "n", "model": "lif", "size": 2, "params": {"beta": [0.5, -1]}})", "",
            DiagCode::ParamRange, "/layers/1/params/beta", "'beta[1]' is -1 but must be in 0 .. 1"},
        Bad{R"({"name": "n", "model": "lif", "size": 3, "params": {"beta": [0.5, 1]}})", "",
            DiagCode::ParamShape, "/layers/1/params/beta",
            "'beta' has 2 values but the layer has 3 neurons"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "params": {"beta": 1}})", "",
            DiagCode::JsonUnknownKey, "/layers/1/params/beta", "unknown key 'beta'"},
        Bad{R"({"name": "n", "model": "lif", "size": 1, "params": {"beta": 1, "tau": 1}})", "",
            DiagCode::ParamConflict, "/layers/1/params", "'beta' and 'tau' are of two families"},
        Bad{R"({"name": "n", "model": "lif", "size": 1, "params": {"tau": "1 mV"}})", "",
            DiagCode::BadUnit, "/layers/1/params/tau", "\"1 mV\", which is not a quantity"},
        Bad{R"({"name": "n", "model": "lif", "size": 1, "params": {"tau": 1e-5}})", "",
            DiagCode::DtTooLarge, "/layers/1/params/tau", "dt/tau is 10.000 for 'n'"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "params": {"C_m": "1 pF"}})", "",
            DiagCode::ParamConflict, "/layers/1/params", "unsupported: physical parameters"},
        Bad{R"({"name": "x", "model": "input", "size": 1, "params": {}}, {"name": "n", "model": "if", "size": 1})",
            "", DiagCode::ParamConflict, "/layers/1/params", "an input has no parameters"}));

INSTANTIATE_TEST_SUITE_P(
    Weights, JsonBad,
    testing::Values(
        Bad{R"({"name": "n", "model": "if", "size": 2, "weights": [[1, 2]]})", "",
            DiagCode::WeightShape, "/layers/1/weights",
            "weights have 1 rows but layer 'n' has 2 neurons"},
        Bad{R"({"name": "n", "model": "if", "weights": [[1, 2], [3]]})", "", DiagCode::WeightShape,
            "/layers/1/weights", "weights have 1 columns in row 1 but layer 'in' has 2 neurons"},
        Bad{R"({"name": "n", "model": "if", "weights": [[1, "x"]]})", "", DiagCode::JsonType,
            "/layers/1/weights/0/1", "expected a number, found \"x\""},
        Bad{R"({"name": "n", "model": "if", "weights": [[1, 1e39]]})", "", DiagCode::NotFinite,
            "/layers/1/weights", "weight [0, 1] is 1e+39 but must be a finite float32"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "weights": 3})", "", DiagCode::JsonType,
            "/layers/1/weights", "weights are [[...], ...]"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "weights": {}})", "",
            DiagCode::JsonMissingKey, "/layers/1/weights", "weights are [[...], ...]"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "weights": {"entries": [[0, 2, 1]]}})", "",
            DiagCode::JsonRange, "/layers/1/weights/entries/0/1", "2 is not in 0 .. 1"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "weights": {"entries": [[0, 1]]}})", "",
            DiagCode::JsonRange, "/layers/1/weights/entries/0", "an entry has 2 values"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "weights": {"entries": [[0, 1, 1], [0, 1, 2]]}})",
            "", DiagCode::WeightShape, "/layers/1/weights", "weight [0, 1] is given twice"},
        Bad{R"({"name": "n", "model": "if", "size": 1, "weights": {"identity": 1}})", "",
            DiagCode::WeightShape, "/layers/1/weights", "has 1 neurons"},
        Bad{R"({"name": "n", "model": "if", "weights": [[1, 2]], "bias": [1, 2]})", "",
            DiagCode::ParamShape, "/layers/1/bias", "'bias' has 2 values but the layer has 1"}));

TEST(JsonBadFile, Syntax) {
  const auto errors = modelErrors("{ \"schema\": \"snnc-model/1\",\n \"layers\": [ NaN ] }");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, DiagCode::JsonSyntax);
  EXPECT_EQ(errors[0].loc.line, 2u);
}

TEST(JsonBadFile, Schema) {
  const auto errors = modelErrors(R"({"schema": "snnc-model/2", "layers": []})");
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0].loc.path, "/schema");
  EXPECT_EQ(errors[1].loc.path, "/layers");
}

TEST(JsonBadFile, NotThere) {
  support::Warnings warnings;
  const auto diag =
      firstDiagnostic(compiler::readJson("/nonexistent/m.json", {}, warnings).takeError());
  EXPECT_EQ(diag.code, DiagCode::FileUnreadable);
}

// Every mistake at once: one run of the tool is enough to see them all.
TEST(JsonBadFile, AllErrorsTogether) {
  const auto errors = modelErrors(modelOf(
      R"({"name": "a", "model": "lif", "params": {"beta": 2}, "weights": [[1]]},
         {"name": "b", "model": "lif", "parms": {"beta": 1}, "size": 1},
         {"name": "c", "model": "lif", "params": {"beta": "x"}, "weights": [[1]]})",
      R"("run": {"steps": 0})"));
  std::vector<std::string> places;
  for (const support::Diagnostic &diag : errors)
    places.push_back(diag.loc.path);
  EXPECT_EQ(places,
            (std::vector<std::string>{"/run/steps", "/layers/1/params/beta", "/layers/1/weights",
                                      "/layers/2/parms", "/layers/2", "/layers/3/params/beta"}));
}

TEST(JsonBadFile, FirstLayerHasNothingBeforeIt) {
  const auto errors = modelErrors(
      R"({"schema": "snnc-model/1", "layers": [{"name": "n", "model": "if", "weights": [[1]]}]})");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, DiagCode::ParamConflict);
  EXPECT_CONTAINS(errors[0].message, "no layer before it");
}

TEST(JsonBadFile, NoInput) {
  const auto errors = modelErrors(
      R"({"schema": "snnc-model/1", "layers": [{"name": "n", "model": "if", "size": 1}]})");
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].code, DiagCode::UnsupportedGraph);
  EXPECT_CONTAINS(errors[0].message, "0 inputs and 1 outputs");
}

TEST(JsonBadFile, CycleWithoutDelay) {
  const auto errors =
      modelErrors(modelOf(R"({"name": "n", "model": "if", "size": 1})",
                          R"("projections": [{"from": "n", "to": "n", "weights": [[1]]}])"));
  ASSERT_FALSE(errors.empty());
  EXPECT_EQ(errors[0].code, DiagCode::NetInvalid);
  EXPECT_EQ(errors[0].loc.path, "/layers/1");
  EXPECT_CONTAINS(errors[0].message, "cycle of delay 0");
}

// A wrong shape names both layers and where each stands.
TEST(JsonBadFile, ShapeMismatchPointsAtTheLayer) {
  const auto errors = modelErrors(
      modelOf(R"({"name": "n", "model": "if", "size": 3, "weights": [[1, 2, 3], [4, 5, 6]]})"));
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].loc.line, 3u);
  ASSERT_EQ(errors[0].notes.size(), 1u);
  EXPECT_EQ(errors[0].notes[0].text, "'n' is declared here");
  EXPECT_CONTAINS(errors[0].help, "was the matrix transposed?");
}

class JsonBadArray : public testing::Test {
protected:
  static void write(const char *name, const NpyArray &array) {
    llvm::Error error = support::writeNpy(array, testing::TempDir() + name);
    ASSERT_FALSE(static_cast<bool>(error));
  }
  static support::Diagnostic errorOf(const char *weights) {
    const auto errors = modelErrors(modelOf(
        llvm::formatv(R"({{"name": "n", "model": "if", "size": 1, "weights": {0} )", weights)
            .str() +
        "}"));
    EXPECT_EQ(errors.size(), 1u);
    return errors.empty() ? support::Diagnostic{DiagCode::JsonSyntax, {}, "", {}, ""} : errors[0];
  }
};

TEST_F(JsonBadArray, MissingFileNamesThePlaceInTheModel) {
  const auto diag = errorOf(R"({"npy": "not_there.npy"})");
  EXPECT_EQ(diag.code, DiagCode::FileUnreadable);
  ASSERT_EQ(diag.notes.size(), 1u);
  EXPECT_EQ(diag.notes[0].loc.path, "/layers/1/weights/npy");
}

TEST_F(JsonBadArray, WeightsThatAreNotFinite) {
  write("nan.npy", NpyArray::of<float>({1, 2}, {1, NAN}));
  const auto diag = errorOf(R"({"npy": "nan.npy"})");
  EXPECT_EQ(diag.code, DiagCode::NotFinite);
  EXPECT_CONTAINS(diag.message, "weight [0, 1] is nan");
}

TEST_F(JsonBadArray, WrongShape) {
  write("shape.npy", NpyArray::of<float>({1, 3}, {1, 2, 3}));
  EXPECT_CONTAINS(errorOf(R"({"npy": "shape.npy"})").message,
                  "weights have 3 columns but layer 'in' has 2 neurons");
  write("rank.npy", NpyArray::of<float>({2}, {1, 2}));
  EXPECT_CONTAINS(errorOf(R"({"npy": "rank.npy"})").message, "the array has 1 dimensions");
}

TEST_F(JsonBadArray, CompressedRowsThatAreNotSound) {
  const char *weights = R"({"csr": {"indptr": "p.npy", "indices": "i.npy", "data": "d.npy"}})";
  write("d.npy", NpyArray::of<float>({2}, {1, 2}));
  write("i.npy", NpyArray::of<int32_t>({2}, {0, 5}));
  write("p.npy", NpyArray::of<int32_t>({2}, {0, 2}));
  EXPECT_CONTAINS(errorOf(weights).message,
                  "'indices' element 1, of row 0, is 5 but 'in' has 2 neurons");
  EXPECT_EQ(errorOf(weights).code, DiagCode::WeightShape);
  write("i.npy", NpyArray::of<int64_t>({2}, {0, -1}));
  EXPECT_CONTAINS(errorOf(weights).message, "element 1, of row 0, is -1");
  write("i.npy", NpyArray::of<uint64_t>({2}, {0, UINT64_MAX}));
  EXPECT_CONTAINS(errorOf(weights).message, "element 1, of row 0, is");
  write("i.npy", NpyArray::of<int32_t>({2}, {1, 1}));
  EXPECT_CONTAINS(errorOf(weights).message, "weight [0, 1] is given twice");
  write("p.npy", NpyArray::of<int32_t>({2}, {0, 3}));
  EXPECT_CONTAINS(errorOf(weights).message, "'indptr' ends at 3 but 'data' has 2 elements");
  write("p.npy", NpyArray::of<int32_t>({2}, {1, 2}));
  EXPECT_CONTAINS(errorOf(weights).message, "'indptr' starts at 1, not at 0");
  write("p.npy", NpyArray::of<int32_t>({3}, {0, 1, 2}));
  EXPECT_CONTAINS(errorOf(weights).message, "weights have 2 rows but layer 'n' has 1");
  write("p.npy", NpyArray::of<int32_t>({0}, {}));
  EXPECT_CONTAINS(errorOf(weights).message, "weights have 0 rows but layer 'n' has 1");
  write("p.npy", NpyArray::of<float>({2}, {0, 2}));
  EXPECT_CONTAINS(errorOf(weights).message, "'indptr' is an array of float32");
  write("p.npy", NpyArray::of<int32_t>({1, 2}, {0, 2}));
  EXPECT_CONTAINS(errorOf(weights).message, "'indptr' has 2 dimensions");
  write("p.npy", NpyArray::of<int32_t>({2}, {0, 2}));
  write("i.npy", NpyArray::of<int32_t>({3}, {0, 1, 1}));
  EXPECT_CONTAINS(errorOf(weights).message, "'indices' has 3 elements but 'data' has 2");
  write("i.npy", NpyArray::of<int32_t>({2}, {0, 1}));
  write("d.npy", NpyArray::of<double>({2}, {1, 1e300}));
  EXPECT_CONTAINS(errorOf(weights).message, "weight [0, 1] is 1e+300");
}

} // namespace
} // namespace snnc
