// Writes a NIR file again in another of the forms that exporters use.
#pragma once

#include "common/support/rng.h"

#include <string>

namespace snnc {

struct ResaveOptions {
  bool gzip = false;         // arrays chunked, deflated; strings and scalars cannot be
  bool fixedStrings = false; // of fixed length, padded with zeros
  bool shuffle = false;      // nodes made, and edges listed, in a random order; newest HDF5 format
};

// Copies all groups and datasets of `from` to a file in the test's temporary folder; its path.
std::string resave(const std::string &from, const std::string &name, const ResaveOptions &options,
                   support::Rng &rng);

} // namespace snnc
