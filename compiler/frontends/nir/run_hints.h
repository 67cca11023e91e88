// How a network says that it is to be run: the root's metadata, and the kind of what is read out.
#pragma once

#include "compiler/frontends/nir/nir_nodes.h"

namespace snnc::compiler::nir {

// "steps", "encode", "readout", "input_low", "input_high"; unusable entries warn and are ignored.
// Without "readout": membrane where outputs[0] is LI or CubaLI, last where it is I, else count.
net::RunOptions runOptions(const net::Net &net, const Metadata &metadata,
                           support::Warnings &warnings);

// The entry `key` as parse(text) gives it; a warning if it is there and parse gives nothing.
template <class Parse>
auto metadataEntry(const Metadata &metadata, const char *key, Parse parse,
                   support::Warnings &warnings) -> decltype(parse(std::string())) {
  const auto entry = metadata.find(key);
  if (entry == metadata.end())
    return std::nullopt;
  auto value = parse(entry->second);
  if (!value)
    warnings.push_back(support::Diag(support::DiagCode::UnknownDataset,
                                     {"", 0, std::string("/node/metadata/") + key},
                                     llvm::formatv("'{0}' is no value of '{1}' and is ignored",
                                                   entry->second, key))
                           .data());
  return value;
}

} // namespace snnc::compiler::nir
