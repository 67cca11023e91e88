// Direct coding clips what lies outside the range it was compiled for; the float network does not.
#pragma once

#include "tools/snnc/subject.h"

namespace snnc::cli {

// How many values of the samples the host layers of subject.quant clip (HostLayer's formula; a held
// value counts once), with the warning SNN1213 if there is one. 0 without host layers.
llvm::Expected<uint64_t> warnClipped(const Subject &subject, const Samples &samples,
                                     Console &console);

} // namespace snnc::cli
