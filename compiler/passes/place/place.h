// Gives every cluster a core of the mesh.
//
//   Reads    core IR after partition
//   Writes   coordinates; the bounding box as the machine's mesh; traffic statistics
//   Needs    target.mesh
//   Keeps    everything else
//   Fails    SNN4002 more clusters than cores (only if partition was run for another mesh)
//   Cost     O(synapses + C^2 + C * cores) for C clusters; then swaps, O(C^2) per round, C <= 256
//
// Minimises the links that messages cross when every neuron fires at every step. The bounding box
// is the smallest nearly square one. The cluster with most traffic to those placed comes next, on
// the free core where it costs least; ties go to the lower index. Then pairs are swapped while
// that helps. Host packets enter at (0, 0).
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler {

struct PlaceOptions {
  uint32_t meshWidth = 0, meshHeight = 0; // 0: the target's
};

class PlacePass final : public Pass {
public:
  explicit PlacePass(PlaceOptions options) : options(options) {}
  llvm::StringRef name() const override { return "place"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;

private:
  PlaceOptions options;
};

} // namespace snnc::compiler
