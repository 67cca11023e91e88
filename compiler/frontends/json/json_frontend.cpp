#include "compiler/frontends/json/json_frontend.h"

#include "common/net/discretize.h"
#include "common/net/number_text.h"
#include "common/net/verify.h"
#include "common/support/file_io.h"
#include "common/support/strings.h"
#include "compiler/frontends/json/json_params.h"
#include "compiler/frontends/json/json_weights.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"

#include <map>
#include <utility>

namespace snnc::compiler {
namespace {

using json::Context;
using support::Diag;
using support::DiagCode;
using support::JsonNode;
using support::JsonObject;

class ModelReader {
public:
  ModelReader(Context &context, net::Net &net) : context(context), net(net) {}

  void read(const net::ProfileFlags &flags, const std::string &defaultName);

private:
  void readProfile(const JsonNode &node);
  void readRun(const JsonNode &node);
  void readLayers(const JsonNode &node);
  void readLayer(JsonObject layer);
  std::optional<std::vector<uint32_t>> readShape(JsonObject &layer,
                                                 const std::optional<JsonNode> &weights);
  void readProjections(const JsonNode &node);
  void readProjection(JsonObject projection);
  void readOutputs(const std::optional<JsonNode> &node);
  void duplicateLayer(const support::SourceLoc &loc, const std::string &name);
  std::optional<uint32_t> layerNamed(const JsonNode &node);
  void connect(std::string name, uint32_t source, uint32_t target, uint32_t delay,
               const JsonNode &weights, const std::optional<JsonNode> &bias);

  template <class T, class Parse>
  void setting(JsonObject &object, const char *key, net::Setting<T> &setting,
               llvm::ArrayRef<const char *> names, Parse parse);

  Context &context;
  net::Net &net;
  // The layer before the one that is read: none, broken (its error is recorded), or this one.
  struct Before {
    bool broken = false;
    std::optional<uint32_t> layer;
  };
  Before previous;
  // Layers with an error are left out of `net`; their names still count as known.
  std::map<std::string, std::optional<uint32_t>> index;
  std::map<std::string, support::SourceLoc> projectionNames;
};

constexpr const char *kTauUnits[] = {"s", "ms", "steps"};
constexpr const char *kIntegrators[] = {"euler", "exp", "unit"};
constexpr const char *kResets[] = {"zero", "subtract", "subtract-delayed", "none"};
constexpr const char *kCompares[] = {"gt", "ge"};
constexpr const char *kBiasTimings[] = {"window", "start"};
constexpr const char *kEncodings[] = {"none", "direct", "binary", "rate", "poisson", "latency"};
constexpr const char *kReadouts[] = {"count", "membrane", "last", "max"};
constexpr const char *kModels[] = {"input", "if", "lif", "cubalif"};

template <class T, class Parse>
void ModelReader::setting(JsonObject &object, const char *key, net::Setting<T> &setting,
                          llvm::ArrayRef<const char *> names, Parse parse) {
  const auto node = object.optional(key);
  const auto choice = node ? node->oneOf(names) : std::nullopt;
  if (choice)
    setting = {*parse(names[*choice]), net::Origin::Model, "the model file"};
}

void ModelReader::readProfile(const JsonNode &node) {
  JsonObject object = node.object();
  net::Profile &profile = context.profile;
  if (const auto dt = object.optional("dt")) {
    std::optional<double> seconds;
    if (dt->isString()) {
      const auto quantity = net::parseQuantity(dt->raw().get<std::string>());
      if (quantity && quantity->dimension == net::Dimension::Time)
        seconds = quantity->value;
      else
        dt->error(DiagCode::BadUnit, "'dt' is not a time", "write seconds, or \"1 ms\"");
    } else {
      seconds = dt->number();
    }
    if (seconds && !(*seconds > 0))
      dt->error(DiagCode::ParamRange,
                "'dt' is " + net::numberText(*seconds) + " but must be above 0");
    else if (seconds)
      profile.dt = {*seconds, net::Origin::Model, "the model file"};
  }
  setting(object, "tau_unit", profile.tauUnit, kTauUnits, net::parseTauUnit);
  setting(object, "integrator", profile.integrator, kIntegrators, net::parseIntegrator);
  setting(object, "reset", profile.reset, kResets, net::parseResetRule);
  setting(object, "compare", profile.compare, kCompares, net::parseCompare);
  setting(object, "bias_timing", profile.biasTiming, kBiasTimings, net::parseBiasTiming);
  object.finish();
}

void ModelReader::readRun(const JsonNode &node) {
  JsonObject object = node.object();
  if (const auto steps = object.optional("steps"))
    if (const auto value =
            steps->integer(1, net::kMaxSteps, "leave it out to take the length of the data"))
      net.run.steps = static_cast<uint32_t>(*value);
  if (const auto encode = object.optional("encode"))
    if (const auto choice = encode->oneOf(kEncodings))
      net.run.encode = *net::parseEncoding(kEncodings[*choice]);
  if (const auto readout = object.optional("readout"))
    if (const auto choice = readout->oneOf(kReadouts))
      net.run.readout = *net::parseReadout(kReadouts[*choice]);
  if (const auto range = object.optional("input_range")) {
    std::vector<double> values;
    if (range->numbers(values) && (values.size() != 2 || !(values[0] < values[1])))
      range->error(DiagCode::JsonRange, "'input_range' must be [lowest, highest]");
    else if (values.size() == 2)
      std::tie(net.run.inputLow, net.run.inputHigh) = std::pair(values[0], values[1]);
  }
  object.finish();
}

std::optional<std::vector<uint32_t>>
ModelReader::readShape(JsonObject &layer, const std::optional<JsonNode> &weights) {
  const auto size = layer.optional("size"), shape = layer.optional("shape");
  if (size && shape)
    size->error(DiagCode::ParamConflict, "'size' and 'shape' say the same thing twice",
                "give one of them");
  std::vector<uint32_t> extents;
  if (shape) {
    uint64_t product = 1;
    for (const JsonNode &element : shape->elements()) {
      const auto extent = element.integer(1, net::kMaxPopulationSize);
      if (!extent)
        return std::nullopt;
      extents.push_back(static_cast<uint32_t>(*extent));
      product = std::min<uint64_t>(product * extents.back(), uint64_t{net::kMaxPopulationSize} + 1);
    }
    if (extents.empty() || product > net::kMaxPopulationSize) {
      shape->error(DiagCode::JsonRange,
                   llvm::formatv("a layer has 1 .. {0} neurons", net::kMaxPopulationSize));
      return std::nullopt;
    }
    return extents;
  }
  if (size) {
    const auto value = size->integer(1, net::kMaxPopulationSize);
    if (!value)
      return std::nullopt;
    return std::vector<uint32_t>{static_cast<uint32_t>(*value)};
  }
  const auto rows = weights ? json::rowsOf(context, *weights) : std::nullopt;
  if (rows && *rows > 0 && *rows <= net::kMaxPopulationSize)
    return std::vector<uint32_t>{*rows};
  const bool named = weights && weights->isObject() && weights->raw().contains("npy");
  if (!named || rows) // otherwise the file's error stands already
    layer.node().error(DiagCode::JsonMissingKey, "'size' is missing",
                       "give \"size\" or \"shape\"; dense weights give it by their rows");
  return std::nullopt;
}

void ModelReader::connect(std::string name, uint32_t source, uint32_t target, uint32_t delay,
                          const JsonNode &weights, const std::optional<JsonNode> &bias) {
  const auto [known, isNew] = projectionNames.emplace(name, weights.loc());
  if (!isNew)
    context.doc.add(Diag(DiagCode::DuplicateName, weights.loc(),
                         llvm::formatv("there are two projections '{0}'", name))
                        .note(known->second, "the other one is here")
                        .help("give them a \"name\"")
                        .data());
  const net::Population &from = net.populations[source], &to = net.populations[target];
  net::Projection projection;
  projection.name = std::move(name);
  projection.source = source;
  projection.target = target;
  projection.delay = delay;
  projection.loc = weights.loc();
  auto matrix = json::readWeights(context, weights,
                                  {from.name, to.name, from.size(), to.size(), from.loc, to.loc});
  if (bias)
    projection.bias = json::readBias(context, *bias, to.size());
  if (!matrix)
    return;
  projection.weights = std::move(*matrix);
  net.projections.push_back(std::move(projection));
}

void ModelReader::duplicateLayer(const support::SourceLoc &loc, const std::string &name) {
  Diag diag(DiagCode::DuplicateName, loc, llvm::formatv("there are two layers '{0}'", name));
  if (const std::optional<uint32_t> first = index[name])
    (void)std::move(diag).note(net.populations[*first].loc, "the other one is here");
  context.doc.add(std::move(diag).help("rename one: projections and traces go by name").data());
}

void ModelReader::readLayer(JsonObject layer) {
  const Before before = std::exchange(previous, Before{true, std::nullopt});
  const std::optional<std::string> name = layer.required("name").string();
  const std::optional<size_t> model = layer.required("model").oneOf(kModels);
  const auto weights = layer.optional("weights"), bias = layer.optional("bias"),
             recurrent = layer.optional("recurrent"), params = layer.optional("params");
  const auto shape = readShape(layer, weights);
  layer.finish();
  if (name && name->empty())
    layer.node().error(DiagCode::JsonRange, "a layer's name is empty");
  const bool isNew = name && index.emplace(*name, std::nullopt).second;
  if (name && !isNew)
    duplicateLayer(layer.loc(), *name);
  if (!isNew || !model || !shape)
    return;
  net::Population population;
  population.name = *name;
  population.kind = *net::parseNeuronKind(kModels[*model]);
  population.shape = *shape;
  population.loc = layer.loc();
  population.params =
      json::readParams(context, layer.node(), params, population.kind, population.size());
  const uint32_t self = static_cast<uint32_t>(net.populations.size());
  index[*name] = self;
  const bool isInput = population.kind == net::NeuronKind::Input;
  net.populations.push_back(std::move(population));
  previous = {false, self};
  if (isInput) {
    net.inputs.push_back(self);
    for (const auto *fed : {&weights, &recurrent, &bias})
      if (*fed)
        (*fed)->error(DiagCode::ParamConflict, "an input is fed by the data alone");
    return;
  }
  if (weights && before.layer)
    connect(net.populations[*before.layer].name + "_to_" + *name, *before.layer, self, 0, *weights,
            bias);
  else if (weights && !before.broken)
    weights->error(DiagCode::ParamConflict, "the first layer has no layer before it",
                   "begin with a layer of \"model\": \"input\"");
  else if (bias && !weights)
    bias->error(DiagCode::ParamConflict, "a bias comes with 'weights'",
                "move it into the entry of \"projections\" that feeds the layer");
  if (recurrent)
    connect(*name + "_rec", self, self, 1, *recurrent, std::nullopt);
}

void ModelReader::readLayers(const JsonNode &node) {
  const std::vector<JsonNode> layers = node.elements();
  if (node.isArray() && layers.empty())
    node.error(DiagCode::JsonRange, "a model has at least one layer");
  for (const JsonNode &layer : layers)
    readLayer(layer.object());
}

std::optional<uint32_t> ModelReader::layerNamed(const JsonNode &node) {
  const std::optional<std::string> name = node.string();
  if (!name)
    return std::nullopt;
  const auto found = index.find(*name);
  if (found != index.end())
    return found->second;
  std::vector<std::string> names;
  for (const auto &entry : index)
    names.push_back(entry.first);
  const std::string near = support::nearest(*name, names);
  node.error(DiagCode::UnknownName, "there is no layer '" + *name + "'",
             near.empty() ? "the layers are " + support::joinNames(names)
                          : "did you mean '" + near + "'?");
  return std::nullopt;
}

void ModelReader::readProjection(JsonObject projection) {
  const auto from = layerNamed(projection.required("from"));
  const JsonNode toNode = projection.required("to");
  const auto to = layerNamed(toNode);
  const JsonNode weights = projection.required("weights");
  const auto bias = projection.optional("bias");
  uint32_t delay = 0;
  std::optional<std::string> name;
  if (const auto node = projection.optional("delay"))
    delay = static_cast<uint32_t>(
        node->integer(0, net::kMaxDelay, "whole steps; 0 arrives in the step of the spike")
            .value_or(0));
  if (const auto node = projection.optional("name"))
    name = node->string();
  projection.finish();
  if (!from || !to || !weights.present())
    return;
  if (net.populations[*to].kind == net::NeuronKind::Input)
    return toNode.error(DiagCode::ParamConflict,
                        "'" + net.populations[*to].name + "' is an input, nothing can feed it");
  connect(name.value_or(net.populations[*from].name + "_to_" + net.populations[*to].name), *from,
          *to, delay, weights, bias);
}

void ModelReader::readProjections(const JsonNode &node) {
  for (const JsonNode &projection : node.elements())
    readProjection(projection.object());
}

void ModelReader::readOutputs(const std::optional<JsonNode> &node) {
  if (!node) {
    if (!net.populations.empty() && net.populations.back().kind != net::NeuronKind::Input)
      net.outputs = {static_cast<uint32_t>(net.populations.size() - 1)};
    return;
  }
  for (const JsonNode &element : node->elements()) {
    const auto layer = layerNamed(element);
    if (!layer)
      continue;
    if (net.populations[*layer].kind == net::NeuronKind::Input)
      element.error(DiagCode::ParamConflict, "an input cannot be an output");
    else if (llvm::is_contained(net.outputs, *layer))
      element.error(DiagCode::DuplicateName,
                    "'" + net.populations[*layer].name + "' is an output twice", "name it once");
    else
      net.outputs.push_back(*layer);
  }
}

void ModelReader::read(const net::ProfileFlags &flags, const std::string &defaultName) {
  JsonObject root = context.doc.root().object();
  root.required("schema", "begin with \"schema\": \"snnc-model/1\"").oneOf({"snnc-model/1"});
  net.name = defaultName;
  if (const auto name = root.optional("name"))
    net.name = name->string().value_or(defaultName);
  if (const auto profile = root.optional("profile"))
    readProfile(*profile);
  net::apply(flags, context.profile);
  if (const auto run = root.optional("run"))
    readRun(*run);
  const JsonNode layers = root.required("layers");
  const auto projections = root.optional("projections");
  const auto outputs = root.optional("outputs");
  root.finish(); // before the layers: a misspelt "layers" explains what follows
  readLayers(layers);
  if (projections)
    readProjections(*projections);
  readOutputs(outputs);
  net.profile = context.profile;
}

llvm::Error check(const net::Net &net, llvm::StringRef path) {
  if (llvm::Error error = net::verify(net))
    return error;
  if (net.inputs.empty() || net.outputs.empty())
    return Diag(DiagCode::UnsupportedGraph, {path.str(), 0, "/layers"},
                llvm::formatv("the model has {0} inputs and {1} outputs, at least one of each is "
                              "needed",
                              net.inputs.size(), net.outputs.size()))
        .help("begin with a layer of \"model\": \"input\", end with neurons")
        .take();
  llvm::Error errors = llvm::Error::success();
  for (net::Population population : net.populations) {
    population.loc.path += "/params";
    auto updates = net::discretize(population, net.profile);
    if (!updates)
      errors = llvm::joinErrors(std::move(errors), updates.takeError());
  }
  return errors;
}

} // namespace

llvm::Expected<net::Net> parseJson(llvm::StringRef text, llvm::StringRef path,
                                   const net::ProfileFlags &flags, support::Warnings &warnings) {
  auto doc = support::JsonDocument::parse(text, path);
  if (!doc)
    return doc.takeError();
  net::Net net;
  Context context{**doc, llvm::sys::path::parent_path(path).str(), warnings, {}};
  ModelReader(context, net).read(flags, llvm::sys::path::stem(path).str());
  if (llvm::Error errors = (*doc)->takeErrors())
    return errors;
  if (llvm::Error error = check(net, path))
    return error;
  if (context.usesDt && net.profile.dt.origin == net::Origin::Default)
    warnings.push_back(
        Diag(DiagCode::ProfileGuess, {path.str(), 0, "/profile"},
             llvm::formatv("dt is taken as {0} s: the model states times but no 'dt'",
                           net::numberText(net.profile.dt.value)))
            .help("\"dt\" in \"profile\" or --dt SECONDS settles it")
            .data());
  return net;
}

llvm::Expected<net::Net> readJson(llvm::StringRef path, const net::ProfileFlags &flags,
                                  support::Warnings &warnings) {
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  return parseJson((*buffer)->getBuffer(), path, flags, warnings);
}

} // namespace snnc::compiler
