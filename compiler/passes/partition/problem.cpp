#include "compiler/passes/partition/problem.h"

#include "compiler/core_ir/alike_sources.h"

namespace snnc::compiler::partition {

Problem::Problem(const net::QuantNet &net, const target::Target &target,
                 const core_ir::Limits &limits, const core_ir::SpikeRates &rates)
    : net(net), target(target), limits(limits), rates(rates), synapses(core_ir::allByTarget(net)),
      into(core_ir::projectionsInto(net)), firstId{0} {
  for (const net::QuantProjection &projection : net.projections)
    alike.push_back(core_ir::firstAlike(projection));
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    const net::QuantPopulation &population = net.populations[p];
    firstId.push_back(firstId.back() + (population.isInput ? 0 : population.size()));
    uint32_t same = 0;
    while (population.vmin != net.populations[same].vmin ||
           population.vmax != net.populations[same].vmax ||
           population.duOffset != net.populations[same].duOffset)
      ++same;
    registerClass.push_back(same);
  }
}

} // namespace snnc::compiler::partition
