// Which kernels this processor runs.
#include "common/support/diag.h"
#include "runtime/fast/fast_machine.h"
#include "runtime/fast/kernels.h"

#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"

#include <cstdlib>

namespace snnc::runtime::fast {

const char *nameOf(Path path) {
  switch (path) {
  case Path::Portable:
    return kPortableKernels.name;
  case Path::Avx2:
    return kAvx2Kernels.name;
  case Path::Avx512:
    return kAvx512Kernels.name;
  }
  llvm_unreachable("all paths are named");
}

bool isUsable(Path path) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (path == Path::Avx2)
    return kAvx2Kernels.addRows8 != nullptr && __builtin_cpu_supports("avx2");
  if (path == Path::Avx512)
    return kAvx512Kernels.addRows8 != nullptr && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
#endif
  return path == Path::Portable;
}

Kernels kernelsOf(Path path) {
  if (path == Path::Portable)
    return kPortableKernels;
  if (path == Path::Avx2)
    return kAvx2Kernels;
  Kernels kernels = kAvx512Kernels;
#if defined(__x86_64__)
  if (kPickBitsVbmi2 != nullptr && __builtin_cpu_supports("avx512vbmi2"))
    kernels.pickBits = kPickBitsVbmi2;
#endif
  return kernels;
}

llvm::Expected<Path> choosePath() {
  const char *wanted = std::getenv("SNNC_FAST_PATH");
  Path widest = Path::Portable;
  std::string usable;
  for (Path path : kPaths) {
    if (!isUsable(path))
      continue;
    widest = path;
    usable += (usable.empty() ? "" : ", ") + std::string(nameOf(path));
    if (wanted != nullptr && llvm::StringRef(wanted) == nameOf(path))
      return path;
  }
  if (wanted == nullptr)
    return widest;
  return support::Diag(support::DiagCode::FastPath, {},
                       llvm::formatv("SNNC_FAST_PATH is '{0}'", wanted))
      .help("on this processor one of: " + usable + "; without it: " + nameOf(widest))
      .take();
}

llvm::Expected<std::unique_ptr<Machine>> createFastMachine() {
  llvm::Expected<Path> path = choosePath();
  if (!path)
    return path.takeError();
  return createFastMachine(*path);
}

} // namespace snnc::runtime::fast
