#include "compiler/pass/calibration.h"

#include "llvm/Support/ErrorHandling.h"

namespace snnc::compiler {

const char *nameOf(Quantizer quantizer) {
  switch (quantizer) {
  case Quantizer::AbsMax:
    return "absmax";
  case Quantizer::Percentile:
    return "percentile";
  case Quantizer::Mse:
    return "mse";
  case Quantizer::Calibrated:
    return "calibrated";
  }
  llvm_unreachable("all quantizers are named");
}

std::optional<Quantizer> parseQuantizer(const std::string &name) {
  for (Quantizer each :
       {Quantizer::AbsMax, Quantizer::Percentile, Quantizer::Mse, Quantizer::Calibrated})
    if (name == nameOf(each))
      return each;
  return std::nullopt;
}

} // namespace snnc::compiler
