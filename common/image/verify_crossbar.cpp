// The tables of a crossbar core: sizes that belong together, and values that fit their registers.
#include "common/image/checker.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::image {

void verifyCrossbar(const CoreImage &core, const target::CoreSpec &spec, size_t index,
                    Checker &check) {
  const CrossbarTables &tables = core.crossbar;
  const size_t neurons = tables.neurons.size();
  if (!check.require(tables.enabled.size() == neurons &&
                         tables.weights.size() == neurons * spec.axonTypes &&
                         tables.rows.size() == neurons * spec.rowWords(),
                     {"cores", index},
                     llvm::formatv("{0} neurons with {1} enable bits, {2} weights and {3} words of "
                                   "crossbar; the target has {4} types and rows of {5} words",
                                   neurons, tables.enabled.size(), tables.weights.size(),
                                   tables.rows.size(), spec.axonTypes, spec.rowWords())))
    return;
  for (size_t a = 0; a < tables.axonTypes.size(); ++a)
    check.require(
        tables.axonTypes[a] < spec.axonTypes, {"cores", index, "axonTypes", a},
        llvm::formatv("type {0}, the target has {1}", tables.axonTypes[a], spec.axonTypes));
  for (size_t i = 0; i < neurons; ++i) {
    const net::CrossbarConfig &n = tables.neurons[i];
    const auto weights = tables.weights.begin() + static_cast<ptrdiff_t>(i * spec.axonTypes);
    const bool good =
        fitsSigned(n.leak, spec.leakBits) && fitsSigned(n.threshold, spec.thresholdBits) &&
        fitsSigned(n.floor, spec.thresholdBits) && fitsSigned(n.reset, spec.thresholdBits) &&
        fitsSigned(n.vInit, spec.membraneBits) && tables.enabled[i] <= 1 &&
        std::all_of(weights, weights + spec.axonTypes,
                    [&](int16_t w) { return fitsSigned(w, spec.weightBits); });
    check.require(good, {"cores", index, "neurons", i},
                  "a register holds a value wider than it is");
    for (size_t a = tables.axonTypes.size(); a < spec.inputAxons; ++a)
      if (tables.connected(i, a, spec.rowWords())) {
        check.require(
            false, {"cores", index, "rows", i},
            llvm::formatv("a synapse of axon {0}, the core has {1}", a, tables.axonTypes.size()));
        break;
      }
  }
}

} // namespace snnc::image
