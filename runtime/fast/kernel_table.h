// The instances of an update kernel, in order of SpanFlag's bits.
#pragma once

#define SNNC_UPDATE_8(F, n)                                                                        \
  F<(n)>, F<(n) + 1>, F<(n) + 2>, F<(n) + 3>, F<(n) + 4>, F<(n) + 5>, F<(n) + 6>, F<(n) + 7>
#define SNNC_UPDATE_KERNELS(F)                                                                     \
  {                                                                                                \
    SNNC_UPDATE_8(F, 0), SNNC_UPDATE_8(F, 8), SNNC_UPDATE_8(F, 16), SNNC_UPDATE_8(F, 24),          \
        SNNC_UPDATE_8(F, 32), SNNC_UPDATE_8(F, 40), SNNC_UPDATE_8(F, 48), SNNC_UPDATE_8(F, 56)     \
  }
