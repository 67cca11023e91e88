#include "runtime/rtl/rtl_build.h"

#include "common/support/diag.h"
#include "common/support/file_io.h"
#include "common/support/hash.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"

#include <cstdlib>
#include <vector>

namespace snnc::runtime::rtl {

using support::Diag;
using support::DiagCode;

static std::string environment(const char *name) {
  const char *value = std::getenv(name);
  return value ? value : "";
}

static std::string joined(llvm::StringRef folder, llvm::StringRef file) {
  llvm::SmallString<256> path(folder);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

std::string hardwareFolder() {
  const std::string set = environment("SNNC_HW");
  return set.empty() ? SNNC_HW_DIR : set;
}

std::string cacheFolder() {
  const std::string cache = environment("XDG_CACHE_HOME");
  if (!cache.empty())
    return joined(cache, "snnc");
  const std::string home = environment("HOME");
  return home.empty() ? std::string() : joined(joined(home, ".cache"), "snnc");
}

std::string shippedFolder() {
  return SNNC_RTL_MACHINES_DIR;
}

llvm::Expected<std::vector<std::string>> rtlSources() {
  std::vector<std::string> files;
  auto list = support::readFile(joined(hardwareFolder(), "rtl/files.f"));
  if (!list)
    return list.takeError();
  llvm::SmallVector<llvm::StringRef, 32> lines;
  (*list)->getBuffer().split(lines, '\n', -1, false);
  for (llvm::StringRef line : lines)
    if (line.take_front(2) != "//" && !line.trim().empty())
      files.push_back("rtl/" + line.trim().str());
  return files;
}

llvm::Expected<MachineId> machineId(const target::Target &target, uint32_t meshWidth,
                                    uint32_t meshHeight, llvm::StringRef wave) {
  MachineId id;
  id.wave = wave.str();
  id.package = target::emitSvPackage(target, meshWidth, meshHeight);
  const std::string hardware = hardwareFolder();
  auto files = rtlSources();
  if (!files)
    return files.takeError();
  files->insert(files->begin(),
                {"build_machine.sh", "rtl/files.f", "rtl/include/snn_assert.svh",
                 "tb/rtl_model.cpp", "tb/rtl_model.h", "tb/rtl_print.h", "tb/snn_probe.sv"});
  std::string all = id.package + "\n--- waveforms " + id.wave;
  for (const std::string &file : *files) {
    auto text = support::readFile(joined(hardware, file));
    if (!text)
      return text.takeError();
    all += "\n--- " + file + '\n';
    all += (*text)->getBuffer();
  }
  id.key = support::hex(support::sha256(support::bytesOf(llvm::StringRef(all)))).substr(0, 32);
  return id;
}

// The end of a build's log: what a user needs to see.
static std::string lastLines(llvm::StringRef path) {
  auto log = support::readFile(path);
  if (!log) {
    llvm::consumeError(log.takeError());
    return "no log was written";
  }
  llvm::StringRef text = (*log)->getBuffer().rtrim();
  return text.take_back(600).str();
}

static llvm::Error checkTools() {
  for (const char *tool : {"sh", "flock", "make", "verilator"})
    if (!llvm::sys::findProgramByName(tool))
      return Diag(DiagCode::RtlToolMissing, {},
                  llvm::formatv("'{0}' is not in PATH, and no machine is built for this target "
                                "and mesh yet",
                                tool))
          .help(
              "install verilator (5.006 or newer), make and a C++ compiler, or use --engine cycle")
          .take();
  return llvm::Error::success();
}

llvm::Expected<std::string> buildMachine(const MachineId &id, llvm::StringRef folder,
                                         llvm::raw_ostream &progress) {
  const std::string machine = joined(folder, id.key + ".so");
  if (llvm::sys::fs::exists(machine))
    return machine;
  if (llvm::Error error = checkTools())
    return error;
  if (std::error_code failed = llvm::sys::fs::create_directories(folder))
    return Diag(DiagCode::FileUnwritable, {},
                llvm::formatv("cannot make folder {0}: {1}", folder, failed.message()))
        .help("set XDG_CACHE_HOME to a folder that you may write")
        .take();
  const std::string package = joined(folder, id.key + ".sv");
  if (llvm::Error error = support::writeFile(package, id.package))
    return error;
  progress << "building RTL machine " << machine << '\n';
  progress.flush();

  const std::string script = joined(hardwareFolder(), "build_machine.sh");
  const std::string log = joined(folder, id.key + ".log");
  const std::string shell = *llvm::sys::findProgramByName("sh");
  // The shell redirects: the type of ExecuteAndWait's redirects differs between LLVM versions.
  const llvm::StringRef args[] = {
      shell,   "-c",   "exec sh \"$1\" \"$2\" \"$3\" $5 >\"$4\" 2>&1 </dev/null",
      "sh",    script, package,
      machine, log,    id.wave};
  const int code = llvm::sys::ExecuteAndWait(shell, args);
  if (code != 0 || !llvm::sys::fs::exists(machine))
    return Diag(DiagCode::RtlBuildFailed, {},
                llvm::formatv("cannot build RTL machine {0}: {1}", machine, lastLines(log)))
        .help(llvm::formatv("the whole log is {0}", log).str())
        .take();
  llvm::sys::fs::remove(log);
  return machine;
}

llvm::Expected<std::string> findOrBuildMachine(const target::Target &target, uint32_t meshWidth,
                                               uint32_t meshHeight, llvm::raw_ostream &progress,
                                               llvm::StringRef wave) {
  auto id = machineId(target, meshWidth, meshHeight, wave);
  if (!id)
    return id.takeError();
  const std::string shipped = joined(shippedFolder(), id->key + ".so");
  if (llvm::sys::fs::exists(shipped))
    return shipped;
  const std::string cache = cacheFolder();
  if (cache.empty())
    return Diag(DiagCode::FileUnwritable, {}, "there is no folder for built RTL machines")
        .help("set XDG_CACHE_HOME or HOME")
        .take();
  return buildMachine(*id, cache, progress);
}

} // namespace snnc::runtime::rtl
