// The fast engine once per instruction set that this processor runs, for comparisons.
#pragma once

#include "runtime/fast/fast_machine.h"
#include "runtime/verify/verify.h"

#include <string>
#include <vector>

namespace snnc::test {

inline std::vector<runtime::verify::EngineSpec> fastEngines() {
  using namespace runtime;
  std::vector<verify::EngineSpec> specs;
  for (const fast::Path path : fast::kPaths)
    if (fast::isUsable(path))
      specs.push_back({std::string("fast ") + fast::nameOf(path),
                       [path](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
                         return fast::createFastMachine(path);
                       }});
  return specs;
}

} // namespace snnc::test
