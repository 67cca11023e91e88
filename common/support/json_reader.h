// Strict JSON for files that people write: every complaint has a line and a JSON pointer, unknown
// keys are errors, and a reader goes on after an error so that the user sees all of them at once.
//
//   auto doc = JsonDocument::parse(text, "tiny.json");           // JsonSyntax (1003)
//   if (!doc) return doc.takeError();
//   JsonObject root = doc->root().object();
//   uint32_t width = root.required("width").integer(1, 64).value_or(1);
//   if (auto depth = root.optional("depth")) spec.depth = depth->integer(1, 16).value_or(4);
//   root.finish();                                               // unknown keys
//   if (llvm::Error errors = doc->takeErrors()) return errors;   // all, joined
//
// Accessors return empty after they have recorded an error; what they would have said about a
// missing value is not said twice. A document outlives its nodes and does not move meanwhile.
#pragma once

#include "common/support/diag.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snnc::support {

class JsonNode;
class JsonObject;

class JsonDocument {
public:
  // Fails with JsonSyntax: not JSON, a key twice in one object, nested deeper than 100.
  static llvm::Expected<std::unique_ptr<JsonDocument>> parse(llvm::StringRef text,
                                                             llvm::StringRef file);

  JsonNode root();
  // Place of a value; the line of its nearest indexed parent if the pointer names none.
  SourceLoc locate(const std::string &pointer) const;

  // Records an error of the caller's own (a check across values).
  void add(Diagnostic diagnostic) { errors.push_back(std::move(diagnostic)); }
  bool failed() const { return !errors.empty(); }
  // Everything recorded so far, in the order of recording; success if nothing.
  llvm::Error takeErrors();

private:
  friend class JsonNode;
  friend class JsonObject;
  std::string file, text;
  nlohmann::json value;
  std::map<std::string, size_t> offsets; // JSON pointer -> byte of the value
  std::vector<Diagnostic> errors;
};

class JsonNode {
public:
  bool present() const { return value != nullptr; } // false for a required key that is missing
  bool isNull() const { return present() && value->is_null(); }
  bool isNumber() const { return present() && value->is_number(); }
  bool isString() const { return present() && value->is_string(); }
  bool isArray() const { return present() && value->is_array(); }
  bool isObject() const { return present() && value->is_object(); }
  const std::string &pointer() const { return path; }
  SourceLoc loc() const { return doc->locate(path); }
  const nlohmann::json &raw() const { return *value; } // present() only

  std::optional<bool> boolean() const;
  std::optional<std::string> string() const;
  // A whole number in [lo, hi]; 3.0 is a JsonType error, outside is JsonRange.
  // `help` is the way out that the range error prints.
  std::optional<int64_t> integer(int64_t lo, int64_t hi, const llvm::Twine &help = "") const;
  // A finite number in [lo, hi]. The strings "inf" and "-inf" count as numbers where the range
  // holds them (JSON has no infinity).
  std::optional<double> number(double lo = std::numeric_limits<double>::lowest(),
                               double hi = std::numeric_limits<double>::max()) const;
  // One of `names`; JsonRange with the nearest name otherwise. Returns its index.
  std::optional<size_t> oneOf(llvm::ArrayRef<const char *> names) const;
  // An array of finite numbers, read fast; false and nothing appended on an error.
  bool numbers(std::vector<double> &out) const;
  // Elements of an array; empty after a JsonType error.
  std::vector<JsonNode> elements() const;
  // Members of an object with free keys (names of the user's choosing), sorted by key.
  std::vector<std::pair<std::string, JsonNode>> members() const;
  JsonObject object() const;

  // Records code + message at this node.
  void error(DiagCode code, const llvm::Twine &message, const llvm::Twine &help = "") const;

private:
  friend class JsonDocument;
  friend class JsonObject;
  JsonNode(JsonDocument *doc, const nlohmann::json *value, std::string path)
      : doc(doc), value(value), path(std::move(path)) {}
  void wrongType(const char *wanted) const;
  JsonNode child(const nlohmann::json &member, const std::string &step) const;

  JsonDocument *doc;
  const nlohmann::json *value;
  std::string path;
};

// An object whose keys are known. Keys never asked for are unknown: finish() reports them.
class JsonObject {
public:
  // JsonMissingKey, then a node that is not present(). `help` is the error's way out.
  JsonNode required(const char *key, const llvm::Twine &help = "");
  std::optional<JsonNode> optional(const char *key);
  // Every key that was never asked for is a JsonUnknownKey with the nearest known one.
  void finish();
  const JsonNode &node() const { return self; }
  SourceLoc loc() const { return self.loc(); }

private:
  friend class JsonNode;
  explicit JsonObject(JsonNode self) : self(std::move(self)) {}

  JsonNode self; // not present(): the error has been reported
  std::vector<std::string> known;
};

} // namespace snnc::support
