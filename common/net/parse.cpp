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
  bool projection(Net &net);

  TextLexer &lex;
  TextParser common;
};

bool NetParser::params(Population &population) {
  while (!lex.takeMark('}')) {
    const ParamField *field = nullptr;
    for (const ParamField &known : kParamFields)
      if (lex.isWord(known.name))
        field = &known;
    if (!field)
      return lex.expected("a parameter (tau, tau_syn, tau_mem, r, w_in, v_leak, v_threshold, "
                          "v_reset, v_init, refractory) or '}'");
    Param &param = population.params.*field->param;
    if (!param.empty())
      return lex.fail(llvm::formatv("'{0}' is given twice", field->name).str());
    lex.advance();
    if (lex.isMark('[')) {
      if (!lex.list(param.values, population.size(), "a value"))
        return false;
    } else if (!lex.number(param.values.emplace_back(), "a value")) {
      return false;
    }
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
    return lex.expected("a model (input, if, lif, cubalif)");
  population.kind = *kind;
  lex.advance();
  return !lex.failed() && (!lex.takeMark('{') || params(population));
}

bool NetParser::projection(Net &net) {
  Projection &projection = net.projections.emplace_back();
  projection.loc = lex.loc();
  if (!lex.name(projection.name) || !common.joined(projection.source, projection.target))
    return false;
  if (lex.takeWord("delay") && !lex.integer(projection.delay, 0, kMaxDelay, "a delay"))
    return false;
  if (!common.weights(projection.weights))
    return false;
  if (lex.takeWord("bias") && !lex.list(projection.bias, common.sizes[projection.target], "a bias"))
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
