#include "compiler/core_ir/crossbar_limits.h"

namespace snnc::compiler::core_ir {

CrossbarLimits crossbarLimits(const target::Target &target, uint32_t maxNeuronsPerCore) {
  const target::CoreSpec &core = target.core;
  CrossbarLimits limits;
  limits.axons = core.inputAxons;
  limits.neurons = maxNeuronsPerCore != 0 ? maxNeuronsPerCore : core.neurons;
  limits.types = core.axonTypes;
  limits.groups = core.groups;
  limits.mostDelay = core.largestDelay();
  limits.weightBits = core.weightBits;
  limits.leakBits = core.leakBits;
  limits.thresholdBits = core.thresholdBits;
  limits.membraneBits = core.membraneBits;
  return limits;
}

TypeLimits typeLimits(const CrossbarLimits &limits) {
  const int32_t high = (int32_t{1} << (limits.weightBits - 1)) - 1;
  return {limits.types, -high - 1, high};
}

} // namespace snnc::compiler::core_ir
