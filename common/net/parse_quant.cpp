#include "common/net/parse_quant.h"

#include "common/net/text_names.h"
#include "common/net/text_parser.h"

namespace snnc::net {
namespace {

class QuantParser {
public:
  explicit QuantParser(TextLexer &lex) : lex(lex), common(lex) {}
  bool parse(QuantNet &net);

private:
  bool item(QuantNet &net);
  bool population(QuantNet &net);
  bool populationBody(QuantPopulation &population, uint32_t size, bool crossbar);
  template <class Config> bool neurons(std::vector<Config> &neurons, uint32_t size);
  template <class Config> bool config(Config &config);
  bool projection(QuantNet &net);
  bool hostLayer(QuantNet &net);

  TextLexer &lex;
  TextParser common;
};

// "{ threshold 64 du 4095 reset_subtract }"
template <class Config> bool QuantParser::config(Config &config) {
  if (!lex.mark('{'))
    return false;
  while (!lex.takeMark('}')) {
    bool known = false;
    for (const auto &flag : ConfigNames<Config>::kFlags)
      if (lex.takeWord(flag.name))
        known = config.*flag.member = true;
    for (const auto &field : ConfigNames<Config>::kFields) {
      if (!lex.takeWord(field.name))
        continue;
      int64_t value = 0;
      if (!lex.integer(value, field.lo, field.hi, field.name))
        return false;
      field.set(config, value);
      known = true;
    }
    if (!known)
      return lex.expected(ConfigNames<Config>::kExpected);
  }
  return !lex.failed();
}

// "2 x { .. }"
template <class Config> bool QuantParser::neurons(std::vector<Config> &neurons, uint32_t size) {
  uint64_t count = 0;
  Config one;
  const int64_t left = static_cast<int64_t>(size) - static_cast<int64_t>(neurons.size());
  if (!lex.integer(count, 1, left, "the number of neurons") || !lex.keyword("x") || !config(one))
    return false;
  neurons.insert(neurons.end(), count, one);
  return true;
}

bool QuantParser::populationBody(QuantPopulation &population, uint32_t size, bool crossbar) {
  while (!lex.takeMark('}')) {
    if (lex.takeWord("neurons")) {
      if (!(crossbar ? neurons(population.crossbar, size) : neurons(population.neurons, size)))
        return false;
    } else if (lex.takeWord("scale")) {
      if (!lex.list(population.scale, size, "a scale"))
        return false;
    } else if (lex.takeWord("rest")) {
      if (!lex.list(population.rest, size, "a rest"))
        return false;
    } else {
      return lex.expected("neurons, scale, rest or '}'");
    }
  }
  return !lex.failed();
}

bool QuantParser::population(QuantNet &net) {
  QuantPopulation &population = net.populations.emplace_back();
  if (!common.populationHead(population.name, population.shape))
    return false;
  constexpr int64_t kLow = -(1 << 23), kHigh = (1 << 23) - 1;
  bool crossbar = false;
  while (lex.token == TextLexer::Token::Word) {
    bool ok = false;
    if (lex.takeWord("input"))
      ok = population.isInput = true;
    else if (lex.takeWord("crossbar"))
      ok = crossbar = true;
    else if (lex.takeWord("vmin"))
      ok = lex.integer(population.vmin, kLow, kHigh, "vmin");
    else if (lex.takeWord("vmax"))
      ok = lex.integer(population.vmax, kLow, kHigh, "vmax");
    else if (lex.takeWord("du_offset"))
      ok = lex.integer(population.duOffset, 0, 1, "du_offset");
    else
      break;
    if (!ok)
      return false;
  }
  return !lex.failed() &&
         (!lex.takeMark('{') || populationBody(population, common.sizes.back(), crossbar));
}

bool QuantParser::projection(QuantNet &net) {
  QuantProjection &projection = net.projections.emplace_back();
  return lex.name(projection.name) && common.joined(projection.source, projection.target) &&
         (!lex.takeWord("delay") || lex.integer(projection.delay, 0, kMaxDelay, "a delay")) &&
         (!lex.takeWord("bits") || lex.integer(projection.weightBits, 2, 16, "bits")) &&
         (!lex.takeWord("exponent") || lex.integer(projection.exponent, 0, 7, "exponent")) &&
         common.before(projection.pools) && common.weights(projection.weights) && lex.mark('}');
}

bool QuantParser::hostLayer(QuantNet &net) {
  HostLayer &layer = net.hostLayers.emplace_back();
  if (!lex.name(layer.name) || !common.joined(layer.source, layer.target))
    return false;
  if ((lex.takeWord("bits") && !lex.integer(layer.weightBits, 2, 16, "bits")) ||
      (lex.takeWord("scale") && !lex.number(layer.inputScale, "a scale")))
    return false;
  if (lex.takeWord("range") && !(lex.integer(layer.inputMin, INT32_MIN, INT32_MAX, "a range") &&
                                 lex.integer(layer.inputMax, INT32_MIN, INT32_MAX, "a range")))
    return false;
  const uint32_t targets = common.sizes[layer.target];
  return common.weights(layer.weights) && lex.keyword("bias") &&
         lex.list(layer.bias, targets, "a bias") && lex.keyword("shift") &&
         lex.list(layer.shift, targets, "a shift") && lex.mark('}');
}

bool QuantParser::item(QuantNet &net) {
  if (lex.takeWord("profile"))
    return common.profile(net.profile);
  if (lex.takeWord("run"))
    return common.run(net.run);
  if (lex.takeWord("population"))
    return population(net);
  if (lex.takeWord("projection"))
    return projection(net);
  if (lex.takeWord("hostlayer"))
    return hostLayer(net);
  if (lex.takeWord("inputs"))
    return common.populations(net.inputs);
  if (lex.takeWord("outputs"))
    return common.populations(net.outputs);
  return lex.expected("profile, run, population, projection, hostlayer, inputs, outputs or '}'");
}

bool QuantParser::parse(QuantNet &net) {
  if (!lex.name(net.name) || !lex.mark('{'))
    return false;
  while (!lex.takeMark('}'))
    if (!item(net))
      return false;
  return !lex.failed();
}

} // namespace

bool parseQuant(TextLexer &lex, QuantNet &net) {
  return QuantParser(lex).parse(net);
}

} // namespace snnc::net
