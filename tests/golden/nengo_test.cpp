// Whole networks of nengo-loihi's emulator in integer mode: two blocks with recurrent connections,
// their integers put straight onto two cores; every u, v and s of 80 steps on quant, cycle and RTL.
#include "compiler/pipeline/compile.h"
#include "tests/golden/golden_support.h"

#include <gtest/gtest.h>

using namespace snnc;
using nlohmann::json;

namespace {

constexpr const char *kVariable = "SNNC_NENGO_GOLDEN", *kFile = "nengo_loihi.json";

// Index of a block as the file names it; its order is fixed by us.
uint32_t populationOf(const std::string &name) {
  return name == "input" ? 0 : name == "A" ? 1 : 2;
}

void setBias(net::NeuronConfig &neuron, int64_t bias) {
  while (bias < -4096 || bias > 4095) {
    ASSERT_EQ(bias % 2, 0) << "a bias that the registers cannot hold";
    bias /= 2;
    ++neuron.biasExp;
  }
  neuron.biasMant = static_cast<int16_t>(bias);
}

net::QuantPopulation readBlock(const std::string &name, const json &block) {
  net::QuantPopulation population;
  population.name = name;
  population.shape = {block.at("n")};
  population.vmin = block.at("vmin");
  population.vmax = block.at("vmax");
  population.duOffset = 1;
  for (uint32_t i = 0; i < population.size(); ++i) {
    net::NeuronConfig neuron;
    neuron.threshold = block.at("vth")[i];
    neuron.du = block.at("decay_u")[i];
    neuron.dv = block.at("decay_v")[i];
    neuron.refractory = block.at("refract_delay")[i];
    setBias(neuron, block.at("bias")[i]);
    population.neurons.push_back(neuron);
  }
  return population;
}

// Effects are multiples of 64: the smallest exponent whose mantissas fit 8 bits.
net::QuantProjection readSynapses(const json &synapses) {
  const auto effects = synapses.at("weights").get<std::vector<std::vector<int64_t>>>();
  net::QuantProjection projection;
  projection.name = synapses.at("pre").get<std::string>() + synapses.at("post").get<std::string>();
  projection.source = populationOf(synapses.at("pre"));
  projection.target = populationOf(synapses.at("post"));
  projection.delay = 1; // a spike of step t, the host's too, is integrated at t + 1
  const auto fits = [&](int64_t unit) {
    for (const std::vector<int64_t> &row : effects)
      for (const int64_t effect : row)
        if (effect % unit != 0 || effect / unit < -128 || effect / unit > 127)
          return false;
    return true;
  };
  while (!fits(int64_t{64} << projection.exponent) && projection.exponent < 7)
    ++projection.exponent;
  const int64_t unit = int64_t{64} << projection.exponent;
  EXPECT_TRUE(fits(unit)) << projection.name << " does not fit 8 bits and one exponent";
  net::DenseInts dense;
  dense.rows = static_cast<uint32_t>(effects.front().size());
  dense.cols = static_cast<uint32_t>(effects.size());
  for (uint32_t post = 0; post < dense.rows; ++post)
    for (uint32_t pre = 0; pre < dense.cols; ++pre)
      dense.values.push_back(static_cast<int16_t>(effects[pre][post] / unit));
  projection.weights = std::move(dense);
  return projection;
}

net::QuantNet readNet(const json &network) {
  net::QuantNet net;
  net.name = "nengo";
  net::QuantPopulation input;
  input.name = "input";
  input.shape = {network.at("inputs")};
  input.isInput = true;
  net.populations = {input, readBlock("A", network.at("blocks").at("A")),
                     readBlock("B", network.at("blocks").at("B"))};
  for (const json &synapses : network.at("synapses"))
    net.projections.push_back(readSynapses(synapses));
  net.inputs = {0};
  net.outputs = {2};
  return net;
}

data::EncodedSample readSample(const json &network) {
  const auto lists = network.at("input_spikes").get<std::vector<std::vector<uint32_t>>>();
  data::EncodedSample sample;
  sample.steps = static_cast<uint32_t>(lists.size());
  sample.size = network.at("inputs");
  sample.spikes.resize(size_t{sample.steps} * sample.size);
  for (size_t step = 0; step < lists.size(); ++step)
    for (const uint32_t input : lists[step])
      sample.spikes[step * sample.size + input] = 1;
  return sample;
}

// Returns the spikes seen.
size_t expectEqual(const test::EngineTrace &engine, const json &network) {
  size_t spikes = 0;
  for (const char *block : {"A", "B"}) {
    const trace::PopulationTrace &n = engine.trace.populations[populationOf(block)];
    const size_t offset = network.at("offsets").at(block)[0];
    for (size_t step = 0; step < engine.trace.steps; ++step)
      for (size_t i = 0; i < n.size; ++i) {
        const size_t at = step * n.size + i;
        const int64_t u = network.at("u")[step][offset + i], v = network.at("v")[step][offset + i],
                      s = network.at("s")[step][offset + i];
        if (n.u[at] != u || n.v[at] != v || n.spikes[at] != s) {
          ADD_FAILURE() << engine.engine << " step " << step << " " << block << "[" << i << "]: u "
                        << n.u[at] << " v " << n.v[at] << " s " << int(n.spikes[at])
                        << ", nengo-loihi u " << u << " v " << v << " s " << s;
          return spikes;
        }
        spikes += n.spikes[at];
      }
  }
  return spikes;
}

} // namespace

TEST(NengoLoihi, NetworksOnTwoCores) {
  const auto vectors = test::goldenVectors(kVariable, kFile);
  if (!vectors)
    GTEST_SKIP() << test::missing(kVariable, kFile);
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  size_t networks = 0;
  for (const json &network : vectors->at("networks")) {
    SCOPED_TRACE("network " + std::to_string(networks++));
    const net::QuantNet net = readNet(network);
    ASSERT_FALSE(HasFailure());
    compiler::CompileOptions options;
    options.meshWidth = 2;
    options.meshHeight = 1;
    // Blocks with the same membrane range could share a core; two are wanted.
    options.maxNeuronsPerCore = std::max(net.populations[1].size(), net.populations[2].size());
    support::Warnings warnings;
    auto compiled = compiler::compile(net, target, options, warnings);
    ASSERT_TRUE(static_cast<bool>(compiled)) << llvm::toString(compiled.takeError());
    ASSERT_EQ(compiled->image->cores.size(), 2u);
    for (const test::EngineTrace &engine :
         test::runEverywhere(net, *compiled->image, target, readSample(network)))
      EXPECT_GT(expectEqual(engine, network), 0u) << "a network that never fires proves little";
    if (HasFailure())
      return;
  }
  EXPECT_EQ(networks, 8u);
}
