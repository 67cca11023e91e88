#include "common/support/json_reader.h"

#include "common/support/json_index.h"
#include "common/support/strings.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cmath>

namespace snnc::support {

using nlohmann::json;

static uint32_t lineAt(llvm::StringRef text, size_t byte) {
  return 1 + static_cast<uint32_t>(text.take_front(byte).count('\n'));
}

// nlohmann: "[json.exception.parse_error.101] parse error at line 1, column 2: <reason>".
static std::string reasonOf(const json::exception &exception) {
  llvm::StringRef what = exception.what();
  const size_t column = what.find(", column ");
  const size_t colon = what.find(": ", column == llvm::StringRef::npos ? 0 : column);
  if (colon != llvm::StringRef::npos)
    what = what.drop_front(colon + 2);
  else
    what = what.drop_front(std::min(what.size(), what.find("] ") + 2));
  return what.str();
}

static std::string helpFor(llvm::StringRef text, size_t byte) {
  const llvm::StringRef around = text.substr(byte < 12 ? 0 : byte - 12, 24);
  if (around.find("NaN") != llvm::StringRef::npos || around.find("nan") != llvm::StringRef::npos)
    return "JSON has no NaN; was the model trained to the end?";
  if (around.find("Inf") != llvm::StringRef::npos)
    return "JSON has no Infinity; write \"inf\" with quotes where it is meant";
  return "";
}

static llvm::Error syntaxError(llvm::StringRef text, llvm::StringRef file, size_t byte,
                               const std::string &reason) {
  return Diag(DiagCode::JsonSyntax, {file.str(), lineAt(text, byte), ""}, reason)
      .help(helpFor(text, byte))
      .take();
}

// Where the number stands that "number overflow parsing '1e999'" quotes: nlohmann names no place.
static size_t overflowAt(llvm::StringRef text, llvm::StringRef reason) {
  const llvm::StringRef number = reason.split('\'').second.rsplit('\'').first;
  constexpr const char *kNumberChars = "+-.0123456789Ee";
  bool inString = false;
  for (size_t at = 0; at < text.size() && !number.empty(); ++at) {
    if (inString && text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      inString = !inString;
    else if (!inString && text.substr(at).take_front(number.size()) == number &&
             text.find_first_not_of(kNumberChars, at) == at + number.size())
      return at;
  }
  return 0;
}

llvm::Expected<std::unique_ptr<JsonDocument>> JsonDocument::parse(llvm::StringRef text,
                                                                  llvm::StringRef file) {
  auto doc = std::make_unique<JsonDocument>();
  doc->file = file.str();
  doc->text = text.str();
  try {
    doc->value = json::parse(text.begin(), text.end());
  } catch (const json::parse_error &error) {
    return syntaxError(text, file, std::min<size_t>(error.byte, text.size()), reasonOf(error));
  } catch (const json::exception &error) { // a number that no double holds
    const std::string reason = reasonOf(error);
    return syntaxError(text, file, overflowAt(text, reason), reason);
  }
  JsonIndex index = indexJson(doc->text);
  if (!index.problem.empty())
    return syntaxError(text, file, index.problemAt, index.problem);
  doc->offsets = std::move(index.offsets);
  return doc;
}

JsonNode JsonDocument::root() {
  return JsonNode(this, &value, "");
}

SourceLoc JsonDocument::locate(const std::string &pointer) const {
  auto found = offsets.find(pointer);
  if (found != offsets.end())
    return {file, lineAt(text, found->second), pointer};
  const auto [parent, step] = llvm::StringRef(pointer).rsplit('/');
  uint64_t position = 0;
  found = offsets.find(parent.str());
  if (found == offsets.end() || step.getAsInteger(10, position))
    return {file, 0, pointer};
  size_t at = found->second;
  if (text[at] == '[')
    at = elementOffset(text, at, position);
  return {file, lineAt(text, at), pointer};
}

llvm::Error JsonDocument::takeErrors() {
  llvm::Error all = llvm::Error::success();
  for (Diagnostic &diagnostic : errors)
    all = llvm::joinErrors(std::move(all), llvm::make_error<DiagError>(std::move(diagnostic)));
  errors.clear();
  return all;
}

// ---- values

static std::string describe(const json &value) {
  if (value.is_object())
    return "an object";
  if (value.is_array())
    return "an array";
  const std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= 40 ? text : text.substr(0, 37) + "...";
}

void JsonNode::error(DiagCode code, const llvm::Twine &message, const llvm::Twine &help) const {
  doc->add(Diag(code, loc(), message).help(help).data());
}

void JsonNode::wrongType(const char *wanted) const {
  error(DiagCode::JsonType, llvm::Twine("expected ") + wanted + ", found " + describe(*value));
}

JsonNode JsonNode::child(const json &member, const std::string &step) const {
  return JsonNode(doc, &member, path + "/" + step);
}

std::optional<bool> JsonNode::boolean() const {
  if (!present())
    return std::nullopt;
  if (value->is_boolean())
    return value->get<bool>();
  wrongType("true or false");
  return std::nullopt;
}

std::optional<std::string> JsonNode::string() const {
  if (!present())
    return std::nullopt;
  if (value->is_string())
    return value->get<std::string>();
  wrongType("a string");
  return std::nullopt;
}

std::optional<int64_t> JsonNode::integer(int64_t lo, int64_t hi, const llvm::Twine &help) const {
  if (!present())
    return std::nullopt;
  if (!value->is_number_integer()) {
    wrongType("a whole number");
    return std::nullopt;
  }
  const bool huge = value->is_number_unsigned() &&
                    value->get<uint64_t>() > uint64_t{std::numeric_limits<int64_t>::max()};
  const int64_t number = huge ? std::numeric_limits<int64_t>::max() : value->get<int64_t>();
  if (!huge && lo <= number && number <= hi)
    return number;
  error(DiagCode::JsonRange,
        llvm::formatv("{0} is not in {1} .. {2}", describe(*value), lo, hi).str(), help);
  return std::nullopt;
}

static std::string numberText(double x) {
  return json(x).dump();
}

std::optional<double> JsonNode::number(double lo, double hi) const {
  if (!present())
    return std::nullopt;
  double number = 0.0;
  if (value->is_number()) {
    number = value->get<double>();
  } else if (value->is_string() && (*value == "inf" || *value == "-inf")) {
    number = *value == "inf" ? std::numeric_limits<double>::infinity()
                             : -std::numeric_limits<double>::infinity();
  } else {
    wrongType("a number");
    return std::nullopt;
  }
  if (lo <= number && number <= hi)
    return number;
  const bool noLow = lo <= std::numeric_limits<double>::lowest();
  const bool noHigh = hi >= std::numeric_limits<double>::max();
  const std::string range = noLow && noHigh ? "finite"
                            : noHigh        ? "at least " + numberText(lo)
                            : noLow         ? "at most " + numberText(hi)
                                            : "in " + numberText(lo) + " .. " + numberText(hi);
  error(DiagCode::JsonRange, describe(*value) + " is not " + range);
  return std::nullopt;
}

std::optional<size_t> JsonNode::oneOf(llvm::ArrayRef<const char *> names) const {
  const std::optional<std::string> word = string();
  if (!word)
    return std::nullopt;
  for (size_t i = 0; i < names.size(); ++i)
    if (*word == names[i])
      return i;
  const std::vector<std::string> known(names.begin(), names.end());
  const std::string near = nearest(*word, known);
  error(DiagCode::JsonRange, "'" + *word + "' is not one of " + joinNames(known),
        near.empty() ? "" : "did you mean '" + near + "'?");
  return std::nullopt;
}

bool JsonNode::numbers(std::vector<double> &out) const {
  if (!present())
    return false;
  if (!value->is_array()) {
    wrongType("an array of numbers");
    return false;
  }
  const size_t before = out.size();
  out.reserve(before + value->size());
  for (size_t i = 0; i < value->size(); ++i) {
    const json &element = (*value)[i];
    if (!element.is_number()) {
      child(element, std::to_string(i)).wrongType("a number");
      out.resize(before);
      return false;
    }
    out.push_back(element.get<double>());
  }
  return true;
}

std::vector<JsonNode> JsonNode::elements() const {
  std::vector<JsonNode> out;
  if (!present())
    return out;
  if (!value->is_array()) {
    wrongType("an array");
    return out;
  }
  out.reserve(value->size());
  for (size_t i = 0; i < value->size(); ++i)
    out.push_back(child((*value)[i], std::to_string(i)));
  return out;
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  std::vector<std::pair<std::string, JsonNode>> out;
  if (!present())
    return out;
  if (!value->is_object()) {
    wrongType("an object");
    return out;
  }
  for (const auto &item : value->items())
    out.emplace_back(item.key(), child(item.value(), escapePointer(item.key())));
  return out;
}

JsonObject JsonNode::object() const {
  if (!present() || value->is_object())
    return JsonObject(*this);
  wrongType("an object");
  return JsonObject(JsonNode(doc, nullptr, path));
}

// ---- objects

JsonNode JsonObject::required(const char *key, const llvm::Twine &help) {
  if (std::optional<JsonNode> found = optional(key))
    return *found;
  if (self.present())
    self.error(DiagCode::JsonMissingKey, llvm::Twine("'") + key + "' is missing", help);
  return JsonNode(self.doc, nullptr, self.path);
}

std::optional<JsonNode> JsonObject::optional(const char *key) {
  known.push_back(key);
  if (!self.present())
    return std::nullopt;
  const auto found = self.value->find(key);
  if (found == self.value->end())
    return std::nullopt;
  return self.child(*found, escapePointer(key));
}

void JsonObject::finish() {
  if (!self.present())
    return;
  for (const auto &item : self.value->items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end())
      continue;
    const std::string near = nearest(item.key(), known);
    std::vector<std::string> sorted = known;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    self.child(item.value(), escapePointer(item.key()))
        .error(DiagCode::JsonUnknownKey, "unknown key '" + item.key() + "'",
               near.empty() ? "known keys: " + joinNames(sorted) : "did you mean '" + near + "'?");
  }
}

} // namespace snnc::support
