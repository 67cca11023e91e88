// Sparse weights in three .npy files. Private to the JSON frontend.
#pragma once

#include "compiler/frontends/json/json_weights.h"

namespace snnc::compiler::json {

// {"indptr", "indices", "data"}: SciPy's csr_matrix, whose row t is target t and whose columns are
// sources, in any order within a row. Empty after an error (WeightShape, NotFinite) was recorded.
// Cost: O(synapses) time; the files and the result in memory, nothing else.
std::optional<net::Weights> readCsr(Context &context, const support::JsonNode &parts,
                                    const Ends &ends);

} // namespace snnc::compiler::json
