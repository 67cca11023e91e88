// Random convolutions and pools between any two numbers of elements, for nets in integers.
#pragma once

#include "common/net/linear_map.h"
#include "common/support/rng.h"

namespace snnc::test {

// pres and posts >= 1 are cut into channels, rows and columns at random; groups, strides, padding
// and dilation too. Weights have `bits` bits; one in four is 0.
net::ConvInts randomConv(support::Rng &rng, uint32_t pres, uint32_t posts, unsigned bits);

// Sums over disjoint windows; some elements may lie in none.
net::PoolMap randomPool(support::Rng &rng, uint32_t pres);

} // namespace snnc::test
