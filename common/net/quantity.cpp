#include "common/net/quantity.h"

#include "common/net/number_text.h"

namespace snnc::net {

struct Unit {
  char symbol;
  Dimension dimension;
  const char *example;
};
static constexpr Unit kUnits[] = {
    {'s', Dimension::Time, "20 ms"},          {'V', Dimension::Voltage, "-70 mV"},
    {'A', Dimension::Current, "pA"},          {'F', Dimension::Capacitance, "250 pF"},
    {'S', Dimension::Conductance, "16.7 nS"},
};

struct Prefix {
  char symbol;
  int exponent;
};
static constexpr Prefix kPrefixes[] = {{'p', -12}, {'n', -9}, {'u', -6}, {'m', -3},
                                       {'k', 3},   {'M', 6},  {'G', 9}};

const char *exampleOf(Dimension dimension) {
  for (const Unit &unit : kUnits)
    if (unit.dimension == dimension)
      return unit.example;
  return "";
}

// The prefix joins the decimal's exponent: "250 pF" is the double nearest to 250e-12.
static std::optional<double> scaled(llvm::StringRef number, int exponent) {
  const size_t e = number.find_first_of("eE");
  int own = 0;
  if (e != llvm::StringRef::npos) {
    llvm::StringRef digits = number.drop_front(e + 1);
    digits.consume_front("+");
    const std::optional<int> parsed = readNumber<int>(digits);
    if (!parsed || *parsed < -400 || *parsed > 400)
      return std::nullopt;
    own = *parsed;
  }
  const std::string text = number.take_front(e).str() + "e" + std::to_string(own + exponent);
  return readNumber<double>(text);
}

std::optional<Quantity> parseQuantity(llvm::StringRef text) {
  text = text.trim();
  if (text.empty())
    return std::nullopt;
  for (const Unit &unit : kUnits) {
    if (text.back() != unit.symbol)
      continue;
    llvm::StringRef number = text.drop_back();
    int exponent = 0;
    for (const Prefix &prefix : kPrefixes) {
      if (number.empty() || number.back() != prefix.symbol)
        continue;
      number = number.drop_back();
      exponent = prefix.exponent;
      break;
    }
    const std::optional<double> value = scaled(number.rtrim(), exponent);
    return value ? std::optional<Quantity>({*value, unit.dimension}) : std::nullopt;
  }
  return std::nullopt;
}

} // namespace snnc::net
