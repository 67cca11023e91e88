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

  // The forms of a map that Variant has, up to what follows the weights:
  //   "dense 3x2 { [..] [..] [..]", "sparse 3x2 { 0: 1=0.5", "diagonal 4 { 0.5",
  //   "conv 2x3x3 of 1x5x5 kernel 3x3 { [..] [..]", "sumpool 1x2x2 of 1x4x4 kernel 2x2 {"
  template <class Variant> bool weights(Variant &weights);
  // "before <form> }" as often as there is one.
  bool before(std::vector<Weights> &maps);
  bool before(std::vector<PoolMap> &pools);
  // "0.5" or "[..]" of `size` values.
  template <class T> bool oneOrAll(std::vector<T> &values, size_t size, const char *what);

  TextLexer &lex;
  std::map<std::string, uint32_t> index; // populations so far
  std::vector<uint32_t> sizes;           // of them

private:
  template <class T, class Parse>
  bool setting(Setting<T> &setting, Parse parse, const char *choices);
  bool population(uint32_t &out);
  template <class T> bool dense(DenseMap<T> &map);
  template <class T> bool sparse(SparseMap<T> &map);
  template <class T> bool conv(ConvMap<T> &map);
  template <class T> bool diagonal(DiagonalMap<T> &map);
  bool pool(PoolMap &map, bool average);
  // "2x3x3 of 1x5x5 kernel 3x3 stride 2x2 pad 1x1 dilation 1x1 groups 1"
  bool slides(uint32_t &outChannels, uint32_t &inChannels, Window &window, uint32_t *groups);
  bool shape2(uint32_t &rows, uint32_t &cols);
};

template <class T> bool TextParser::dense(DenseMap<T> &weights) {
  if (!shape2(weights.rows, weights.cols) || !lex.mark('{'))
    return false;
  for (uint32_t row = 0; row < weights.rows; ++row)
    if (!lex.list(weights.values, weights.cols, "a weight"))
      return false;
  return true;
}

template <class T> bool TextParser::sparse(SparseMap<T> &weights) {
  const auto entryFollows = [&] {
    return lex.token == TextLexer::Token::Word && !lex.isWord("bias") && !lex.isWord("grid");
  };
  if (!shape2(weights.posts, weights.pres))
    return false;
  weights.rowStart.assign(1, 0);
  if (!lex.mark('{'))
    return false;
  while (entryFollows()) {
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
      more = entryFollows() && !lex.nextIs(':');
    }
    weights.rowStart.push_back(weights.columns.size());
  }
  weights.rowStart.resize(size_t{weights.pres} + 1, weights.columns.size());
  return true;
}

// A line of weights per output channel.
template <class T> bool TextParser::conv(ConvMap<T> &map) {
  if (!slides(map.outChannels, map.inChannels, map.window, &map.groups) || !lex.mark('{'))
    return false;
  const uint64_t perOutput = uint64_t{map.inChannels / map.groups} * map.window.kernelSize();
  for (uint32_t o = 0; o < map.outChannels; ++o)
    if (!lex.list(map.kernel, perOutput, "a weight"))
      return false;
  return true;
}

template <class T>
bool TextParser::oneOrAll(std::vector<T> &values, size_t size, const char *what) {
  return lex.isMark('[') ? lex.list(values, size, what) : lex.number(values.emplace_back(), what);
}

template <class T> bool TextParser::diagonal(DiagonalMap<T> &map) {
  return lex.integer(map.size, 1, kMaxPopulationSize, "the size of a diagonal") && lex.mark('{') &&
         oneOrAll(map.values, map.size, "a weight");
}

template <class Variant> bool TextParser::weights(Variant &weights) {
  using T = typename decltype(std::variant_alternative_t<0, Variant>::values)::value_type;
  constexpr bool symbolic = std::variant_size_v<Variant> == std::variant_size_v<Weights>;
  constexpr bool sliding = std::variant_size_v<Variant> >= 3;
  if (lex.takeWord("dense"))
    return dense(weights.template emplace<DenseMap<T>>());
  if (lex.takeWord("sparse"))
    return sparse(weights.template emplace<SparseMap<T>>());
  if constexpr (sliding)
    if (lex.takeWord("conv"))
      return conv(weights.template emplace<ConvMap<T>>());
  if constexpr (symbolic) {
    if (lex.takeWord("sumpool"))
      return pool(weights.template emplace<PoolMap>(), false);
    if (lex.takeWord("avgpool"))
      return pool(weights.template emplace<PoolMap>(), true);
    if (lex.takeWord("diagonal"))
      return diagonal(weights.template emplace<DiagonalMap<T>>());
  }
  return lex.expected(symbolic  ? "'dense', 'sparse', 'conv', 'sumpool', 'avgpool' or 'diagonal'"
                      : sliding ? "'dense', 'sparse' or 'conv'"
                                : "'dense' or 'sparse'");
}

} // namespace snnc::net
