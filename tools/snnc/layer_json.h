// The layer table as JSON, as dump, compile and export print it.
#pragma once

#include "common/net/layer_table.h"

#include <nlohmann/json.hpp>

namespace snnc::cli {

// {"layers":[{"name","kind","shape",...,"inputs":[...]}],"neurons","synapses","parameters"}
nlohmann::ordered_json toJson(const net::LayerTable &table);

} // namespace snnc::cli
