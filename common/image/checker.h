// Collects what is wrong with an image. Private to common/image.
#pragma once

#include "common/image/image.h"
#include "common/support/diag.h"
#include "common/target/target.h"

namespace snnc::image {

// "cores/3/axons/17"; made into text only when something is wrong there.
struct Place {
  Place(const char *table) : table(table) {}
  Place(const char *table, size_t index) : table(table), index(index) {}
  Place(const char *table, size_t index, const char *inner, size_t innerIndex)
      : table(table), index(index), inner(inner), innerIndex(innerIndex) {}

  const char *table;
  size_t index = kNone;
  const char *inner = nullptr;
  size_t innerIndex = 0;

  static constexpr size_t kNone = ~size_t{0};
  std::string text() const {
    std::string out = table;
    if (index != kNone)
      out += llvm::formatv("/{0}", index).str();
    if (inner != nullptr)
      out += llvm::formatv("/{0}/{1}", inner, innerIndex).str();
    return out;
  }
};

// Remembers the first few problems; a damaged image may have millions.
class Checker {
public:
  explicit Checker(support::DiagCode code) : code(code) {}

  // True if `good`; else records `message`.
  bool require(bool good, const Place &place, const llvm::Twine &message) {
    if (good)
      return true;
    ++failures;
    if (failures <= kShown)
      found.push_back(support::Diag(code, {"", 0, place.text()}, message).data());
    return false;
  }
  bool failed() const { return failures != 0; }
  llvm::Error take() {
    if (failures > kShown)
      found.back().help = llvm::formatv("{0} more problems follow", failures - kShown).str();
    llvm::Error all = llvm::Error::success();
    for (support::Diagnostic &diagnostic : found)
      all = llvm::joinErrors(std::move(all),
                             llvm::make_error<support::DiagError>(std::move(diagnostic)));
    return all;
  }

private:
  static constexpr uint64_t kShown = 10;
  support::DiagCode code;
  uint64_t failures = 0;
  std::vector<support::Diagnostic> found;
};

inline bool fitsSigned(int64_t x, unsigned bits) {
  const int64_t bound = int64_t{1} << (bits - 1);
  return -bound <= x && x < bound;
}

// The tables of crossbar core `index`; what cores of both kinds have is checked elsewhere.
void verifyCrossbar(const CoreImage &core, const target::CoreSpec &spec, size_t index,
                    Checker &check);

// The two halves of verify(): what the cores hold, and how the network lies on them.
void verifyCores(const Image &image, const target::CoreSpec &spec, Checker &check);
void verifyNetwork(const Image &image, const target::CoreSpec &spec, Checker &check);

} // namespace snnc::image
