// The instances of an update kernel, in order of SpanFlag's bits.
#pragma once

#define SNNC_UPDATE_8(F, n)                                                                        \
  F<(n)>, F<(n) + 1>, F<(n) + 2>, F<(n) + 3>, F<(n) + 4>, F<(n) + 5>, F<(n) + 6>, F<(n) + 7>
#define SNNC_UPDATE_32(F, n)                                                                       \
  SNNC_UPDATE_8(F, (n)), SNNC_UPDATE_8(F, (n) + 8), SNNC_UPDATE_8(F, (n) + 16),                    \
      SNNC_UPDATE_8(F, (n) + 24)
#define SNNC_UPDATE_KERNELS(F)                                                                     \
  { SNNC_UPDATE_32(F, 0), SNNC_UPDATE_32(F, 32) }
