#include "common/support/json_reader.h"

#include "expect_diag.h"

using namespace snnc;
using namespace snnc::support;

static std::unique_ptr<JsonDocument> parsed(llvm::StringRef text) {
  auto doc = JsonDocument::parse(text, "f.json");
  if (!doc) {
    ADD_FAILURE() << llvm::toString(doc.takeError());
    return nullptr;
  }
  return std::move(*doc);
}

static Diagnostic syntaxOf(llvm::StringRef text) {
  const Diagnostic diagnostic = firstDiagnostic(JsonDocument::parse(text, "f.json").takeError());
  EXPECT_EQ(diagnostic.code, DiagCode::JsonSyntax);
  return diagnostic;
}

TEST(JsonReader, ReadsEveryType) {
  auto doc = parsed(R"({"b": true, "s": "x", "i": -3, "d": 0.5, "inf": "inf", "a": [1, 2.5],
                        "e": "two", "o": {}})");
  JsonObject root = doc->root().object();
  EXPECT_EQ(root.required("b").boolean(), true);
  EXPECT_EQ(root.required("s").string(), "x");
  EXPECT_EQ(root.required("i").integer(-5, 5), -3);
  EXPECT_EQ(root.required("d").number(), 0.5);
  EXPECT_EQ(root.required("inf").number(0, std::numeric_limits<double>::infinity()),
            std::numeric_limits<double>::infinity());
  std::vector<double> numbers;
  EXPECT_TRUE(root.required("a").numbers(numbers));
  EXPECT_EQ(numbers, (std::vector<double>{1, 2.5}));
  EXPECT_EQ(root.required("e").oneOf({"one", "two"}), 1u);
  EXPECT_FALSE(root.optional("absent").has_value());
  root.required("o").object().finish();
  root.finish();
  EXPECT_FALSE(doc->takeErrors());
}

TEST(JsonReader, CollectsEveryErrorWithLineAndPointer) {
  auto doc = parsed("{\n"
                    "  \"width\": 99,\n"
                    "  \"heigth\": 2,\n"
                    "  \"list\": [1,\n"
                    "    \"two\", 3],\n"
                    "  \"rows\": [[1],\n"
                    "    [2, {\"a/b\": null}]]\n"
                    "}\n");
  JsonObject root = doc->root().object();
  EXPECT_EQ(root.required("width").integer(1, 64), std::nullopt);
  EXPECT_FALSE(root.required("height").integer(1, 64).has_value());
  std::vector<double> numbers;
  EXPECT_FALSE(root.required("list").numbers(numbers));
  EXPECT_TRUE(numbers.empty());
  root.required("rows").elements()[1].elements()[1].members()[0].second.string();
  root.finish();
  const std::vector<Diagnostic> errors = diagnosticsOf(doc->takeErrors());
  ASSERT_EQ(errors.size(), 5u);
  EXPECT_EQ(errors[0].code, DiagCode::JsonRange);
  EXPECT_EQ(errors[0].message, "99 is not in 1 .. 64");
  EXPECT_EQ(errors[0].loc.line, 2u);
  EXPECT_EQ(errors[0].loc.path, "/width");
  EXPECT_EQ(errors[1].code, DiagCode::JsonMissingKey);
  EXPECT_EQ(errors[1].message, "'height' is missing");
  EXPECT_EQ(errors[2].code, DiagCode::JsonType);
  EXPECT_EQ(errors[2].loc.line, 5u);
  EXPECT_EQ(errors[2].loc.path, "/list/1");
  EXPECT_EQ(errors[3].loc.line, 7u);
  EXPECT_EQ(errors[3].loc.path, "/rows/1/1/a~1b");
  EXPECT_EQ(errors[4].code, DiagCode::JsonUnknownKey);
  EXPECT_EQ(errors[4].loc.line, 3u);
  EXPECT_EQ(errors[4].help, "did you mean 'height'?");
  EXPECT_FALSE(doc->failed());
}

TEST(JsonReader, WrongTypesNameWhatTheyFound) {
  auto doc = parsed(R"([1.5, "x", null, {}, [], true])");
  const std::vector<JsonNode> nodes = doc->root().elements();
  nodes[0].integer(0, 9);
  nodes[1].number();
  nodes[2].string();
  nodes[3].elements();
  nodes[4].object().finish();
  nodes[5].members();
  std::vector<double> numbers;
  nodes[5].numbers(numbers);
  nodes[1].boolean();
  std::vector<std::string> messages;
  for (const Diagnostic &error : diagnosticsOf(doc->takeErrors())) {
    EXPECT_EQ(error.code, DiagCode::JsonType);
    messages.push_back(error.message);
  }
  EXPECT_EQ(messages, (std::vector<std::string>{
                          "expected a whole number, found 1.5", "expected a number, found \"x\"",
                          "expected a string, found null", "expected an array, found an object",
                          "expected an object, found an array", "expected an object, found true",
                          "expected an array of numbers, found true",
                          "expected true or false, found \"x\""}));
}

TEST(JsonReader, RangesOfNumbers) {
  auto doc = parsed(R"([18446744073709551615, "inf", -1, 2, "fast"])");
  const std::vector<JsonNode> nodes = doc->root().elements();
  nodes[0].integer(0, 9);
  nodes[1].number();
  nodes[2].number(0);
  nodes[3].number(0, 1);
  nodes[4].oneOf({"slow", "fasts"});
  std::vector<std::string> messages;
  for (const Diagnostic &error : diagnosticsOf(doc->takeErrors())) {
    EXPECT_EQ(error.code, DiagCode::JsonRange);
    messages.push_back(error.message);
  }
  EXPECT_EQ(messages, (std::vector<std::string>{"18446744073709551615 is not in 0 .. 9",
                                                "\"inf\" is not finite", "-1 is not at least 0.0",
                                                "2 is not in 0.0 .. 1.0",
                                                "'fast' is not one of slow, fasts"}));
}

TEST(JsonReader, SyntaxErrorsHaveALine) {
  const Diagnostic diagnostic = syntaxOf("{\n \"a\": 1,\n \"b\" 2\n}");
  EXPECT_EQ(diagnostic.loc.line, 3u);
  EXPECT_CONTAINS(diagnostic.message, "expected ':'");
  EXPECT_EQ(syntaxOf("").loc.line, 1u);
}

TEST(JsonReader, NanInfinityAndHugeNumbersAreNotJson) {
  EXPECT_CONTAINS(syntaxOf("{\"w\": [0.5, NaN]}").help, "NaN");
  EXPECT_CONTAINS(syntaxOf("{\"w\": -Infinity}").help, "Infinity");
  syntaxOf("[1e999]");
}

TEST(JsonReader, KeysTwiceAndDeepNestingAreErrors) {
  const Diagnostic twice = syntaxOf("{\"a\": 1,\n\"a\": 2}");
  EXPECT_CONTAINS(twice.message, "appears twice");
  EXPECT_EQ(twice.loc.line, 2u);
  // The same key, spelled with an escape.
  syntaxOf("{\"a\": 1, \"\\u0061\": 2}");
  EXPECT_CONTAINS(syntaxOf(std::string(5000, '[') + std::string(5000, ']')).message, "nested");
}

TEST(JsonReader, UserErrorsKeepTheirOrder) {
  auto doc = parsed("{\"a\": 3}");
  JsonObject root = doc->root().object();
  root.required("a").error(DiagCode::JsonRange, "3 is odd", "write 4");
  const Diagnostic diagnostic = firstDiagnostic(doc->takeErrors());
  EXPECT_EQ(diagnostic.message, "3 is odd");
  EXPECT_EQ(diagnostic.help, "write 4");
  EXPECT_EQ(diagnostic.loc.line, 1u);
}

TEST(JsonReader, ANumberThatNoDoubleHoldsHasItsLine) {
  auto doc = JsonDocument::parse("{\n\"a\": \"1e999\",\n\"b\": [11,\n -1e999]\n}", "m.json");
  const Diagnostic error = firstDiagnostic(doc.takeError());
  EXPECT_EQ(error.code, DiagCode::JsonSyntax);
  EXPECT_CONTAINS(error.message, "-1e999");
  EXPECT_EQ(error.loc.line, 4u);
}
