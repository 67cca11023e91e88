// What every mapper works on: the network seen from its targets, the limits, the rates. Private to
// partition.
#pragma once

#include "compiler/core_ir/by_target.h"
#include "compiler/core_ir/limits.h"
#include "compiler/core_ir/rates.h"

#include "common/net/quant_net.h"
#include "common/target/target.h"

#include <algorithm>
#include <vector>

namespace snnc::compiler::partition {

struct Neuron {
  uint32_t population = 0, number = 0;
};

// Refers to the network and the target, which must outlive it.
struct Problem {
  Problem(const net::QuantNet &net, const target::Target &target, const core_ir::Limits &limits,
          const core_ir::SpikeRates &rates);

  const net::QuantNet &net;
  const target::Target &target;
  const core_ir::Limits limits;
  const core_ir::SpikeRates &rates;
  std::vector<core_ir::ByTarget> synapses;  // [projection]
  std::vector<std::vector<uint32_t>> into;  // [population]: projections
  std::vector<std::vector<uint32_t>> alike; // [projection]: core_ir::firstAlike
  std::vector<uint32_t> firstId;            // [population], and the number of neurons at the end
  std::vector<uint32_t> registerClass;      // [population]: those that differ never share a core

  // Neurons are numbered through, population by population; inputs have no numbers.
  uint32_t neurons() const { return firstId.back(); }
  uint32_t idOf(uint32_t population, uint32_t neuron) const { return firstId[population] + neuron; }
  Neuron neuronOf(uint32_t id) const {
    const auto after = std::upper_bound(firstId.begin(), firstId.end(), id);
    const auto population = static_cast<uint32_t>(after - firstId.begin()) - 1;
    return {population, id - firstId[population]};
  }
};

// In which order neurons fill cores.
struct Arrangement {
  std::vector<uint32_t> order;  // ids, each once
  std::vector<uint32_t> starts; // places in `order` where a new core is opened, ascending
};

} // namespace snnc::compiler::partition
