#include "common/net/text_parser.h"

namespace snnc::net {

template <class T, class Parse>
bool TextParser::setting(Setting<T> &setting, Parse parse, const char *choices) {
  if (lex.token != TextLexer::Token::Word)
    return lex.expected(choices);
  const std::optional<T> value = parse(lex.word.str());
  if (!value)
    return lex.expected(choices);
  setting = {*value, Origin::Model, {}};
  lex.advance();
  if (lex.token == TextLexer::Token::Word) {
    if (const std::optional<Origin> origin = parseOrigin(lex.word.str())) {
      setting.origin = *origin;
      lex.advance();
    }
  }
  return lex.token != TextLexer::Token::String || lex.string(setting.reason);
}

bool TextParser::profile(Profile &profile) {
  if (!lex.mark('{'))
    return false;
  while (!lex.takeMark('}')) {
    bool ok = false;
    if (lex.takeWord("dt"))
      ok = setting(
          profile.dt, [](const std::string &text) { return readNumber<double>(text); }, "seconds");
    else if (lex.takeWord("tau_unit"))
      ok = setting(profile.tauUnit, parseTauUnit, "s, ms or steps");
    else if (lex.takeWord("integrator"))
      ok = setting(profile.integrator, parseIntegrator, "euler, exp or unit");
    else if (lex.takeWord("reset"))
      ok = setting(profile.reset, parseResetRule, "zero, subtract, subtract-delayed or none");
    else if (lex.takeWord("compare"))
      ok = setting(profile.compare, parseCompare, "gt or ge");
    else if (lex.takeWord("bias_timing"))
      ok = setting(profile.biasTiming, parseBiasTiming, "window or start");
    else
      return lex.expected("dt, tau_unit, integrator, reset, compare, bias_timing or '}'");
    if (!ok)
      return false;
  }
  return !lex.failed();
}

bool TextParser::run(RunOptions &run) {
  while (lex.token == TextLexer::Token::Word) {
    if (lex.takeWord("steps")) {
      uint32_t steps = 0;
      if (!lex.integer(steps, 1, kMaxSteps, "steps"))
        return false;
      run.steps = steps;
    } else if (lex.takeWord("encode")) {
      const auto value = parseEncoding(lex.word.str());
      if (!value)
        return lex.expected("an encoding (none, direct, binary, rate, poisson, latency)");
      run.encode = *value;
      lex.advance();
    } else if (lex.takeWord("readout")) {
      const auto value = parseReadout(lex.word.str());
      if (!value)
        return lex.expected("a readout (count, membrane, last, max)");
      run.readout = *value;
      lex.advance();
    } else if (lex.takeWord("range")) {
      if (!lex.number(run.inputLow, "the lowest input") ||
          !lex.number(run.inputHigh, "the highest input"))
        return false;
    } else {
      break; // the next item of the net
    }
  }
  return !lex.failed();
}

bool TextParser::populationHead(std::string &name, std::vector<uint32_t> &shape) {
  const bool named = lex.name(name);
  if (!named || (!lex.takeWord("size") && !lex.takeWord("shape")))
    return named && lex.expected("'size' or 'shape'");
  if (!lex.extents(shape, "extents such as 28x28, each in 1 .. 2^26"))
    return false;
  uint64_t size = 1;
  for (uint32_t extent : shape)
    size = std::min<uint64_t>(size * extent, uint64_t{kMaxPopulationSize} + 1);
  if (size > kMaxPopulationSize)
    return lex.fail(
        llvm::formatv("'{0}' has more than {1} neurons", name, kMaxPopulationSize).str());
  if (!index.emplace(name, static_cast<uint32_t>(sizes.size())).second)
    return lex.fail(llvm::formatv("there are two populations '{0}'", name).str());
  sizes.push_back(static_cast<uint32_t>(size));
  return true;
}

bool TextParser::population(uint32_t &out) {
  std::string name;
  if (!lex.name(name))
    return false;
  const auto found = index.find(name);
  if (found == index.end())
    return lex.fail(llvm::formatv("there is no population '{0}' above this line", name).str(),
                    "populations come before what joins them");
  out = found->second;
  return true;
}

bool TextParser::joined(uint32_t &source, uint32_t &target) {
  return lex.keyword("from") && population(source) && lex.keyword("to") && population(target);
}

bool TextParser::populations(std::vector<uint32_t> &out) {
  while (lex.token == TextLexer::Token::Name)
    if (!population(out.emplace_back()))
      return false;
  return !lex.failed();
}

bool TextParser::shape2(uint32_t &rows, uint32_t &cols) {
  std::vector<uint32_t> extents;
  const char *what = "a shape such as 10x784 (targets x sources)";
  if (!lex.extents(extents, what))
    return false;
  if (extents.size() != 2)
    return lex.fail(llvm::Twine("expected ") + what);
  rows = extents[0];
  cols = extents[1];
  return true;
}

} // namespace snnc::net
