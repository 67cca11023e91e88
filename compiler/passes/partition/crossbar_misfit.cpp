#include "compiler/passes/partition/crossbar_misfit.h"

#include <algorithm>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::partition {

using namespace core_ir;

namespace {

// Axons of one neuron alone on a core.
uint32_t axonsOf(const CrossbarSynapses &synapses, uint32_t neuron) {
  uint32_t axons = 0;
  for (const CrossbarSynapses::Synapse &synapse : synapses.into(neuron))
    axons += sizeOf(smallest(synapses.sets(neuron, synapse)));
  return axons;
}

bool fitsSigned(int64_t value, uint32_t bits) {
  return value >= -(int64_t{1} << (bits - 1)) && value < int64_t{1} << (bits - 1);
}

} // namespace

llvm::Error CrossbarMisfits::registers(uint32_t population) const {
  const net::QuantPopulation &p = net.populations[population];
  for (size_t n = 0; n < p.crossbar.size(); ++n) {
    const net::CrossbarConfig &c = p.crossbar[n];
    const struct {
      const char *name;
      int32_t value;
      uint32_t bits;
    } fields[] = {{"leak", c.leak, limits.leakBits},
                  {"threshold", c.threshold, limits.thresholdBits},
                  {"floor", c.floor, limits.thresholdBits},
                  {"reset", c.reset, limits.thresholdBits},
                  {"v_init", c.vInit, limits.membraneBits}};
    for (const auto &field : fields)
      if (!fitsSigned(field.value, field.bits))
        return Diag(DiagCode::CoreCannotHold, {},
                    formatv("the {0} of '{1}[{2}]' is {3}, '{4}' has {5} signed bits", field.name,
                            p.name, n, field.value, target.name, field.bits))
            .help("quantise the network for this target")
            .take();
  }
  return llvm::Error::success();
}

llvm::Error CrossbarMisfits::fanIn(uint32_t population, const CrossbarSynapses &synapses) const {
  const std::string &name = net.populations[population].name;
  uint32_t unmade = 0, tooMany = 0, worst = 0, most = 0, firstUnmade = 0;
  for (uint32_t n = 0; n < synapses.neurons(); ++n) {
    if (!synapses.isRealisable(n)) {
      firstUnmade = unmade++ == 0 ? n : firstUnmade;
      continue;
    }
    const uint32_t axons = axonsOf(synapses, n);
    tooMany += axons > limits.axons;
    if (axons > most) {
      most = axons;
      worst = n;
    }
  }
  llvm::Error errors = llvm::Error::success();
  if (unmade != 0)
    errors =
        Diag(DiagCode::CoreCannotHold, {},
             formatv("{0} of {1} neurons of '{2}' have weights that {3} type weights of {4} "
                     "bits do not add up to: neuron {5} has {6} different ones",
                     unmade, synapses.neurons(), name, limits.types, limits.weightBits, firstUnmade,
                     synapses.values(firstUnmade).size()))
            .help(formatv("a neuron's weights are at most {0} different values, or multiples "
                          "of one number from -{1} to {2}",
                          limits.types, 1 << (limits.types - 1), (1 << (limits.types - 1)) - 1))
            .take();
  if (tooMany == 0)
    return errors;
  const auto inputs = static_cast<uint32_t>(synapses.into(worst).size());
  std::string help;
  if (inputs <= limits.axons)
    help = formatv("its {0} inputs fit if each comes in on one axon: at most {1} different weights "
                   "per neuron",
                   inputs, limits.types);
  else
    help = formatv("leave each neuron at most {0} inputs, {1} fewer: cut the layer into patches "
                   "that see a part of the input each (block-sparse){2}",
                   limits.axons, inputs - limits.axons,
                   most > inputs ? ", with at most one axon each" : "");
  return llvm::joinErrors(
      std::move(errors),
      Diag(DiagCode::NeuronExceedsCore, {},
           formatv("{0} of {1} neurons of '{2}' have too many inputs for a core: neuron {3} needs "
                   "{4} axons for {5} inputs but a core of '{6}' has {7}",
                   tooMany, synapses.neurons(), name, worst, most, inputs, target.name,
                   limits.axons))
          .help(help)
          .take());
}

llvm::Error CrossbarMisfits::fanOut(const CrossbarPlan &plan) const {
  llvm::Error errors = llvm::Error::success();
  for (const FanOutMisfit &misfit : plan.misfits)
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::NeuronExceedsCore, {},
             formatv("neuron {0} of '{1}' has to reach {2} axons and each takes a copy of it, but "
                     "a core of '{3}' has {4} neurons",
                     misfit.neuron, net.populations[misfit.population].name, misfit.needed,
                     target.name, limits.neurons))
            .help("let it reach fewer cores, or give the projections from it, and the cycle that "
                  "they close, a step of delay more: relays take one")
            .take());
  return errors;
}

llvm::Error CrossbarMisfits::delays(const CrossbarPlan &plan) const {
  llvm::Error errors = llvm::Error::success();
  for (const net::QuantProjection &projection : net.projections) {
    const uint32_t delay = net::hardwareDelay(net, plan.firstTick, projection);
    if (delay <= limits.mostDelay)
      continue;
    errors = llvm::joinErrors(
        std::move(errors),
        Diag(DiagCode::DelayTooLong, {},
             formatv("'{0}' from '{1}' to '{2}' needs an axonal delay of {3} ticks but '{4}' has "
                     "at most {5}",
                     projection.name, net.populations[projection.source].name,
                     net.populations[projection.target].name, delay, target.name, limits.mostDelay))
            .help("shorten the path beside it")
            .take());
  }
  return errors;
}

} // namespace snnc::compiler::partition
