#include "compiler/frontends/json/json_values.h"

#include "common/net/number_text.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

#include <cmath>

using snnc::support::DiagCode;
using snnc::support::JsonNode;
using snnc::support::JsonObject;

namespace snnc::compiler::json {

double Context::dtInTauUnits() const {
  return secondsToTauUnits(profile.dt.value);
}

double Context::secondsToTauUnits(double seconds) const {
  switch (profile.tauUnit.value) {
  case net::TauUnit::Seconds:
    return seconds;
  case net::TauUnit::Milliseconds:
    return seconds * 1e3;
  case net::TauUnit::Steps:
    return seconds / profile.dt.value;
  }
  llvm_unreachable("covered switch");
}

std::optional<support::NpyArray> readArray(Context &context, const JsonNode &fileName) {
  const std::optional<std::string> name = fileName.string();
  if (!name)
    return std::nullopt;
  llvm::SmallString<128> path(llvm::sys::path::is_absolute(*name) ? "" : context.folder);
  llvm::sys::path::append(path, *name);
  llvm::Expected<support::NpyArray> array = support::readNpy(path);
  if (array)
    return std::move(*array);
  llvm::handleAllErrors(array.takeError(), [&](const support::DiagError &error) {
    support::Diagnostic diagnostic = error.diagnostic;
    diagnostic.notes.push_back({fileName.loc(), "the model names the file here"});
    context.doc.add(std::move(diagnostic));
  });
  return std::nullopt;
}

namespace {

std::string elementName(const char *name, size_t at, size_t count) {
  return count == 1 ? name : llvm::formatv("{0}[{1}]", name, at).str();
}

// {"npy": file} as numbers.
bool readNpyValues(Context &context, const JsonNode &node, std::vector<double> &values) {
  JsonObject object = node.object();
  const auto array = readArray(context, object.required("npy"));
  object.finish();
  if (array)
    values = array->toDoubles();
  return array.has_value();
}

bool checkCount(const JsonNode &node, const char *name, size_t count, uint32_t size) {
  if (count == 1 || count == size)
    return true;
  node.error(DiagCode::ParamShape,
             llvm::formatv("'{0}' has {1} values but the layer has {2} neurons", name, count, size),
             "give one number for all neurons, or one for each");
  return false;
}

class ParamReader {
public:
  ParamReader(Context &context, const char *name, const ParamForm &form)
      : context(context), name(name), form(form) {}

  bool read(const JsonNode &node, std::vector<double> &values) {
    if (node.isObject())
      return readNpyValues(context, node, values) && checkRange(node, values);
    if (!node.isArray())
      return readOne(node, values) && checkRange(node, values);
    if (form.dimension) {
      for (const JsonNode &element : node.elements())
        if (!readOne(element, values))
          return false;
      return checkRange(node, values);
    }
    return node.numbers(values) && checkRange(node, values);
  }

private:
  bool readOne(const JsonNode &node, std::vector<double> &values) {
    const bool infinite = node.isString() && node.raw() == "inf";
    const bool steps = context.profile.tauUnit.value == net::TauUnit::Steps && !node.isString();
    context.usesDt |= form.dimension == net::Dimension::Time && !infinite && !steps;
    if (form.dimension && node.isString() && !infinite)
      return readQuantity(node, values);
    if (form.unitRequired) {
      node.error(DiagCode::BadUnit, llvm::formatv("'{0}' needs a unit", name),
                 llvm::formatv("write \"{0}\"", net::exampleOf(*form.dimension)));
      return false;
    }
    const double infinity = std::numeric_limits<double>::infinity();
    const std::optional<double> value = node.number(-infinity, infinity);
    if (value)
      values.push_back(*value);
    return value.has_value();
  }

  bool readQuantity(const JsonNode &node, std::vector<double> &values) {
    const std::string text = node.raw().get<std::string>();
    const std::optional<net::Quantity> quantity = net::parseQuantity(text);
    if (!quantity || quantity->dimension != *form.dimension) {
      node.error(DiagCode::BadUnit,
                 llvm::formatv("'{0}' is \"{1}\", which is not a quantity such as \"{2}\"", name,
                               text, net::exampleOf(*form.dimension)));
      return false;
    }
    const bool time = *form.dimension == net::Dimension::Time && !form.unitRequired;
    values.push_back(time ? context.secondsToTauUnits(quantity->value) : quantity->value);
    return true;
  }

  bool checkRange(const JsonNode &node, const std::vector<double> &values) {
    for (size_t i = 0; i < values.size(); ++i) {
      if (values[i] >= form.lo && values[i] <= form.hi)
        continue;
      const bool finite = std::isfinite(values[i]);
      const bool positive = form.lo == std::numeric_limits<double>::min();
      const std::string range =
          !finite ? "finite"
          : positive
              ? "above 0"
              : llvm::formatv("in {0} .. {1}", net::numberText(form.lo), net::numberText(form.hi))
                    .str();
      node.error(finite ? DiagCode::ParamRange : DiagCode::NotFinite,
                 llvm::formatv("'{0}' is {1} but must be {2}", elementName(name, i, values.size()),
                               net::numberText(values[i]), range),
                 form.help);
      return false;
    }
    return true;
  }

  Context &context;
  const char *name;
  const ParamForm &form;
};

} // namespace

std::optional<net::Param> readParam(Context &context, const JsonNode &node, const char *name,
                                    uint32_t size, const ParamForm &form) {
  net::Param param;
  if (!node.present() || !ParamReader(context, name, form).read(node, param.values) ||
      !checkCount(node, name, param.values.size(), size))
    return std::nullopt;
  return param;
}

std::vector<double> readBias(Context &context, const JsonNode &node, uint32_t size) {
  constexpr double kMost = std::numeric_limits<double>::max();
  const auto param = readParam(context, node, "bias", size, {-kMost, kMost});
  if (!param || llvm::all_of(param->values, [](double value) { return value == 0.0; }))
    return {};
  std::vector<double> bias(size);
  for (uint32_t i = 0; i < size; ++i)
    bias[i] = (*param)[i];
  return bias;
}

} // namespace snnc::compiler::json
