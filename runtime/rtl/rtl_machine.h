// The Verilated RTL as a Machine. A machine is a shared object built for one (target, mesh width x
// height); shipped ones are built with the project, others on demand and cached in
// $XDG_CACHE_HOME/snnc (docs/reference/rtl_machines.md).
#pragma once

#include "runtime/machine/machine.h"

#include <memory>
#include <optional>
#include <string>

namespace snnc::runtime::rtl {

// For tests: each output and each input of each router is held back in each cycle with probability
// rate / 256 (rate at most 255), drawn from `seed`. Cycles change; no spike and no state may.
struct RouterStalls {
  uint64_t seed = 0;
  uint32_t rate = 0;
};

// What a run shows of itself: every signal in ticks [first, last), counted from load() on, with the
// host's words before them.
struct Wave {
  std::string path;   // written while the machine runs, complete when it is destroyed
  std::string format; // "vcd" or "fst"
  uint64_t first = 0, last = UINT64_MAX;
  std::optional<uint32_t> core; // id y * mesh width + x: this core's signals alone
};

// Finds, or builds, the machine for this image's target and mesh. Building needs verilator, make
// and a C++ compiler; `progress` says what is going on.
llvm::Expected<std::unique_ptr<Machine>> createRtlMachine(const image::Image &image,
                                                          llvm::raw_ostream &progress,
                                                          const RouterStalls &stalls = {},
                                                          const Wave *wave = nullptr);

// A machine that exists: the shared object at `path`, built for this image's target and mesh.
llvm::Expected<std::unique_ptr<Machine>> openRtlMachine(const image::Image &image,
                                                        llvm::StringRef path);

} // namespace snnc::runtime::rtl
