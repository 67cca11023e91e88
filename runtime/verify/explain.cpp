#include "runtime/verify/explain.h"

#include "common/net/synapses.h"
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

// docs/reference/crossbar_core.md, Arithmetic.
std::string explainCrossbar(const std::string &field, const net::CrossbarConfig &neuron,
                            const Transition &transition) {
  const std::string sum =
      llvm::formatv("step 2: x = {0} + s + {1}", transition.before.v, neuron.leak);
  if (field == "spike")
    return llvm::formatv("{0}; step 3: spike = x >= {1}", sum, neuron.threshold);
  if (neuron.linearReset)
    return llvm::formatv("{0}; steps 4, 5: minus {1} if it fires, minus {2} if x {3} {2}", sum,
                         neuron.threshold, neuron.floor, neuron.floorInclusive ? "<=" : "<");
  return llvm::formatv("{0}; steps 4, 5: {1} if it fires (x >= {2}), {3} if x {4} {5}", sum,
                       neuron.reset, neuron.threshold, -neuron.reset,
                       neuron.floorInclusive ? "<=" : "<", neuron.floor);
}

} // namespace

std::string explainField(const std::string &field, const image::CoreImage &core, uint32_t local,
                         const Transition &transition) {
  if (core.neurons.empty())
    return explainCrossbar(field, core.crossbar.neurons[local], transition);
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

namespace {

// "12", or "[1,3,5]" in populations of higher rank.
std::string placeText(uint32_t element, llvm::ArrayRef<uint32_t> shape) {
  if (shape.size() < 2)
    return std::to_string(element);
  std::string text;
  for (size_t axis = shape.size(); axis-- > 0; element /= shape[axis])
    text = std::to_string(element % shape[axis]) + (text.empty() ? "" : ",") + text;
  return "[" + text + "]";
}

// Where a source lies in the input of the weights. It has a synapse, so a window of every pool
// holds it.
uint32_t pooled(llvm::ArrayRef<net::PoolMap> pools, uint32_t source) {
  for (const net::PoolMap &pool : pools) {
    const net::Window &w = pool.window;
    const auto channel = static_cast<uint32_t>(source / w.inSize());
    const auto place = static_cast<uint32_t>(source % w.inSize());
    const uint32_t y = (place / w.inW + w.padTop) / w.strideH;
    const uint32_t x = (place % w.inW + w.padLeft) / w.strideW;
    source = static_cast<uint32_t>(channel * w.outSize() + uint64_t{y} * w.outW + x);
  }
  return source;
}

std::string kernelText(const net::QuantProjection &projection, uint32_t source, uint32_t target) {
  const auto *conv = std::get_if<net::ConvInts>(&projection.weights);
  if (conv == nullptr)
    return "";
  const net::Window &w = conv->window;
  source = pooled(projection.pools, source);
  const auto in = static_cast<uint32_t>(source % w.inSize());
  const auto out = static_cast<uint32_t>(target % w.outSize());
  const uint64_t channel = source / w.inSize() % (conv->inChannels / conv->groups);
  const uint32_t u = (in / w.inW + w.padTop - out / w.outW * w.strideH) / w.dilationH;
  const uint32_t v = (in % w.inW + w.padLeft - out % w.outW * w.strideW) / w.dilationW;
  return llvm::formatv(" by kernel [{0},{1},{2},{3}]", target / w.outSize(), channel, u, v);
}

} // namespace

std::string dueSynapses(const net::QuantNet &network, const target::CoreSpec &core,
                        uint32_t population, uint32_t neuron, uint32_t step,
                        const trace::SampleTrace &trace) {
  constexpr size_t kListed = 6;
  std::string text;
  size_t count = 0;
  for (const net::QuantProjection &projection : network.projections) {
    if (projection.target != population || step < projection.delay)
      continue;
    const trace::PopulationTrace &from = trace.populations[projection.source];
    const uint8_t *spikes = from.spikes.data() + size_t{step - projection.delay} * from.size;
    net::IncomingInts(projection).forEach(neuron, [&](uint32_t source, int16_t weight) {
      if (spikes[source] == 0 || ++count > kListed)
        return;
      text += llvm::formatv("{0} '{1}' from {2}{3}: {4}", count == 1 ? "" : ";", projection.name,
                            placeText(source, network.populations[projection.source].shape),
                            kernelText(projection, source, neuron), weight);
      if (!core.isCrossbar())
        text += llvm::formatv(" << {0}", core.weightShift + projection.exponent);
    });
  }
  if (count == 0)
    return "due: no synapse";
  if (count > kListed)
    text += llvm::formatv("; {0} more", count - kListed);
  return "due:" + text;
}

} // namespace snnc::runtime::verify
