// A diagonal between two maps, in double so that it is rounded once, with what it is folded into.
// Private to lower.
#pragma once

#include "llvm/ADT/ArrayRef.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace snnc::compiler::lower {

class Factors {
public:
  Factors() = default; // 1 for all
  // One for all, one each, or none: 1.
  explicit Factors(std::vector<double> given) : factors(std::move(given)) { dropOnes(); }

  bool isOne() const { return factors.empty(); }
  double operator[](size_t i) const {
    return factors.empty() ? 1.0 : factors[factors.size() == 1 ? 0 : i];
  }
  // The same within every run of `inner` elements (a channel).
  bool constantOver(uint64_t inner) const {
    for (size_t i = 0; i < factors.size() && factors.size() > 1; ++i)
      if (factors[i] != factors[i - i % inner])
        return false;
    return true;
  }

  // `each`: one for all or one each, as many as there are.
  template <class Values> void multiply(const Values &each) {
    if (each.empty())
      return;
    if (factors.empty())
      factors.assign(1, 1.0);
    if (each.size() > 1 && factors.size() == 1)
      factors.resize(each.size(), factors[0]);
    for (size_t i = 0; i < factors.size(); ++i)
      factors[i] *= each[each.size() == 1 ? 0 : i];
    dropOnes();
  }
  void multiply(double factor) { multiply(std::vector<double>{factor}); }
  // Constant over runs of `from` elements, it becomes constant over runs of `to`.
  void rescale(uint64_t from, uint64_t to) {
    if (factors.size() <= 1)
      return;
    std::vector<double> rescaled;
    for (size_t i = 0; i < factors.size(); i += from)
      rescaled.insert(rescaled.end(), to, factors[i]);
    factors = std::move(rescaled);
  }
  const std::vector<double> &values() const { return factors; }

private:
  void dropOnes() {
    if (std::all_of(factors.begin(), factors.end(), [](double v) { return v == 1.0; }))
      factors.clear();
  }

  std::vector<double> factors; // empty, 1 or n
};

} // namespace snnc::compiler::lower
