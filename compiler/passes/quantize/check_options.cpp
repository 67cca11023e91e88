#include "compiler/passes/quantize/check_options.h"

#include <algorithm>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {
namespace {

class Checker {
public:
  Checker(const net::Net &net, const QuantizeOptions &options, const target::Target &target)
      : net(net), options(options), target(target) {}

  llvm::Error run() {
    for (const auto &[layer, bits] : options.layerBits)
      if (isLayer("--weight-bits", layer))
        checkBits("--weight-bits of '" + layer + "'", bits);
    for (const auto &[layer, quantizer] : options.layerQuantizers)
      if (isLayer("--quantizer", layer))
        checkQuantizer(quantizer);
    if (target.core.isCrossbar() && !options.layerBits.empty())
      add(DiagCode::QuantizerUnusable,
          formatv("unsupported: --weight-bits of single layers on '{0}', whose crossbar cores add "
                  "up bits of axon types",
                  target.name),
          "--weight-bits N");
    if (!target.core.isCrossbar())
      checkBits("--weight-bits", options.weightBits);
    checkQuantizer(options.quantizer);
    return std::move(errors);
  }

private:
  void add(DiagCode code, const llvm::Twine &message, const llvm::Twine &help) {
    errors = llvm::joinErrors(std::move(errors), Diag(code, {}, message).help(help).take());
  }

  bool isLayer(const char *flag, const std::string &name) {
    std::string layers;
    for (const net::Population &population : net.populations) {
      if (population.kind == net::NeuronKind::Input)
        continue;
      if (population.name == name)
        return true;
      layers += (layers.empty() ? "'" : ", '") + population.name + "'";
    }
    add(DiagCode::WeightBits,
        formatv("{0} names a layer '{1}' that '{2}' does not have", flag, name, net.name),
        "its layers are " + layers);
    return false;
  }

  void checkBits(const std::string &what, uint32_t bits) {
    if (bits < 2 || bits > target.core.weightBits)
      add(DiagCode::WeightBits,
          formatv("{0} is {1} but target '{2}' has 2 to {3}", what, bits, target.name,
                  target.core.weightBits),
          "choose a number in that range, or a target with wider weights");
  }

  void checkQuantizer(Quantizer quantizer) {
    if (quantizer != Quantizer::AbsMax && target.core.isCrossbar())
      add(DiagCode::QuantizerUnusable,
          formatv("unsupported: --quantizer {0} on '{1}', whose crossbar cores share a few weights "
                  "per neuron",
                  nameOf(quantizer), target.name),
          "--quantizer absmax");
    else if (quantizer == Quantizer::Calibrated && !options.observe)
      add(DiagCode::QuantizerUnusable,
          "--quantizer calibrated chooses by what the network does on data, and there are none",
          "--calibrate DATA, of training samples; --quantizer mse needs none");
  }

  const net::Net &net;
  const QuantizeOptions &options;
  const target::Target &target;
  llvm::Error errors = llvm::Error::success();
};

} // namespace

llvm::Error checkOptions(const net::Net &net, const QuantizeOptions &options,
                         const target::Target &target) {
  return Checker(net, options, target).run();
}

} // namespace snnc::compiler::quantize
