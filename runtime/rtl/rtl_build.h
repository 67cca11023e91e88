// Finds or builds the shared object of a Verilated machine (docs/reference/rtl_machines.md).
#pragma once

#include "common/target/target.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace snnc::runtime::rtl {

// A machine is named by everything that goes into it: the hash of the generated package, the RTL
// sources, the wrapper and the build script. A stale machine is never found.
struct MachineId {
  std::string package; // text of snn_cfg_pkg.sv
  std::string wave;    // "vcd" or "fst": it can write waveforms and is slower; "": it cannot
  std::string key;     // 32 hexadecimal digits
};

// Folder of the RTL: $SNNC_HW, else hw/ of the source tree.
std::string hardwareFolder();
// $XDG_CACHE_HOME/snnc, else ~/.cache/snnc; empty if neither variable is set.
std::string cacheFolder();
// Of the machines built with the project.
std::string shippedFolder();

// The modules of hw/rtl in the order of files.f, relative to hardwareFolder(). FileUnreadable.
llvm::Expected<std::vector<std::string>> rtlSources();

// FileUnreadable if the RTL is not there.
llvm::Expected<MachineId> machineId(const target::Target &target, uint32_t meshWidth,
                                    uint32_t meshHeight, llvm::StringRef wave = "");

// Builds <folder>/<key>.so unless it exists; safe against concurrent builds of the same machine.
// Returns its path. RtlToolMissing, RtlBuildFailed.
llvm::Expected<std::string> buildMachine(const MachineId &id, llvm::StringRef folder,
                                         llvm::raw_ostream &progress);

// The shipped machine, or the cached one, or a new one in the cache.
llvm::Expected<std::string> findOrBuildMachine(const target::Target &target, uint32_t meshWidth,
                                               uint32_t meshHeight, llvm::raw_ostream &progress,
                                               llvm::StringRef wave = "");

} // namespace snnc::runtime::rtl
