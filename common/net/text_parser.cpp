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

bool TextParser::slides(uint32_t &outChannels, uint32_t &inChannels, Window &window,
                        uint32_t *groups) {
  const auto extents = [&](size_t count, uint32_t least, const char *what,
                           std::initializer_list<uint32_t *> out) {
    std::vector<uint32_t> values;
    if (!lex.extents(values, what, least))
      return false;
    if (values.size() != count)
      return lex.fail(llvm::Twine("expected ") + what);
    for (size_t i = 0; i < count; ++i)
      *out.begin()[i] = values[i];
    return true;
  };
  if (!extents(3, 1, "channels and maps such as 16x8x8",
               {&outChannels, &window.outH, &window.outW}) ||
      !lex.keyword("of") ||
      !extents(3, 1, "channels and maps such as 2x16x16",
               {&inChannels, &window.inH, &window.inW}) ||
      !lex.keyword("kernel") ||
      !extents(2, 1, "a kernel such as 3x3", {&window.kernelH, &window.kernelW}))
    return false;
  bool ok = true;
  while (ok && lex.token == TextLexer::Token::Word) {
    if (lex.takeWord("stride"))
      ok = extents(2, 1, "strides such as 2x2", {&window.strideH, &window.strideW});
    else if (lex.takeWord("pad"))
      ok = extents(2, 0, "padding such as 1x0", {&window.padTop, &window.padLeft});
    else if (lex.takeWord("dilation"))
      ok = extents(2, 1, "dilations such as 2x2", {&window.dilationH, &window.dilationW});
    else if (groups && lex.takeWord("groups"))
      ok = lex.integer(*groups, 1, kMaxPopulationSize, "groups");
    else
      ok = lex.expected(groups ? "stride, pad, dilation, groups or '{'"
                               : "stride, pad, dilation or '{'");
  }
  if (ok && groups && (inChannels % *groups != 0 || outChannels % *groups != 0))
    return lex.fail(llvm::formatv("{0} groups do not divide {1} and {2} channels", *groups,
                                  inChannels, outChannels)
                        .str());
  if (ok && uint64_t{window.kernelH} * window.kernelW > kMaxPopulationSize)
    return lex.fail("a kernel has more than 2^26 elements");
  return ok && !lex.failed();
}

bool TextParser::pool(PoolMap &map, bool average) {
  uint32_t outChannels = 0;
  map.average = average;
  if (!slides(outChannels, map.channels, map.window, nullptr))
    return false;
  if (outChannels != map.channels)
    return lex.fail(
        llvm::formatv("a pool makes {0} channels of {1}", outChannels, map.channels).str());
  return lex.mark('{');
}

bool TextParser::before(std::vector<Weights> &maps) {
  while (lex.takeWord("before"))
    if (!weights(maps.emplace_back()) || !lex.mark('}'))
      return false;
  return !lex.failed();
}

bool TextParser::before(std::vector<PoolMap> &pools) {
  while (lex.takeWord("before"))
    if (!lex.keyword("sumpool") || !pool(pools.emplace_back(), false) || !lex.mark('}'))
      return false;
  return !lex.failed();
}

} // namespace snnc::net
