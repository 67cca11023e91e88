// Sorts the rows of all neurons into bundles and single rows.
#pragma once

#include "runtime/fast/tables.h"

namespace snnc::runtime::fast {

// Fills bundles, rows, rowsBegin and hasRows from the axons' rows and the slots.
void bundleRows(const image::Image &image, Tables &tables);

} // namespace snnc::runtime::fast
