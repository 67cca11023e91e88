// Tokens of the text IR, and the small steps that every production of its grammar is made of.
// A step that fails records the first mistake and returns false; after that all steps fail.
// Private to common/net.
#pragma once

#include "common/net/number_text.h"
#include "common/support/diag.h"

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace snnc::net {

class TextLexer {
public:
  TextLexer(llvm::StringRef text, llvm::StringRef file) : rest(text), file(file) { advance(); }

  enum class Token { End, Word, Name, String, Mark };
  Token token = Token::End;
  llvm::StringRef word; // Word, Name, Mark: its text, without the @ of a plain name
  std::string text;     // String, Name: unescaped

  support::SourceLoc loc() const { return {file.str(), tokenLine, ""}; }
  bool failed() const { return bad; }
  llvm::Error takeError() { return llvm::make_error<support::DiagError>(mistake); }

  // Records "expected <wanted>, found <token>".
  bool expected(const llvm::Twine &wanted);
  // Records a message of its own at the current token.
  bool fail(const llvm::Twine &message, const llvm::Twine &help = "");

  // What follows the current token on its line.
  bool nextIs(char mark) const {
    return rest.ltrim(" \t").take_front(1) == llvm::StringRef(&mark, 1);
  }
  bool isMark(char mark) const { return token == Token::Mark && word[0] == mark; }
  bool isWord(llvm::StringRef wanted) const { return token == Token::Word && word == wanted; }
  // Consume the token if it is this one.
  bool takeMark(char mark);
  bool takeWord(llvm::StringRef wanted);

  // Required ones.
  bool mark(char mark);
  bool keyword(llvm::StringRef wanted);
  bool name(std::string &out); // @name
  bool string(std::string &out);
  template <class T> bool number(T &out, const char *what);
  template <class T> bool integer(T &out, int64_t lo, int64_t hi, const char *what);
  // 3x4x5, each extent in least .. 2^26, at most 8 of them.
  bool extents(std::vector<uint32_t> &out, const char *what, uint32_t least = 1);
  // [1 2 3*0.5] of exactly `count` values.
  template <class T> bool list(std::vector<T> &out, size_t count, const char *what);
  void advance();

private:
  void skipBlanks();
  void readString();
  std::string tokenText() const;

  llvm::StringRef rest, file;
  uint32_t line = 1, tokenLine = 1;
  bool bad = false;
  support::Diagnostic mistake{support::DiagCode::IrSyntax, {}, {}, {}, {}};
};

template <class T> bool TextLexer::number(T &out, const char *what) {
  if (token != Token::Word)
    return expected(what);
  const std::optional<T> value = readNumber<T>(word);
  if (!value)
    return expected(what);
  out = *value;
  advance();
  return true;
}

template <class T> bool TextLexer::integer(T &out, int64_t lo, int64_t hi, const char *what) {
  const std::optional<int64_t> value =
      token == Token::Word ? readNumber<int64_t>(word) : std::nullopt;
  if (!value)
    return expected(what);
  if (*value < lo || *value > hi)
    return fail(llvm::formatv("{0} is {1} but must be in {2} .. {3}", what, *value, lo, hi).str());
  out = static_cast<T>(*value);
  advance();
  return true;
}

template <class T> bool TextLexer::list(std::vector<T> &out, size_t count, const char *what) {
  if (!mark('['))
    return false;
  const size_t before = out.size();
  while (!isMark(']')) {
    T value{};
    uint64_t repeat = 1;
    if (nextIs('*') && !(number(repeat, "how often, a whole number") && mark('*')))
      return false;
    if (!number(value, what))
      return false;
    if (repeat > count - (out.size() - before))
      return fail(llvm::formatv("more than {0} values, expected {0}", count).str());
    out.insert(out.end(), repeat, value);
  }
  if (out.size() - before != count)
    return fail(llvm::formatv("{0} values, expected {1}", out.size() - before, count).str());
  advance();
  return true;
}

} // namespace snnc::net
