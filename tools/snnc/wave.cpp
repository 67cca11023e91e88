#include "tools/snnc/wave.h"

#include "common/support/strings.h"

#include "llvm/Support/Signals.h"

namespace snnc::cli {

using support::Diag;
using support::DiagCode;

static void readWindow(Args &args, runtime::rtl::Wave &wave) {
  const std::optional<std::string> word = args.text("--wave-window");
  if (!word)
    return;
  const auto [a, b] = llvm::StringRef(*word).split(':');
  if (a.getAsInteger(10, wave.first) || b.getAsInteger(10, wave.last) || wave.first >= wave.last)
    args.badValue("--wave-window", "ticks A:B with A < B");
}

std::optional<runtime::rtl::Wave> readWave(Args &args) {
  runtime::rtl::Wave wave;
  readWindow(args, wave);
  if (const auto core = args.number("--wave-core", 0, 64 * 64 - 1))
    wave.core = static_cast<uint32_t>(*core);
  if (!args.has("--wave")) {
    for (const char *flag : {"--wave-window", "--wave-core"})
      if (args.has(flag))
        args.bad(DiagCode::FlagConflict, llvm::Twine(flag) + " goes with --wave OUT", "");
    return std::nullopt;
  }
  wave.path = args.textOr("--wave", "");
  for (const char *format : {"vcd", "fst"})
    if (support::endsWith(wave.path, "." + std::string(format)))
      wave.format = format;
  if (wave.format.empty())
    args.badValue("--wave", "the name of a .vcd or .fst file");
  return wave;
}

llvm::Error checkWaveCore(const runtime::rtl::Wave &wave, const image::Image &image) {
  const uint32_t cores = image.meshWidth * image.meshHeight;
  if (!wave.core || *wave.core < cores)
    return llvm::Error::success();
  return Diag(DiagCode::FlagValue, {},
              llvm::formatv("--wave-core: there is no core {0} in a mesh of {1} x {2}", *wave.core,
                            image.meshWidth, image.meshHeight))
      .help(llvm::formatv("y * {0} + x, 0 to {1}", image.meshWidth, cores - 1).str())
      .take();
}

llvm::Error WaveFile::open(runtime::rtl::Wave &wave) {
  path = wave.path;
  auto made = llvm::sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!made)
    return Diag(DiagCode::FileUnwritable, {path, 0, {}},
                "cannot write '" + path + "': " + llvm::toString(made.takeError()))
        .help("choose another place with --wave")
        .take();
  file = std::move(*made);
  wave.path = file->TmpName;
  llvm::sys::RemoveFileOnSignal(wave.path + ".hier"); // of the FST library, while it writes
  return llvm::Error::success();
}

WaveFile::~WaveFile() {
  if (file)
    llvm::consumeError(file->discard());
}

llvm::Error WaveFile::keep() {
  if (!file)
    return llvm::Error::success();
  llvm::Error error = file->keep(path);
  file.reset();
  return error;
}

} // namespace snnc::cli
