// The crossbar network (net/crossbar_net.h has its rules), tick by tick in double: exact while
// every membrane is an integer below 2^53, which `run` counts. Checked against RANC's own simulator
// (tests/golden/ranc_test.cpp). Shares no arithmetic with an integer engine.
#pragma once

#include "common/net/crossbar_net.h"

#include <cstdint>
#include <vector>

namespace snnc::runtime::reference {

struct CrossbarTrace {
  uint32_t ticks = 0, outputs = 0;
  // [tick][output]: row t holds what reached the bus from spikes of tick t - 1, row 0 is 0. The
  // rows of RANC's output file.
  std::vector<uint8_t> rows;
  // Only if recordState: [core][tick * neurons + neuron], cores as in the network; v after the
  // tick, of neurons that are not enabled their vInit.
  std::vector<std::vector<uint8_t>> spikes;
  std::vector<std::vector<double>> v;

  // Over all enabled neurons and ticks.
  uint64_t spikeCount = 0, synapticOps = 0;
  uint64_t merged = 0;     // spikes that found their axon or output taken already in that tick
  uint64_t lost = 0;       // spikes and packets to a place without a core
  uint64_t floors = 0;     // resets from below
  uint64_t onFloor = 0;    // ticks in which v was exactly the floor: < and <= differ
  uint64_t outOfInt32 = 0; // v left 32 bits: RANC's simulator is undefined from there on
  uint64_t inexact = 0;    // |v| above 2^53: the trace is not to be trusted
};

// `net` has passed net::verify. Memory: ticks * outputs, with recordState also
// 9 * ticks * neurons of all cores; the caller bounds them.
CrossbarTrace runCrossbar(const net::CrossbarNet &net, uint32_t ticks, bool recordState = false);

} // namespace snnc::runtime::reference
