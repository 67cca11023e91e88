#include "compiler/frontends/nir/node_fields.h"

#include "llvm/ADT/STLExtras.h"

using snnc::support::DiagCode;

namespace snnc::compiler::nir {
namespace {

// One metadata group while it is read.
class Hints {
public:
  explicit Hints(Reading &reading) : reading(reading) {}

  bool any() const { return reading.file.kindOf(reading.at("metadata")) == Hdf5File::Kind::Group; }

  // Numbers in [lo, hi], whole if asked; empty if absent or unusable.
  std::vector<double> numbers(const char *key, double lo, double hi, bool whole) {
    const std::string field = std::string("metadata/") + key;
    if (reading.file.kindOf(reading.at(field.c_str())) != Hdf5File::Kind::Dataset)
      return {};
    auto array = reading.file.doubles(reading.at(field.c_str()));
    if (!array) {
      llvm::consumeError(array.takeError());
      ignore(field, "is no number");
      return {};
    }
    for (double value : array->values)
      if (!(value >= lo && value <= hi) || (whole && value != std::floor(value))) {
        ignore(field, "has the value " + net::numberText(value));
        return {};
      }
    if (array->values.empty())
      ignore(field, "is empty");
    return std::move(array->values);
  }
  std::optional<double> number(const char *key, double lo, double hi) {
    const std::vector<double> values = numbers(key, lo, hi, true);
    if (values.size() > 1)
      ignore(std::string("metadata/") + key, "has more than one value");
    return values.size() == 1 ? std::optional(values.front()) : std::nullopt;
  }
  std::vector<uint8_t> bytes(const char *key, double hi) {
    const std::vector<double> values = numbers(key, 0, hi, true);
    return {values.begin(), values.end()};
  }
  std::optional<net::ResetRule> reset() {
    if (reading.file.kindOf(reading.at("metadata/reset")) != Hdf5File::Kind::Dataset)
      return std::nullopt;
    auto text = reading.file.string(reading.at("metadata/reset"));
    const auto rule = text ? net::parseResetRule(*text) : std::nullopt;
    llvm::consumeError(text.takeError());
    if (!rule)
      ignore("metadata/reset", "is no reset rule");
    return rule;
  }

private:
  void ignore(const std::string &field, const std::string &why) {
    reading.warn(
        DiagCode::UnknownDataset, field.c_str(),
        llvm::formatv("'{0}' of node '{1}' {2} and is ignored", field, reading.node.name, why));
  }

  Reading &reading;
};

constexpr double kLargest = 1e300;

void readNeuronHints(Hints &hints, Node &node) {
  node.reset = hints.reset();
  node.params.vInit.values = hints.numbers("v_init", -kLargest, kLargest, false);
  node.params.refractory.values = hints.numbers("refractory", 0, kLargest, false);
  node.populationGrid.scale.values = hints.numbers("snnc_scale", 1e-300, kLargest, false);
  node.populationGrid.biasExp = hints.bytes("snnc_bias_exp", 7);
  if (const auto offset = hints.number("snnc_du_offset", 0, 1))
    node.populationGrid.duOffset = static_cast<uint8_t>(*offset);
}

void readWeightHints(Hints &hints, Node &node) {
  if (const auto bits = hints.number("snnc_weight_bits", 2, 16))
    node.grid.weightBits = static_cast<uint8_t>(*bits);
  if (const auto exponent = hints.number("snnc_exponent", 0, 7))
    node.grid.exponent = static_cast<uint8_t>(*exponent);
  node.grid.hostShift = hints.bytes("snnc_host_shift", 40);
}

} // namespace

void readHints(Reading &reading) {
  Hints hints(reading);
  if (!hints.any())
    return;
  if (reading.node.kind == Node::Kind::Neuron || reading.node.kind == Node::Kind::Threshold)
    readNeuronHints(hints, reading.node);
  if (reading.node.kind == Node::Kind::Map)
    readWeightHints(hints, reading.node);
}

} // namespace snnc::compiler::nir
