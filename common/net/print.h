// Networks as text, the form of .snn files (docs/reference/network_ir.md). What is printed parses
// back to the same network bit for bit, source locations apart (net/parse.h).
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/Support/raw_ostream.h"

#include <string>

namespace snnc::net {

void print(const Net &net, llvm::raw_ostream &os);
void print(const QuantNet &net, llvm::raw_ostream &os);

// Tables for people: every setting of the profile with its origin and reason, and for every layer
// the coefficients that follow from it (net/discretize.h; a range where neurons differ).
std::string profileTable(const Profile &profile);
std::string coefficientTable(const Net &net);

} // namespace snnc::net
