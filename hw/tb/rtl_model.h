/* The C interface of a Verilated machine: what hw/build_machine.sh puts into a shared object and
 * runtime/rtl loads. One symbol, snnc_rtl_api(), gives a table of functions; the clock loop is
 * inside, so that a tick crosses the interface once.
 *
 * Functions that return int give 0, or 1 after a failure: an assertion fired, or the model did not
 * answer. Then error() says which, and only error() and destroy() may be called. */
#ifndef SNNC_HW_TB_RTL_MODEL_H
#define SNNC_HW_TB_RTL_MODEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SNNC_RTL_ABI 3

struct SnncRtlModel;

/* Core id (y * width + x) and neuron, or cycle of the tick. */
struct SnncRtlSpike {
  uint32_t core, neuron;
};
struct SnncRtlSend {
  uint64_t cycle;
  uint32_t core;
};

struct SnncRtlApi {
  uint32_t abi; /* SNNC_RTL_ABI */
  uint32_t cores;

  /* Registers and memories start random (from seed); restart() resets and runs the clear walk. */
  struct SnncRtlModel *(*create)(uint64_t seed);
  void (*destroy)(struct SnncRtlModel *);
  int (*restart)(struct SnncRtlModel *);

  /* The configuration stream; read() sends a read header and takes its `count` words. */
  int (*write)(struct SnncRtlModel *, const uint64_t *words, size_t n);
  int (*read)(struct SnncRtlModel *, uint64_t header, uint64_t *out);

  int (*sampleReset)(struct SnncRtlModel *);
  /* Host packets (OUTSLOT's fields) back to back, until the network is quiet. */
  int (*inject)(struct SnncRtlModel *, const uint64_t *flits, size_t n);
  int (*tick)(struct SnncRtlModel *);
  /* For tests: from now on each output of each router is held back in each cycle with probability
   * rate / 256 (0..255; 0 at the start), drawn from seed. */
  void (*stall)(struct SnncRtlModel *, uint64_t seed, uint32_t rate);

  /* For machines built with waveforms: everything, or core id `core` alone if it is not negative, goes
   * to the file `path` while wave() is on (off at the start). The file ends with destroy(). */
  int (*openWave)(struct SnncRtlModel *, const char *path, int core);
  void (*wave)(struct SnncRtlModel *, int on);

  /* Of the last tick; arrays live until the next. */
  uint64_t (*tickCycles)(const struct SnncRtlModel *);
  size_t (*spikes)(const struct SnncRtlModel *, const struct SnncRtlSpike **);
  size_t (*sends)(const struct SnncRtlModel *, const struct SnncRtlSend **);

  const char *(*error)(const struct SnncRtlModel *);
};

const struct SnncRtlApi *snnc_rtl_api(void);

#ifdef __cplusplus
}
#endif
#endif
