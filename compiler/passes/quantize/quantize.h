// Turns real weights and parameters into the integers of the target's cores.
//
//   Reads    lowered net IR
//   Writes   quantised network; statistics and the overflow proof per layer
//   Needs    target.core.{weightBits, weightShift, exponentMax, register widths}
//   Keeps    the network function up to rounding; exactly, if weights and parameters lie on a grid
//            that the core holds and decays are 0 or 1
//   Fails    SNN3001, SNN3002, SNN3006, SNN3007, SNN3010, SNN3012; whatever `observe` fails with
//   Warns    SNN3003 decay far off, SNN3004 precision lost to a register, SNN3005 not proven safe,
//            SNN3008 value replaced (allowLossy), SNN3009 an exported network's own integers are
//            not usable, SNN3011 a host layer was unrolled to many synapses; SNN3004 instead of
//            SNN3002 where a register leaves the weights of a neuron less than a step (allowLossy)
//   Cost     O(synapses * few) time; memory O(parameters): sparse weights once more, by target.
//            Host layers other than dense are unrolled. Other than absmax: 17 times that, and all
//            weights once more; calibrated: O(n^2 (n + 17 m)) for n inputs of m neurons, and what
//            `observe` costs
//
// Scale per neuron, or per channel where a convolution comes in, so that its kernel stays one:
// neuron_scale.h. An exported network's own integers: regrid.h. Exponents per projection:
// exponents.h. Ranges other than the largest weight: rounded_layer.h. Direct-coded first layers:
// host_neuron.h. Overflow: bounds.h. Arithmetic: docs/reference/arithmetic.md. Crossbar targets:
// crossbar.h, crossbar_neuron.h.
#pragma once

#include "compiler/pass/calibration.h"
#include "compiler/pass/pass.h"

#include <map>
#include <string>

namespace snnc::compiler {

struct QuantizeOptions {
  uint32_t weightBits = 8; // sign included, 2 .. target.core.weightBits
  bool allowLossy = false; // replace what a register cannot hold by the nearest, with a warning
  // The integers that an exported network came from are taken whatever their width; with forceBits
  // only if it is weightBits.
  bool forceBits = false;
  // Layers that absmax holds exactly stay as they are, whatever this is.
  Quantizer quantizer = Quantizer::AbsMax;
  ObserveSource observe = {}; // for Calibrated
  // Of layers, by the name of their population, that have others than weightBits; forced.
  std::map<std::string, uint32_t> layerBits = {};
  std::map<std::string, Quantizer> layerQuantizers = {}; // the same of quantizers

  uint32_t bitsOf(const std::string &layer) const {
    const auto found = layerBits.find(layer);
    return found == layerBits.end() ? weightBits : found->second;
  }
  Quantizer quantizerOf(const std::string &layer) const {
    const auto found = layerQuantizers.find(layer);
    return found == layerQuantizers.end() ? quantizer : found->second;
  }
  bool forces(const std::string &layer) const { return forceBits || layerBits.count(layer) != 0; }
};

class QuantizePass final : public Pass {
public:
  explicit QuantizePass(QuantizeOptions options) : options(options) {}
  llvm::StringRef name() const override { return "quantize"; }
  llvm::Expected<bool> run(Module &module, PassContext &context) override;

private:
  QuantizeOptions options;
};

} // namespace snnc::compiler
