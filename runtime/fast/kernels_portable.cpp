// For any processor.
#include "runtime/fast/kernel_loops.h"
#include "runtime/fast/kernel_table.h"

namespace snnc::runtime::fast {

const Kernels kPortableKernels = {"portable",
                                  SNNC_UPDATE_KERNELS(updateSpan),
                                  addRowsLoop<int8_t>,
                                  addRowsLoop<int16_t>,
                                  pickLoop,
                                  spreadLoop,
                                  countLoop};

} // namespace snnc::runtime::fast
