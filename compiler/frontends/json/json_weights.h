// The weights of one projection of a model file. Private to the JSON frontend.
#pragma once

#include "compiler/frontends/json/json_values.h"

namespace snnc::compiler::json {

// Rows of `node`: what gives a layer its size. Empty if the form has none, or after an error with
// its .npy file was recorded.
std::optional<uint32_t> rowsOf(Context &context, const support::JsonNode &node);

// What the weights join, for shapes and messages.
struct Ends {
  std::string source, target;
  uint32_t sources, targets;
  support::SourceLoc sourceLoc, targetLoc;
};
// Records at `node` that weights have `found` "rows" or "columns", which are not the layer's
// neurons.
void wrongShape(Context &context, const support::JsonNode &node, uint64_t found,
                llvm::StringRef side, const std::string &layer, uint32_t size,
                const support::SourceLoc &layerLoc);
// float32 of the weight [row, col]; false, and an error at `node`, if it is not finite.
bool toFloat(const support::JsonNode &node, double value, uint64_t row, uint64_t col, float &out);
// A warning at `node`: `what` is float64 and lost digits.
void warnRounded(Context &context, const support::JsonNode &node, const std::string &what);

// Empty after an error was recorded. Every value is finite, the shape is targets x sources.
std::optional<net::Weights> readWeights(Context &context, const support::JsonNode &node,
                                        const Ends &ends);

} // namespace snnc::compiler::json
