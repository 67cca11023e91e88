// "Does not fit", said in full. Private to partition.
#pragma once

#include "compiler/passes/partition/lower_bound.h"
#include "compiler/passes/partition/mappers.h"
#include "compiler/passes/partition/partition.h"

namespace snnc::compiler::partition {

struct MisfitContext {
  const net::QuantNet &net;
  const target::Target &target;
  const PartitionOptions &options;
  const core_ir::Limits &limits;
  uint32_t meshWidth, meshHeight;
  const MapperContext *mapping = nullptr; // hopeless() needs none
};

// One SNN4001 per population and resource.
llvm::Error neuronsExceedCore(const MisfitContext &context, const std::vector<Misfit> &misfits);

// SNN4002: cores needed and available, which resource closed the cores of which layer, totals of
// the whole chip that are exceeded, and the smallest change found that would make it fit.
llvm::Error tooFewCores(const MisfitContext &context, const FillResult &result,
                        const std::vector<ResourceTotal> &totals);

// SNN4002 from the totals alone, for a network so large that laying it out would say no more.
llvm::Error hopeless(const MisfitContext &context, const std::vector<ResourceTotal> &totals);

// Smallest W x H >= cores, close to square, within the target's mesh if possible.
std::pair<uint32_t, uint32_t> meshFor(uint64_t cores, const target::MeshSpec &most);

} // namespace snnc::compiler::partition
