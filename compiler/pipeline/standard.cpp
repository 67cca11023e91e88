#include "compiler/pipeline/standard.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

namespace snnc::compiler {

static constexpr llvm::StringLiteral kStandard =
    "lower,quantize,partition,place,route,emit,validate";
static constexpr llvm::StringLiteral kInteger = "partition,place,route,emit,validate";

static std::vector<std::string> split(llvm::StringRef list) {
  llvm::SmallVector<llvm::StringRef, 8> names;
  list.split(names, ',');
  return {names.begin(), names.end()};
}

std::vector<std::string> standardPipeline() {
  return split(kStandard);
}
std::vector<std::string> integerPipeline() {
  return split(kInteger);
}

} // namespace snnc::compiler
