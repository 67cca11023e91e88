#include "runtime/verify/explain.h"

#include "common/support/fixed_point.h"

#include "llvm/Support/FormatVariadic.h"

namespace snnc::runtime::verify {

namespace {

std::string explainCurrent(const net::NeuronConfig &neuron, uint32_t duOffset,
                           const Transition &transition) {
  const uint32_t decay = neuron.du + duOffset;
  const int64_t kept = support::decayTowardZero(transition.before.u, decay);
  const auto added = [&](const NeuronState &after) {
    return support::wrapSigned(after.u - kept, 24);
  };
  return llvm::formatv("step 2: u' = wrap24(dec({0}, {1}) + acc{2}) = wrap24({3} + x): x is {4} in "
                       "a and {5} in b, {6} apart; compare the synapses that were due",
                       transition.before.u, decay, neuron.biasToCurrent ? " + bias" : "", kept,
                       added(transition.afterA), added(transition.afterB),
                       added(transition.afterB) - added(transition.afterA));
}

std::string explainMembrane(const image::CoreImage &core, const net::NeuronConfig &neuron,
                            const Transition &transition) {
  if (transition.before.refractory > 0)
    return llvm::formatv("step 5: refractory {0}, v' = {1}", transition.before.refractory,
                         neuron.resetSubtract ? "v, held" : "reset");
  return llvm::formatv(
      "steps 3, 4, 7: v' = clamp(dec({0}, {1}) + u'{2}, {3}, {4}) = clamp({5} + x), then {6} "
      "if it fires",
      transition.before.v, neuron.dv, neuron.biasToCurrent ? "" : " + bias", core.vmin, core.vmax,
      support::decayTowardZero(transition.before.v, neuron.dv),
      neuron.resetSubtract ? llvm::formatv("v' - {0}", neuron.reset).str()
                           : llvm::formatv("{0}", neuron.reset).str());
}

} // namespace

std::string explainField(const std::string &field, const image::CoreImage &core, uint32_t local,
                         const Transition &transition) {
  const net::NeuronConfig &neuron = core.neurons[local];
  if (field == "u")
    return explainCurrent(neuron, core.duOffset, transition);
  if (field == "v")
    return explainMembrane(core, neuron, transition);
  if (field == "spike" && transition.before.refractory > 0)
    return llvm::formatv("step 6: refractory {0}, no spike", transition.before.refractory);
  if (field == "spike")
    return llvm::formatv("step 6: spike = v' {0} {1}", neuron.compareGe ? ">=" : ">",
                         neuron.threshold);
  return llvm::formatv("step 8: ref = max(ref - 1, 0) from {0}, {1} at a spike",
                       transition.before.refractory, neuron.refractory);
}

} // namespace snnc::runtime::verify
