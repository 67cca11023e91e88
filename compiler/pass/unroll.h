// Writing a chain of maps out as single synapses: the last resort of the passes, bounded.
#pragma once

#include "compiler/pass/pass.h"

#include "llvm/ADT/StringRef.h"

namespace snnc::compiler {

// Synapses of one projection beyond which it is refused, and from which on it is worth a warning.
inline constexpr uint64_t kMaxUnrolled = uint64_t{1} << 28;
inline constexpr uint64_t kManyUnrolled = uint64_t{1} << 20;

// net::unroll. `chain` has the name of the projection that its maps are from; it is unrolled
// because of `why`, and `help` is the way out. SNN3010 above kMaxUnrolled synapses (an upper bound,
// found without unrolling), or if composing the maps takes too long; warns SNN3011 above
// kManyUnrolled.
llvm::Expected<net::SparseWeights> unrollBounded(const net::Projection &chain, llvm::StringRef why,
                                                 llvm::StringRef help, PassContext &context);

} // namespace snnc::compiler
