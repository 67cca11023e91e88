#include "compiler/pipeline/capacity.h"

#include "compiler/passes/partition/partition.h"

#include "llvm/ADT/STLExtras.h"

namespace snnc::compiler {

static bool reachesPartition(const CompileOptions &options) {
  const bool stopsBefore = options.stopAfter == "lower" || options.stopAfter == "quantize";
  return !stopsBefore && options.bisect < 0 && !llvm::is_contained(options.skip, "partition");
}

// Cores that the neurons alone take, against many times those that there are: partition then says
// so without laying anything out.
static bool farTooMany(const net::Net &net, const target::Target &target,
                       const CompileOptions &options) {
  constexpr uint64_t kTimes = 8, kMore = 128;
  uint64_t neurons = 0;
  for (const net::Population &population : net.populations)
    neurons += population.kind == net::NeuronKind::Input ? 0 : population.size();
  const uint64_t perCore =
      options.maxNeuronsPerCore != 0 ? options.maxNeuronsPerCore : target.core.neurons;
  const uint64_t width = options.meshWidth != 0 ? options.meshWidth : target.mesh.width;
  const uint64_t height = options.meshHeight != 0 ? options.meshHeight : target.mesh.height;
  return neurons / perCore > kTimes * width * height + kMore;
}

llvm::Error checkCapacity(const net::Net &net, const target::Target &target,
                          const CompileOptions &options) {
  if (!reachesPartition(options) || !farTooMany(net, target, options))
    return llvm::Error::success();
  Module sizes; // names and shapes are all that counts neurons
  sizes.quant.emplace();
  sizes.quant->name = net.name;
  for (const net::Population &population : net.populations) {
    net::QuantPopulation &entry = sizes.quant->populations.emplace_back();
    entry.name = population.name;
    entry.shape = population.shape;
    entry.isInput = population.kind == net::NeuronKind::Input;
  }
  PartitionPass pass({options.mapper,
                      options.maxNeuronsPerCore,
                      options.meshWidth,
                      options.meshHeight,
                      options.seed,
                      options.threads,
                      {}});
  support::Warnings none;
  PassContext context{target, none};
  return pass.run(sizes, context).takeError();
}

} // namespace snnc::compiler
