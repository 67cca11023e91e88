// Numbers with units, "250 pF": a decimal, an optional blank, a prefix (p n u m k M G) and a unit
// (s, V, A, F, S).
#pragma once

#include "llvm/ADT/StringRef.h"

#include <optional>

namespace snnc::net {

enum class Dimension { Time, Voltage, Current, Capacitance, Conductance };
const char *exampleOf(Dimension dimension); // "20 ms"

struct Quantity {
  double value; // SI
  Dimension dimension;
};
std::optional<Quantity> parseQuantity(llvm::StringRef text);

} // namespace snnc::net
