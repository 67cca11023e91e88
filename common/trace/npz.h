// Traces as a .npz file, one array per population: name -> [samples, steps, neurons] uint8 spikes,
// and with `state` name.v and name.u, int32 (name.v is float64 from the float engine).
#pragma once

#include "common/support/npy.h"
#include "common/trace/trace.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace snnc::trace {

// All samples have the same populations and steps.
support::NpyArrays toArrays(llvm::ArrayRef<SampleTrace> samples, bool state);
llvm::Error writeNpz(llvm::ArrayRef<SampleTrace> samples, bool state, llvm::StringRef path);

} // namespace snnc::trace
