#include "compiler/core_ir/limits.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>

namespace snnc::compiler::core_ir {

const char *nameOf(Resource resource) {
  switch (resource) {
  case Resource::Neurons:
    return "neurons";
  case Resource::Extent:
    return "local neuron numbers";
  case Resource::Groups:
    return "neuron groups";
  case Resource::InputAxons:
    return "input axons";
  case Resource::OutputSlots:
    return "output slots";
  case Resource::SynapseWords:
    return "synapse words";
  case Resource::BlockBits:
    return "synapse block bits";
  }
  llvm_unreachable("covered switch");
}

const char *targetField(Resource resource) {
  switch (resource) {
  case Resource::Neurons:
  case Resource::Extent:
    return "core.neurons";
  case Resource::Groups:
    return "core.groups";
  case Resource::InputAxons:
    return "core.input_axons";
  case Resource::OutputSlots:
    return "core.output_slots";
  case Resource::SynapseWords:
    return "core.synapse_words";
  case Resource::BlockBits:
    return "synapse_memory.memory_bits";
  }
  llvm_unreachable("covered switch");
}

Limits limitsOf(const target::Target &target, uint32_t maxNeuronsPerCore) {
  const target::CoreSpec &core = target.core;
  Limits limits{};
  limits.extent = core.neurons;
  limits.neurons =
      maxNeuronsPerCore == 0 ? core.neurons : std::min(maxNeuronsPerCore, core.neurons);
  limits.groups = core.groups;
  limits.inputAxons = core.inputAxons;
  limits.outputSlots = core.outputSlots;
  limits.synapseWords = core.synapseWords;
  limits.blockBits = target.blockCost ? target.blockCost->memoryBits : UINT64_MAX;
  return limits;
}

llvm::SmallVector<Violation, 2> violations(const Load &load, const Limits &limits) {
  llvm::SmallVector<Violation, 2> found;
  const auto check = [&](Resource resource, uint64_t needed, uint64_t available) {
    if (needed > available)
      found.push_back({resource, needed, available});
  };
  check(Resource::Neurons, load.neurons, limits.neurons);
  check(Resource::Extent, load.extent, limits.extent);
  check(Resource::Groups, load.groups, limits.groups);
  check(Resource::InputAxons, load.inputAxons, limits.inputAxons);
  check(Resource::OutputSlots, load.outputSlots, limits.outputSlots);
  check(Resource::SynapseWords, load.synapseWords, limits.synapseWords);
  check(Resource::BlockBits, load.blockBits, limits.blockBits);
  return found;
}

} // namespace snnc::compiler::core_ir
