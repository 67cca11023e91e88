// The synapses into one population, whatever projections they are of, by neuron and by source.
#pragma once

#include "compiler/core_ir/axon_types.h"

#include "common/net/quant_net.h"

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>
#include <vector>

namespace snnc::compiler::partition {

class CrossbarSynapses {
public:
  struct Source {
    uint32_t projection = 0, neuron = 0; // or input element
  };
  struct Synapse {
    uint32_t source = 0; // into sources()
    int16_t weight = 0;
    uint8_t value = 0; // into values(neuron)
  };

  CrossbarSynapses(const net::QuantNet &net, uint32_t population, core_ir::TypeLimits limits);

  uint32_t neurons() const { return static_cast<uint32_t>(start.size() - 1); }
  llvm::ArrayRef<Source> sources() const { return allSources; } // by (projection, neuron)
  llvm::ArrayRef<Synapse> into(uint32_t neuron) const {
    return llvm::ArrayRef(synapses).slice(start[neuron], start[neuron + 1] - start[neuron]);
  }
  llvm::ArrayRef<uint32_t> outOf(uint32_t source) const {
    return llvm::ArrayRef(targets).slice(firstTarget[source],
                                         firstTarget[source + 1] - firstTarget[source]);
  }
  // Type weights of which all of a neuron's weights are sums, and the sets of types that make the
  // value of a synapse. REQUIRES: isRealisable(neuron).
  const core_ir::TypeWeights &typeWeights(uint32_t neuron) const { return weightsOf[neuron].types; }
  core_ir::TypeSets sets(uint32_t neuron, const Synapse &synapse) const {
    return weightsOf[neuron].sets[synapse.value];
  }
  bool isRealisable(uint32_t neuron) const { return weightsOf[neuron].realisable; }
  // Different weights of a neuron, ascending.
  std::vector<int32_t> values(uint32_t neuron) const;

private:
  struct Weights {
    core_ir::TypeWeights types{};
    std::vector<core_ir::TypeSets> sets;
    bool realisable = true;
  };
  void classify(uint32_t neuron, core_ir::TypeLimits limits);
  void turnOver();

  std::vector<Source> allSources;
  std::vector<size_t> start;       // by neuron
  std::vector<Synapse> synapses;   // by neuron, ascending source
  std::vector<size_t> firstTarget; // by source
  std::vector<uint32_t> targets;
  std::vector<Weights> weightsOf;
};

} // namespace snnc::compiler::partition
