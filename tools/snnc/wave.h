// Flags --wave, --wave-window and --wave-core of `run`, and the file they make.
#pragma once

#include "runtime/rtl/rtl_machine.h"
#include "tools/snnc/args.h"

#include "llvm/Support/FileSystem.h"

#include <optional>

namespace snnc::cli {

// Of --wave; empty without it. Notes what is wrong, flags of the group without --wave included.
std::optional<runtime::rtl::Wave> readWave(Args &args);

// FlagValue if --wave-core names no core of the image.
llvm::Error checkWaveCore(const runtime::rtl::Wave &wave, const image::Image &image);

// The wave's file under a temporary name until keep(), so that an error or Ctrl-C leaves none.
class WaveFile {
public:
  WaveFile() = default;
  ~WaveFile();
  WaveFile(const WaveFile &) = delete;
  WaveFile &operator=(const WaveFile &) = delete;

  llvm::Error open(runtime::rtl::Wave &wave); // changes wave.path
  llvm::Error keep();                         // once the machine is gone; nothing if not open

private:
  std::optional<llvm::sys::fs::TempFile> file;
  std::string path;
};

} // namespace snnc::cli
