// A machine with one image and one run as a folder that needs Verilator and nothing of this
// project: RTL, configuration, stimulus, what must come out, and a test bench that compares.
#pragma once

#include "common/image/image.h"
#include "common/target/target.h"
#include "runtime/rtl/stimulus.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace snnc::runtime::rtl {

inline constexpr const char *kExportMarker = "export.json";

struct RtlExport {
  const image::Image *image = nullptr;
  const target::Target *target = nullptr;
  uint32_t steps = 0;                   // T of the windows
  StimulusRecorder *recorder = nullptr; // of a machine without faults, its run at the end
  std::string stimulus;                 // one line: what was played
  std::string description;              // JSON: the content of the marker
};

// Writes the folder as one (common/support/folder_io.h): FolderNotOurs if other things are there.
llvm::Error writeExport(const RtlExport &what, llvm::StringRef folder);

} // namespace snnc::runtime::rtl
