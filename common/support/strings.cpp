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

bool naturalLess(llvm::StringRef a, llvm::StringRef b) {
  const llvm::StringRef wholeA = a, wholeB = b;
  while (!a.empty() && !b.empty()) {
    const llvm::StringRef digitsA = a.take_while(llvm::isDigit).ltrim('0');
    const llvm::StringRef digitsB = b.take_while(llvm::isDigit).ltrim('0');
    if (llvm::isDigit(a.front()) && llvm::isDigit(b.front())) {
      if (digitsA.size() != digitsB.size())
        return digitsA.size() < digitsB.size();
      if (digitsA != digitsB)
        return digitsA < digitsB;
      a = a.drop_while(llvm::isDigit);
      b = b.drop_while(llvm::isDigit);
      continue;
    }
    if (a.front() != b.front())
      return a.front() < b.front();
    a = a.drop_front();
    b = b.drop_front();
  }
  return a.empty() != b.empty() ? a.empty() : wholeA < wholeB;
}

std::string joinNames(llvm::ArrayRef<std::string> names) {
  return llvm::join(names.begin(), names.end(), ", ");
}

} // namespace snnc::support
