#include "common/net/text_lexer.h"

#include "common/net/text_names.h"
#include "common/net/verify.h"

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::net {

static constexpr size_t kMaxRank = 8;

// Blanks, commas and // comments separate tokens and mean nothing else.
void TextLexer::skipBlanks() {
  while (!rest.empty()) {
    const char c = rest.front();
    if (c == '\n')
      ++line;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',')
      rest = rest.drop_front();
    else if (rest.take_front(2) == "//")
      rest = rest.drop_until([](char d) { return d == '\n'; });
    else
      return;
  }
}

void TextLexer::readString() {
  text.clear();
  rest = rest.drop_front(); // the quote
  while (!rest.empty() && rest.front() != '"' && rest.front() != '\n') {
    char c = rest.front();
    rest = rest.drop_front();
    if (c == '\\' && !rest.empty()) {
      c = rest.front() == 'n' ? '\n' : rest.front();
      rest = rest.drop_front();
    }
    text += c;
  }
  if (rest.empty() || rest.front() != '"') {
    fail("a string has no closing quote");
    return;
  }
  rest = rest.drop_front();
}

void TextLexer::advance() {
  skipBlanks();
  tokenLine = line;
  if (rest.empty()) {
    token = Token::End;
    word = rest;
    return;
  }
  if (isWordChar(rest.front())) {
    token = Token::Word;
    word = rest.take_while(isWordChar);
    rest = rest.drop_front(word.size());
    return;
  }
  if (rest.front() == '"') {
    token = Token::String;
    return readString();
  }
  const bool atSign = rest.front() == '@';
  const char next = rest.size() > 1 ? rest[1] : ' ';
  if (atSign && (isWordChar(next) || next == '"')) {
    token = Token::Name;
    rest = rest.drop_front();
    if (next == '"')
      return readString();
    word = rest.take_while(isWordChar);
    text = word.str();
    rest = rest.drop_front(word.size());
    return;
  }
  token = Token::Mark;
  word = rest.take_front(1);
  rest = rest.drop_front();
}

std::string TextLexer::tokenText() const {
  switch (token) {
  case Token::End:
    return "the end of the text";
  case Token::String:
    return "a string";
  case Token::Name:
    return atName(text);
  case Token::Word:
  case Token::Mark:
    return "'" + word.str() + "'";
  }
  llvm_unreachable("covered switch");
}

bool TextLexer::fail(const llvm::Twine &message, const llvm::Twine &help) {
  if (!bad)
    mistake = Diag(DiagCode::IrSyntax, loc(), message).help(help).data();
  bad = true;
  token = Token::End;
  rest = {};
  return false;
}

bool TextLexer::expected(const llvm::Twine &wanted) {
  return fail("expected " + wanted + ", found " + tokenText());
}

bool TextLexer::takeMark(char wanted) {
  if (!isMark(wanted))
    return false;
  advance();
  return true;
}

bool TextLexer::takeWord(llvm::StringRef wanted) {
  if (!isWord(wanted))
    return false;
  advance();
  return true;
}

bool TextLexer::mark(char wanted) {
  return takeMark(wanted) || expected("'" + llvm::Twine(wanted) + "'");
}

bool TextLexer::keyword(llvm::StringRef wanted) {
  return takeWord(wanted) || expected("'" + wanted + "'");
}

bool TextLexer::name(std::string &out) {
  if (token != Token::Name)
    return expected("a name such as @hidden");
  out = text;
  advance();
  return !failed();
}

bool TextLexer::string(std::string &out) {
  if (token != Token::String)
    return expected("a string");
  out = text;
  advance();
  return !failed();
}

bool TextLexer::extents(std::vector<uint32_t> &out, const char *what, uint32_t least) {
  if (token != Token::Word)
    return expected(what);
  llvm::StringRef left = word;
  do {
    llvm::StringRef extent;
    std::tie(extent, left) = left.split('x');
    const std::optional<uint32_t> value = readNumber<uint32_t>(extent);
    if (!value || *value < least || *value > kMaxPopulationSize || out.size() == kMaxRank)
      return expected(what);
    out.push_back(*value);
  } while (!left.empty());
  advance();
  return true;
}

} // namespace snnc::net
