// Words of the text IR, shared by print.cpp and parse*.cpp. Private to common/net.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/ADT/StringRef.h"

#include <cstring>
#include <string>

namespace snnc::net {

struct ParamField {
  const char *name;
  Param NeuronParams::*param;
};
inline constexpr ParamField kParamFields[] = {
    {"tau", &NeuronParams::tau},
    {"tau_syn", &NeuronParams::tauSyn},
    {"tau_mem", &NeuronParams::tauMem},
    {"r", &NeuronParams::r},
    {"w_in", &NeuronParams::wIn},
    {"v_leak", &NeuronParams::vLeak},
    {"v_threshold", &NeuronParams::vThreshold},
    {"v_reset", &NeuronParams::vReset},
    {"v_init", &NeuronParams::vInit},
    {"refractory", &NeuronParams::refractory},
};

// An integer register of a neuron, with its range (quant_net.h).
template <class Config> struct ConfigField {
  const char *name;
  int64_t lo, hi;
  int64_t (*get)(const Config &);
  void (*set)(Config &, int64_t);
};
template <class Config> struct ConfigFlag {
  const char *name;
  bool Config::*member;
};
// The registers of NeuronConfig and of CrossbarConfig.
template <class Config> struct ConfigNames;

#define SNNC_CONFIG_FIELD(name, member, lo, hi)                                                    \
  {                                                                                                \
    name, lo, hi, [](const Config &c) -> int64_t { return c.member; },                             \
        [](Config &c, int64_t x) { c.member = static_cast<decltype(c.member)>(x); }                \
  }
template <> struct ConfigNames<NeuronConfig> {
  using Config = NeuronConfig;
  static constexpr ConfigField<Config> kFields[] = {
      SNNC_CONFIG_FIELD("threshold", threshold, -(1 << 23), (1 << 23) - 1),
      SNNC_CONFIG_FIELD("reset", reset, -(1 << 23), (1 << 23) - 1),
      SNNC_CONFIG_FIELD("v_init", vInit, -(1 << 23), (1 << 23) - 1),
      SNNC_CONFIG_FIELD("bias_mant", biasMant, -(1 << 12), (1 << 12) - 1),
      SNNC_CONFIG_FIELD("bias_exp", biasExp, 0, 7),
      SNNC_CONFIG_FIELD("du", du, 0, 4095),
      SNNC_CONFIG_FIELD("dv", dv, 0, 4095),
      SNNC_CONFIG_FIELD("refractory", refractory, 1, 63),
  };
  static constexpr ConfigFlag<Config> kFlags[] = {
      {"compare_ge", &Config::compareGe},
      {"reset_subtract", &Config::resetSubtract},
      {"bias_to_current", &Config::biasToCurrent},
  };
  static constexpr const char *kExpected =
      "a neuron's register (threshold, reset, v_init, bias_mant, bias_exp, du, dv, refractory, "
      "compare_ge, reset_subtract, bias_to_current) or '}'";
};
template <> struct ConfigNames<CrossbarConfig> {
  using Config = CrossbarConfig;
  static constexpr ConfigField<Config> kFields[] = {
      SNNC_CONFIG_FIELD("leak", leak, -(1 << 15), (1 << 15) - 1),
      SNNC_CONFIG_FIELD("threshold", threshold, -(1 << 23), (1 << 23) - 1),
      SNNC_CONFIG_FIELD("floor", floor, -(1 << 23), 0),
      SNNC_CONFIG_FIELD("reset", reset, -(1 << 23), (1 << 23) - 1),
      SNNC_CONFIG_FIELD("v_init", vInit, -(1 << 23), (1 << 23) - 1),
  };
  static constexpr ConfigFlag<Config> kFlags[] = {
      {"linear_reset", &Config::linearReset},
      {"floor_inclusive", &Config::floorInclusive},
  };
  static constexpr const char *kExpected =
      "a crossbar neuron's register (leak, threshold, floor, reset, v_init, linear_reset, "
      "floor_inclusive) or '}'";
};
#undef SNNC_CONFIG_FIELD

// Characters of a name or number that needs no quotes.
inline bool isWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-' || c == '+';
}

// "text" with \" \\ \n escaped.
inline std::string quoted(llvm::StringRef text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + "\"";
}

// @hidden, @lif1.lif, @"two words".
inline std::string atName(llvm::StringRef name) {
  const bool plain = !name.empty() && name.find_if_not(isWordChar) == llvm::StringRef::npos;
  return "@" + (plain ? name.str() : quoted(name));
}

// -0.0 and 0.0 differ, NaN equals itself.
template <class T> bool sameBits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

} // namespace snnc::net
