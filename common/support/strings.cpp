#include "common/support/strings.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace snnc::support {

std::string nearest(llvm::StringRef word, llvm::ArrayRef<std::string> candidates) {
  const unsigned limit = std::max<unsigned>(1, static_cast<unsigned>(word.size()) / 3);
  std::string best;
  unsigned bestDistance = limit + 1;
  for (const std::string &candidate : candidates) {
    const unsigned distance = word.edit_distance(candidate, true, limit);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

std::string joinNames(llvm::ArrayRef<std::string> names) {
  return llvm::join(names.begin(), names.end(), ", ");
}

} // namespace snnc::support
