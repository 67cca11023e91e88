// What the golden tests share: where the vectors are, a network whose neurons get any accumulator
// value asked for, and one sample on every engine.
#pragma once

#include "common/data/data.h"
#include "common/image/image.h"
#include "common/net/quant_net.h"
#include "common/target/target.h"
#include "common/trace/trace.h"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <vector>

namespace snnc::test {

// The vectors: the file named by the environment variable `variable`, else `name` in the folder
// golden of the shared data (SNNC_SHARED, or ../shared beside the checkout). Empty if not there.
std::optional<nlohmann::json> goldenVectors(const char *variable, const char *name);
// For GTEST_SKIP: says what is not proven.
std::string missing(const char *variable, const char *name);

// A population 'n' of `neurons`, and inputs that can put any sum in -40959 .. 40959, in units of
// 64, into the accumulator of each neuron: one input spike per power of two and sign.
net::QuantNet accumulatorNet(std::vector<net::NeuronConfig> neurons);
// The spikes that put sums[step][neuron] (units of 64) into the accumulators.
data::EncodedSample accumulatorSample(const std::vector<std::vector<int64_t>> &sums);

struct EngineTrace {
  std::string engine;
  trace::SampleTrace trace;
};
// One sample, states recorded, on the network in double, the fast engine with every instruction set,
// the cycle engine and the RTL. `image` is the network's. Adds a failure to the running test if an engine cannot be made.
std::vector<EngineTrace> runEverywhere(const net::QuantNet &net, const image::Image &image,
                                       const target::Target &target,
                                       const data::EncodedSample &sample);
// The same for a network that is laid onto one core here.
std::vector<EngineTrace> runOnOneCore(const net::QuantNet &net, const target::Target &target,
                                      const data::EncodedSample &sample);

} // namespace snnc::test
