// The Verilated RTL as a Machine. A machine is a shared object built for one (target, mesh width x
// height); shipped ones are built with the project, others on demand and cached in
// $XDG_CACHE_HOME/snnc (docs/reference/rtl_machines.md).
#pragma once

#include "runtime/machine/machine.h"

#include <memory>

namespace snnc::runtime::rtl {

// Finds, or builds, the machine for this image's target and mesh. Building needs verilator, make
// and a C++ compiler; `progress` says what is going on.
llvm::Expected<std::unique_ptr<Machine>> createRtlMachine(const image::Image &image,
                                                          llvm::raw_ostream &progress);

} // namespace snnc::runtime::rtl
