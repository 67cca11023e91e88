// Which groups may run several ticks before others begin: where spikes only lead from earlier
// groups to later ones, a group's ticks need nothing of the groups after it.
#pragma once

#include "runtime/fast/tables.h"

namespace snnc::runtime::fast {

// Fills stages and blockTicks from groups, bundles and rows.
void makeStages(Tables &tables);

} // namespace snnc::runtime::fast
