#include "compiler/pipeline/passes.h"

#include "compiler/passes/emit/emit.h"
#include "compiler/passes/lower/lower.h"
#include "compiler/passes/partition/partition.h"
#include "compiler/passes/place/place.h"
#include "compiler/passes/quantize/quantize.h"
#include "compiler/passes/route/route.h"
#include "compiler/passes/validate/validate.h"

namespace snnc::compiler {

template <class P> static std::unique_ptr<Pass> make(const CompileOptions &) {
  return std::make_unique<P>();
}
template <> std::unique_ptr<Pass> make<QuantizePass>(const CompileOptions &options) {
  return std::make_unique<QuantizePass>(
      QuantizeOptions{options.weightBits, options.allowLossy, options.forceBits, options.quantizer,
                      options.observe, options.layerBits, options.layerQuantizers});
}
template <> std::unique_ptr<Pass> make<PartitionPass>(const CompileOptions &options) {
  return std::make_unique<PartitionPass>(
      PartitionOptions{options.mapper, options.maxNeuronsPerCore, options.meshWidth,
                       options.meshHeight, options.seed, options.threads, options.rates});
}
template <> std::unique_ptr<Pass> make<PlacePass>(const CompileOptions &options) {
  return std::make_unique<PlacePass>(
      PlaceOptions{options.meshWidth, options.meshHeight, options.seed});
}

static const PassInfo kPasses[] = {
    {"emit", "write the deployment image", "core", "image", make<EmitPass>},
    {"lower", "bring every neuron to one canonical update", "net", "net", make<LowerPass>},
    {"partition", "cut populations into core-sized clusters", "quant", "core", make<PartitionPass>},
    {"place", "give every cluster a core of the mesh", "core", "core", make<PlacePass>},
    {"quantize", "turn weights and parameters into the target's integers", "net", "quant",
     make<QuantizePass>},
    {"route", "build axon tables, output slots and host routes", "core", "core", make<RoutePass>},
    {"validate", "prove that the image is the quantised network, synapse by synapse",
     "quant, image", "-", make<ValidatePass>},
};

llvm::ArrayRef<PassInfo> allPasses() {
  return kPasses;
}

const PassInfo *findPass(llvm::StringRef name) {
  for (const PassInfo &pass : kPasses)
    if (name == pass.name)
      return &pass;
  return nullptr;
}

std::vector<std::string> passNames() {
  std::vector<std::string> names;
  for (const PassInfo &pass : kPasses)
    names.push_back(pass.name);
  return names;
}

} // namespace snnc::compiler
