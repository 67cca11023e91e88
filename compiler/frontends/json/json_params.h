// Neuron parameters of a model file: simple, NIR-style or physical. Private to the JSON frontend.
#pragma once

#include "compiler/frontends/json/json_values.h"

namespace snnc::compiler::json {

// The parameters of a layer of `size` neurons; `params` is empty where the layer gives none.
net::NeuronParams readParams(Context &context, const support::JsonNode &layer,
                             const std::optional<support::JsonNode> &params, net::NeuronKind kind,
                             uint32_t size);

} // namespace snnc::compiler::json
