#include "common/net/parse.h"

#include "common/net/parse_quant.h"
#include "common/net/text_names.h"
#include "common/net/text_parser.h"

namespace snnc::net {
namespace {

class NetParser {
public:
  explicit NetParser(TextLexer &lex) : lex(lex), common(lex) {}
  bool parse(Net &net);

private:
  bool item(Net &net);
  bool population(Net &net);
  bool params(Population &population);
  bool gridField(Population &population);
  bool grid(ProjectionGrid &grid, uint32_t targets);
  bool projection(Net &net);

  TextLexer &lex;
  TextParser common;
};

bool NetParser::gridField(Population &population) {
  PopulationGrid &grid = population.grid;
  if (lex.takeWord("grid_du_offset"))
    return lex.integer(grid.duOffset, 0, 1, "a du offset");
  const bool scale = lex.isWord("grid_scale");
  if (scale ? !grid.scale.empty() : !grid.biasExp.empty())
    return lex.fail("'" + lex.word + "' is given twice");
  lex.advance();
  return scale ? common.oneOrAll(grid.scale.values, population.size(), "a scale")
               : common.oneOrAll(grid.biasExp, population.size(), "a bias exponent");
}

bool NetParser::params(Population &population) {
  const uint32_t size = population.size();
  while (!lex.takeMark('}')) {
    if (lex.isWord("grid_scale") || lex.isWord("grid_bias_exp") || lex.isWord("grid_du_offset")) {
      if (!gridField(population))
        return false;
      continue;
    }
    const ParamField *field = nullptr;
    for (const ParamField &known : kParamFields)
      if (lex.isWord(known.name))
        field = &known;
    if (!field)
      return lex.expected(
          "a parameter (tau, tau_syn, tau_mem, r, w_in, v_leak, v_threshold, "
          "v_reset, v_init, refractory, grid_scale, grid_bias_exp, grid_du_offset) or "
          "'}'");
    Param &param = population.params.*field->param;
    if (!param.empty())
      return lex.fail(llvm::formatv("'{0}' is given twice", field->name).str());
    lex.advance();
    if (!common.oneOrAll(param.values, size, "a value"))
      return false;
  }
  return true;
}

bool NetParser::population(Net &net) {
  Population &population = net.populations.emplace_back();
  population.loc = lex.loc();
  if (!common.populationHead(population.name, population.shape) || !lex.keyword("model"))
    return false;
  const auto kind = parseNeuronKind(lex.word.str());
  if (lex.token != TextLexer::Token::Word || !kind)
    return lex.expected("a model (input, if, lif, cubalif, i, li, cubali, threshold)");
  population.kind = *kind;
  lex.advance();
  if (lex.takeWord("reset")) {
    population.reset = parseResetRule(lex.word.str());
    if (lex.token != TextLexer::Token::Word || !population.reset)
      return lex.expected("zero, subtract, subtract-delayed or none");
    lex.advance();
  }
  return !lex.failed() && (!lex.takeMark('{') || params(population));
}

bool NetParser::grid(ProjectionGrid &grid, uint32_t targets) {
  return lex.keyword("bits") && lex.integer(grid.weightBits, 0, 16, "bits") &&
         lex.keyword("exponent") && lex.integer(grid.exponent, 0, 7, "exponent") &&
         (!lex.takeWord("shift") || lex.list(grid.hostShift, targets, "a shift"));
}

bool NetParser::projection(Net &net) {
  Projection &projection = net.projections.emplace_back();
  projection.loc = lex.loc();
  if (!lex.name(projection.name) || !common.joined(projection.source, projection.target))
    return false;
  if (lex.takeWord("delay") && !lex.integer(projection.delay, 0, kMaxDelay, "a delay"))
    return false;
  const uint32_t targets = common.sizes[projection.target];
  if (!common.before(projection.before) || !common.weights(projection.weights))
    return false;
  if (lex.takeWord("bias") && !lex.list(projection.bias, targets, "a bias"))
    return false;
  if (lex.takeWord("grid") && !grid(projection.grid, targets))
    return false;
  return lex.mark('}');
}

bool NetParser::item(Net &net) {
  if (lex.takeWord("profile"))
    return common.profile(net.profile);
  if (lex.takeWord("run"))
    return common.run(net.run);
  if (lex.takeWord("population"))
    return population(net);
  if (lex.takeWord("projection"))
    return projection(net);
  if (lex.takeWord("inputs"))
    return common.populations(net.inputs);
  if (lex.takeWord("outputs"))
    return common.populations(net.outputs);
  return lex.expected("profile, run, population, projection, inputs, outputs or '}'");
}

bool NetParser::parse(Net &net) {
  if (!lex.name(net.name) || !lex.mark('{'))
    return false;
  while (!lex.takeMark('}'))
    if (!item(net))
      return false;
  return !lex.failed();
}

// verify() knows no file.
llvm::Error addPlace(llvm::Error error, llvm::StringRef file) {
  return llvm::handleErrors(std::move(error), [&](const support::DiagError &diag) {
    support::Diagnostic diagnostic = diag.diagnostic;
    diagnostic.loc.file = file.str();
    return llvm::make_error<support::DiagError>(std::move(diagnostic));
  });
}

} // namespace

llvm::Expected<std::variant<Net, QuantNet>> parse(llvm::StringRef text, llvm::StringRef file) {
  TextLexer lex(text, file);
  std::variant<Net, QuantNet> result;
  bool ok = false;
  if (lex.takeWord("net"))
    ok = NetParser(lex).parse(result.emplace<Net>());
  else if (lex.takeWord("quantnet"))
    ok = parseQuant(lex, result.emplace<QuantNet>());
  else
    ok = lex.expected("'net' or 'quantnet'");
  if (ok && lex.token != TextLexer::Token::End)
    ok = lex.expected("the end of the text after the network");
  if (!ok || lex.failed())
    return lex.takeError();
  if (llvm::Error error = std::visit([](const auto &net) { return verify(net); }, result))
    return addPlace(std::move(error), file);
  return result;
}

} // namespace snnc::net
