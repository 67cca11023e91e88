// The network as trained, in double, with the discretisation profile of its framework. No hardware
// limits. The top of the ladder: everything else is compared with it.
#pragma once

#include "common/data/data.h"
#include "common/net/net.h"
#include "common/trace/trace.h"

#include "llvm/Support/Error.h"

#include <memory>

namespace snnc::runtime::reference {

class FloatEngine {
public:
  // `float32`: every operation rounded to float, to follow a framework's own rounding.
  static llvm::Expected<std::unique_ptr<FloatEngine>> create(const net::Net &net,
                                                             bool float32 = false);
  virtual ~FloatEngine() = default;
  // One sample from the initial state. `recordState` fills vReal.
  virtual trace::SampleTrace run(const data::EncodedSample &sample, bool recordState) = 0;
};

} // namespace snnc::runtime::reference
