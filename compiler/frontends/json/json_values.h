// Arrays of a model file: inline, or in a .npy file beside it. Private to the JSON frontend.
#pragma once

#include "common/net/net.h"
#include "common/net/quantity.h"
#include "common/support/json_reader.h"
#include "common/support/npy.h"

namespace snnc::compiler::json {

// What every reader here needs.
struct Context {
  support::JsonDocument &doc;
  std::string folder; // of the model; "" for the current one
  support::Warnings &warnings;
  net::Profile profile; // flags applied
  bool usesDt = false;  // a value was read whose meaning depends on dt

  double dtInTauUnits() const;
  double secondsToTauUnits(double seconds) const;
};

// The .npy file that a string names. An error is recorded with a note where the file is named.
std::optional<support::NpyArray> readArray(Context &context, const support::JsonNode &fileName);

// How a parameter's numbers are to be read.
struct ParamForm {
  double lo, hi;                                          // range; infinity only where hi is
  std::optional<net::Dimension> dimension = std::nullopt; // strings with this unit, in SI
  bool unitRequired = false;                              // a bare number is an error
  const char *help = "";                                  // of a value out of range
};
// A number, an array of `size`, or {"npy": file}; strings with a unit where the form has one. A
// time without `unitRequired` comes back in the profile's tau unit.
std::optional<net::Param> readParam(Context &context, const support::JsonNode &node,
                                    const char *name, uint32_t size, const ParamForm &form);

// A number, an array of `size` or {"npy": file} as `size` values; empty if all are 0.
std::vector<double> readBias(Context &context, const support::JsonNode &node, uint32_t size);

} // namespace snnc::compiler::json
