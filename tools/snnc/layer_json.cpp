#include "tools/snnc/layer_json.h"

#include <cmath>

namespace snnc::cli {

using Json = nlohmann::ordered_json;

// [low, high] over the neurons; null where the kind has none.
static Json rangeJson(const std::optional<net::ValueRange> &range) {
  return range ? Json{range->low, range->high} : Json(nullptr);
}

static Json inputJson(const net::LayerInput &input) {
  // null: a chain too long to count.
  const Json synapses = input.synapses ? Json(*input.synapses) : Json(nullptr);
  return {{"name", input.name},    {"from", input.source}, {"through", input.maps},
          {"bias", input.hasBias}, {"delay", input.delay}, {"parameters", input.parameters},
          {"synapses", synapses}};
}

static Json layerJson(const net::LayerRow &layer) {
  Json inputs = Json::array();
  for (const net::LayerInput &input : layer.inputs)
    inputs.push_back(inputJson(input));
  return {{"name", layer.name},
          {"kind", net::nameOf(layer.kind)},
          {"shape", layer.shape},
          {"neurons", layer.neurons},
          {"current_decay", rangeJson(layer.currentDecay)},
          {"membrane_decay", rangeJson(layer.membraneDecay)},
          {"gain", rangeJson(layer.gain)},
          {"threshold", rangeJson(layer.threshold)},
          {"reset_rule", layer.resetRule ? Json(net::nameOf(*layer.resetRule)) : Json(nullptr)},
          {"reset", rangeJson(layer.reset)},
          {"inputs", inputs}};
}

Json toJson(const net::LayerTable &table) {
  Json layers = Json::array();
  for (const net::LayerRow &layer : table.layers)
    layers.push_back(layerJson(layer));
  return {{"layers", layers},
          {"neurons", table.neurons},
          {"synapses", table.allCounted ? Json(table.synapses) : Json(nullptr)},
          {"parameters", table.parameters}};
}

} // namespace snnc::cli
