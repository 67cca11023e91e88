// Productions that `net` and `quantnet` share. Private to common/net.
#pragma once

#include "common/net/profile.h"
#include "common/net/text_lexer.h"
#include "common/net/verify.h"

#include <map>

namespace snnc::net {

class TextParser {
public:
  explicit TextParser(TextLexer &lex) : lex(lex) {}

  bool profile(Profile &profile); // "{ key value [origin] ["reason"] ... }"
  bool run(RunOptions &run);
  bool populationHead(std::string &name, std::vector<uint32_t> &shape); // "@h size 4"
  bool joined(uint32_t &source, uint32_t &target);                      // "from @a to @b"
  bool populations(std::vector<uint32_t> &out);                         // "@a @b"

  // "dense 3x2 { [..] [..] [..]" and "sparse 3x2 { 0: 1=0.5", up to what follows the weights.
  template <class Dense> bool denseRows(Dense &weights);
  template <class Sparse> bool sparseRows(Sparse &weights);
  template <class Dense, class Sparse> bool weights(std::variant<Dense, Sparse> &weights);

  TextLexer &lex;
  std::map<std::string, uint32_t> index; // populations so far
  std::vector<uint32_t> sizes;           // of them

private:
  template <class T, class Parse>
  bool setting(Setting<T> &setting, Parse parse, const char *choices);
  bool population(uint32_t &out);
  bool shape2(uint32_t &rows, uint32_t &cols);
};

template <class Dense> bool TextParser::denseRows(Dense &weights) {
  if (!shape2(weights.rows, weights.cols) || !lex.mark('{'))
    return false;
  for (uint32_t row = 0; row < weights.rows; ++row)
    if (!lex.list(weights.values, weights.cols, "a weight"))
      return false;
  return true;
}

template <class Sparse> bool TextParser::sparseRows(Sparse &weights) {
  if (!shape2(weights.posts, weights.pres))
    return false;
  weights.rowStart.assign(1, 0);
  if (!lex.mark('{'))
    return false;
  while (lex.token == TextLexer::Token::Word && !lex.isWord("bias")) {
    uint32_t source = 0;
    if (!lex.integer(source, static_cast<int64_t>(weights.rowStart.size()) - 1,
                     static_cast<int64_t>(weights.pres) - 1, "a source (ascending)") ||
        !lex.mark(':'))
      return false;
    weights.rowStart.resize(size_t{source} + 1, weights.columns.size());
    bool more = true;
    while (more) {
      uint32_t target = 0;
      weights.values.emplace_back();
      if (!lex.integer(target, 0, static_cast<int64_t>(weights.posts) - 1, "a target") ||
          !lex.mark('=') || !lex.number(weights.values.back(), "a weight"))
        return false;
      weights.columns.push_back(target);
      more = lex.token == TextLexer::Token::Word && !lex.isWord("bias") && !lex.nextIs(':');
    }
    weights.rowStart.push_back(weights.columns.size());
  }
  weights.rowStart.resize(size_t{weights.pres} + 1, weights.columns.size());
  return true;
}

template <class Dense, class Sparse>
bool TextParser::weights(std::variant<Dense, Sparse> &weights) {
  if (lex.takeWord("dense"))
    return denseRows(weights.template emplace<0>());
  if (lex.takeWord("sparse"))
    return sparseRows(weights.template emplace<1>());
  return lex.expected("'dense' or 'sparse'");
}

} // namespace snnc::net
