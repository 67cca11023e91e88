#include "common/support/json_index.h"

#include <nlohmann/json.hpp>

namespace snnc::support {

std::string escapePointer(llvm::StringRef key) {
  std::string out;
  for (char c : key) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

namespace {

constexpr unsigned kMaxDepth = 100;

class Scanner {
public:
  explicit Scanner(llvm::StringRef text) : text(text) {}

  void value(const std::string &pointer, unsigned depth) {
    if (depth > kMaxDepth && index.problem.empty())
      report("nested deeper than 100 levels", at);
    if (!index.problem.empty())
      return;
    if (peek() == '{')
      object(pointer, depth);
    else if (peek() == '[')
      array(pointer, depth);
    else
      skipScalar();
  }

  void skipSpace() {
    while (at < text.size() &&
           (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t'))
      ++at;
  }
  char peek() const { return at < text.size() ? text[at] : '\0'; }
  void skipByteOrderMark() {
    if (text.take_front(3) == "\xEF\xBB\xBF")
      at = 3;
  }

  size_t at = 0;
  JsonIndex index;

private:
  void report(std::string problem, size_t where) {
    index.problem = std::move(problem);
    index.problemAt = where;
  }

  // Past a string; returns its text with the quotes.
  llvm::StringRef string() {
    const size_t begin = at++;
    while (at < text.size() && text[at] != '"')
      at += text[at] == '\\' ? 2 : 1;
    ++at;
    return text.slice(begin, at);
  }
  void skipScalar() {
    if (peek() == '"') {
      string();
      return;
    }
    const size_t end = text.find_first_of(",]} \n\r\t", at);
    at = end == llvm::StringRef::npos ? text.size() : end;
  }

  void object(const std::string &pointer, unsigned depth) {
    ++at;
    skipSpace();
    while (peek() == '"' && index.problem.empty()) {
      const size_t keyAt = at;
      const std::string key = nlohmann::json::parse(string().str()).get<std::string>();
      skipSpace();
      ++at; // the colon
      skipSpace();
      const std::string child = pointer + "/" + escapePointer(key);
      if (!index.offsets.emplace(child, at).second)
        return report("key '" + key + "' appears twice in one object", keyAt);
      value(child, depth + 1);
      nextItem();
    }
    ++at;
  }

  void array(const std::string &pointer, unsigned depth) {
    ++at;
    skipSpace();
    for (size_t i = 0; peek() != ']' && peek() != '\0' && index.problem.empty(); ++i) {
      if (peek() == '{' || peek() == '[') {
        const std::string child = pointer + "/" + std::to_string(i);
        index.offsets.emplace(child, at);
        value(child, depth + 1);
      } else {
        skipScalar();
      }
      nextItem();
    }
    ++at;
  }

  void nextItem() {
    skipSpace();
    if (peek() == ',')
      ++at;
    skipSpace();
  }

  llvm::StringRef text;
};

} // namespace

JsonIndex indexJson(llvm::StringRef text) {
  Scanner scanner(text);
  scanner.skipByteOrderMark();
  scanner.skipSpace();
  scanner.index.offsets.emplace("", scanner.at);
  scanner.value("", 0);
  return std::move(scanner.index);
}

size_t elementOffset(llvm::StringRef text, size_t arrayAt, size_t position) {
  Scanner scanner(text);
  scanner.at = arrayAt + 1;
  scanner.skipSpace();
  for (size_t i = 0; i < position && scanner.peek() != ']'; ++i) {
    scanner.value("", 0);
    scanner.skipSpace();
    if (scanner.peek() == ',')
      ++scanner.at;
    scanner.skipSpace();
  }
  return scanner.at;
}

} // namespace snnc::support
