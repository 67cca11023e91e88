#include "tests/golden/golden_support.h"

#include "runtime/cycle/cycle_machine.h"
#include "runtime/fast/fast_machine.h"
#include "runtime/machine/host_driver.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/rtl/rtl_machine.h"
#include "tests/support/image_builder.h"

#include "llvm/Support/raw_ostream.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace snnc::test {

namespace {

std::string pathOf(const char *variable, const char *name) {
  if (const char *path = std::getenv(variable))
    return path;
  const char *shared = std::getenv("SNNC_SHARED");
  return std::string(shared != nullptr ? shared : SNNC_SOURCE_DIR "/../shared") + "/golden/" + name;
}

// Effects of the inputs of one neuron in units of 64, largest first. Four times 8192, so that sums
// reach past the accumulator's 2^15.
constexpr int64_t kUnits[] = {8192, 8192, 8192, 8192, 4096, 2048, 1024, 512, 256,
                              128,  64,   32,   16,   8,    4,    2,    1};
constexpr size_t kUnitCount = std::size(kUnits);
constexpr uint8_t kLargeExponent = 7; // of the units from 128 on
constexpr int64_t kLarge = int64_t{1} << kLargeExponent;

// Inputs of a neuron: kUnits positive, then kUnits negative.
size_t inputOf(size_t neuron, bool negative, size_t unit) {
  return (neuron * 2 + (negative ? 1 : 0)) * kUnitCount + unit;
}

net::QuantProjection unitProjection(uint32_t neurons, bool large) {
  net::QuantProjection projection;
  projection.name = large ? "large" : "small";
  projection.source = 0;
  projection.target = 1;
  projection.exponent = large ? kLargeExponent : 0;
  net::DenseInts weights;
  weights.rows = neurons;
  weights.cols = static_cast<uint32_t>(neurons * 2 * kUnitCount);
  weights.values.resize(size_t{weights.rows} * weights.cols);
  for (size_t n = 0; n < neurons; ++n)
    for (size_t unit = 0; unit < kUnitCount; ++unit) {
      if ((kUnits[unit] >= kLarge) != large)
        continue;
      const auto weight = static_cast<int16_t>(large ? kUnits[unit] / kLarge : kUnits[unit]);
      weights.values[n * weights.cols + inputOf(n, false, unit)] = weight;
      weights.values[n * weights.cols + inputOf(n, true, unit)] = static_cast<int16_t>(-weight);
    }
  projection.weights = std::move(weights);
  return projection;
}

void runMachine(llvm::Expected<std::unique_ptr<runtime::Machine>> machine,
                const image::Image &image, const data::EncodedSample &sample,
                std::vector<EngineTrace> &traces) {
  if (!machine) {
    ADD_FAILURE() << llvm::toString(machine.takeError());
    return;
  }
  if (llvm::Error error = (*machine)->load(image, sample.steps)) {
    ADD_FAILURE() << llvm::toString(std::move(error));
    return;
  }
  runtime::HostDriver driver(image, **machine, sample.steps);
  traces.push_back({(*machine)->name(), driver.run(sample, {true, {}})});
}

} // namespace

std::optional<nlohmann::json> goldenVectors(const char *variable, const char *name) {
  std::ifstream file(pathOf(variable, name));
  if (!file)
    return std::nullopt;
  return nlohmann::json::parse(file);
}

std::string missing(const char *variable, const char *name) {
  return "NOTHING WAS CHECKED: no " + pathOf(variable, name) + " (set " + variable + ")";
}

net::QuantNet accumulatorNet(std::vector<net::NeuronConfig> neurons) {
  const auto size = static_cast<uint32_t>(neurons.size());
  net::QuantNet net;
  net.name = "accumulators";
  net.populations.resize(2);
  net.populations[0].name = "units";
  net.populations[0].shape = {static_cast<uint32_t>(size * 2 * kUnitCount)};
  net.populations[0].isInput = true;
  net.populations[1].name = "n";
  net.populations[1].shape = {size};
  net.populations[1].neurons = std::move(neurons);
  net.projections = {unitProjection(size, true), unitProjection(size, false)};
  net.inputs = {0};
  net.outputs = {1};
  return net;
}

data::EncodedSample accumulatorSample(const std::vector<std::vector<int64_t>> &sums) {
  data::EncodedSample sample;
  sample.steps = static_cast<uint32_t>(sums.size());
  sample.size = static_cast<uint32_t>(sums.front().size() * 2 * kUnitCount);
  sample.spikes.resize(size_t{sample.steps} * sample.size);
  for (size_t step = 0; step < sums.size(); ++step)
    for (size_t n = 0; n < sums[step].size(); ++n) {
      int64_t rest = std::abs(sums[step][n]);
      for (size_t unit = 0; unit < kUnitCount; ++unit)
        if (rest >= kUnits[unit]) {
          rest -= kUnits[unit];
          sample.spikes[step * sample.size + inputOf(n, sums[step][n] < 0, unit)] = 1;
        }
      EXPECT_EQ(rest, 0) << sums[step][n] << " is out of the inputs' reach";
    }
  return sample;
}

std::vector<EngineTrace> runEverywhere(const net::QuantNet &net, const image::Image &image,
                                       const target::Target &target,
                                       const data::EncodedSample &sample) {
  std::vector<EngineTrace> traces;
  runtime::reference::QuantEngine quant(net, target.core);
  traces.push_back({"quant", quant.run(sample, true)});
  size_t expected = 3;
  for (const runtime::fast::Path path : runtime::fast::kPaths)
    if (runtime::fast::isUsable(path)) {
      runMachine(runtime::fast::createFastMachine(path), image, sample, traces);
      ++expected;
    }
  runMachine(runtime::cycle::createCycleMachine(), image, sample, traces);
  runMachine(runtime::rtl::createRtlMachine(image, llvm::errs()), image, sample, traces);
  EXPECT_EQ(traces.size(), expected);
  return traces;
}

std::vector<EngineTrace> runOnOneCore(const net::QuantNet &net, const target::Target &target,
                                      const data::EncodedSample &sample) {
  support::Rng rng(1);
  const auto image = layOut(net, target, {.meshWidth = 1, .meshHeight = 1}, rng);
  if (!image) {
    ADD_FAILURE() << "the network does not fit one core";
    return {};
  }
  return runEverywhere(net, *image, target, sample);
}

} // namespace snnc::test
