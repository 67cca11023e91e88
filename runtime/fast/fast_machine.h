// The functional engine: what the image computes, tick by tick, without a clock. Equal to `quant`
// and `cycle` in every spike and every state, and to `cycle` in every counter that needs no clock
// and does not depend on the order of a tick's messages (acc_wraps does).
//
// Cuba cores only. Nothing is allocated while it runs.
#pragma once

#include "runtime/machine/machine.h"

#include "llvm/ADT/StringRef.h"

#include <memory>

namespace snnc::runtime::fast {

// Which code runs; the results are the same.
enum class Path : uint8_t { Portable, Avx2, Avx512 };
inline constexpr Path kPaths[] = {Path::Portable, Path::Avx2, Path::Avx512};
const char *nameOf(Path path); // "portable", "avx2", "avx512"
// Whether the compiler could build it and this processor runs it.
bool isUsable(Path path);

struct Kernels;
// REQUIRES: isUsable(path).
Kernels kernelsOf(Path path);

// The widest usable path, or what the environment variable SNNC_FAST_PATH names. Fails with SNN7302
// where that is no path, or not one of this processor's.
llvm::Expected<Path> choosePath();

// An unloaded machine. REQUIRES: isUsable(path). load() fails with SNN7301 for crossbar images.
std::unique_ptr<Machine> createFastMachine(Path path);
// With choosePath().
llvm::Expected<std::unique_ptr<Machine>> createFastMachine();

} // namespace snnc::runtime::fast
