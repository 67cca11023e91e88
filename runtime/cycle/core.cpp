#include "runtime/cycle/core.h"

#include "runtime/cycle/crossbar_core.h"
#include "runtime/cycle/cuba_core.h"

namespace snnc::runtime::cycle {

std::unique_ptr<Core> makeCore(const image::CoreImage &image, const target::CoreSpec &spec,
                               uint32_t steps) {
  if (spec.isCrossbar())
    return std::make_unique<CrossbarCore>(image, spec, steps);
  return std::make_unique<CubaCore>(image, spec, steps);
}

} // namespace snnc::runtime::cycle
