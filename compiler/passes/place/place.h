// Gives every cluster a core of the mesh.
//
//   Reads    core IR after partition
//   Writes   coordinates; the bounding box as the machine's mesh; traffic statistics
//   Needs    target.mesh; the prices of a hop in target.energy
//   Keeps    everything else
//   Fails    SNN4002 more clusters than cores (only if partition was run for another mesh)
//   Cost     O(synapses), and a bounded number of trial swaps
//
// Minimises the energy of the links that messages cross, east-west and north-south at the target's
// prices (docs/reference/mapping.md), at the rates that the partition went by. The bounding box is
// the smallest nearly square one. Host packets enter at (0, 0). Seeded.
#pragma once

#include "compiler/pass/pass.h"

namespace snnc::compiler {

struct PlaceOptions {
  uint32_t meshWidth = 0, meshHeight = 0; // 0: the target's
  uint64_t seed = 1;
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
