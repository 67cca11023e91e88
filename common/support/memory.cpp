#include "common/support/memory.h"

#include <sys/resource.h>

namespace snnc::support {

uint64_t peakMemory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024; // Linux counts KiB
}

} // namespace snnc::support
