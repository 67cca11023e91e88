// Random NIR graphs, written as files, read, compiled for three targets: network and integers give
// the same spikes and membranes (decays 0 and 1: the network as it was read, in plain double; other
// decays: with the target's rounding of the state), the integers and the cycle engine the same
// states, and the image decodes into the network that it came from.
#include "common/net/discretize.h"
#include "common/net/synapses.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/reference/float_engine.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/verify/verify.h"
#include "tests/property/random_nir.h"
#include "tests/support/random_net.h"
#include "tests/support/seeds.h"

#include <cmath>
#include <cstdio>
#include <map>
#include <unistd.h>

using namespace snnc;
using namespace snnc::runtime;

namespace {

struct Setup {
  const char *target;
  uint32_t leastBits, mostBits;       // of weights
  uint32_t leastPerCore, mostPerCore; // neurons; 0: the target's
  test::RandomNirOptions graph;
};

// What the cases met, so that the test cannot go quietly empty.
struct Coverage {
  uint64_t cases = 0, unfit = 0, compared = 0, overflows = 0, offGrid = 0, rests = 0, spikes = 0;
  uint64_t manyCores = 0, delays = 0, shared = 0;
  std::map<std::string, uint64_t> constructs; // of the cases that were compared in full
};

std::string textOf(const llvm::Error &error) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << error;
  return os.str();
}

std::optional<net::Net> readBack(support::Rng &rng, const test::RandomNir &graph, uint64_t seed) {
  NirFile file("graphs_" + std::to_string(getpid()) + "_" + std::to_string(seed), false);
  test::writeNir(rng, graph, file);
  support::Warnings warnings;
  auto net = compiler::readNir(file.path(), graph.flags, warnings);
  std::remove(file.path().c_str());
  if (net)
    return std::move(*net);
  ADD_FAILURE() << "refused: " << llvm::toString(net.takeError());
  return std::nullopt;
}

// A random network may be too large for a target: nothing else is an excuse.
bool doesNotFit(const support::DiagError &error) {
  const support::DiagCode code = error.diagnostic.code;
  return code == support::DiagCode::NeuronExceedsCore || code == support::DiagCode::TooFewCores ||
         code == support::DiagCode::DelayTooLong;
}

std::optional<compiler::CompileResult> compileOrCount(const net::Net &net, const Setup &setup,
                                                      const target::Target &target,
                                                      support::Rng &rng, Coverage &coverage) {
  compiler::CompileOptions options;
  options.weightBits = static_cast<uint32_t>(rng.between(setup.leastBits, setup.mostBits));
  if (setup.mostPerCore != 0)
    options.maxNeuronsPerCore =
        static_cast<uint32_t>(rng.between(setup.leastPerCore, setup.mostPerCore));
  support::Warnings warnings;
  auto compiled = compiler::compile(net, target, options, warnings);
  if (compiled)
    return std::move(*compiled);
  bool unfit = true;
  llvm::Error rest = llvm::handleErrors(
      compiled.takeError(), [&](std::unique_ptr<support::DiagError> error) -> llvm::Error {
        if (doesNotFit(*error))
          return llvm::Error::success();
        unfit = false;
        return llvm::Error(std::move(error));
      });
  if (!unfit)
    ADD_FAILURE() << "refused: " << textOf(rest);
  llvm::consumeError(std::move(rest));
  coverage.unfit += unfit;
  return std::nullopt;
}

bool isInteger(double value) {
  return std::abs(value - std::nearbyint(value)) <= 1e-6 * (1.0 + std::abs(value));
}

// Products of maps in a row can need more bits than weights have: then nothing is promised.
bool onGrid(const net::Net &lowered, const net::QuantNet &quant) {
  for (size_t p = 0; p < lowered.projections.size(); ++p) {
    const net::Projection &real = lowered.projections[p];
    const double unit = std::ldexp(64.0, quant.projections[p].exponent);
    const std::vector<double> &scale = quant.populations[real.target].scale;
    const net::IncomingSynapses incoming(real);
    for (uint32_t n = 0; n < scale.size(); ++n) {
      bool integers = real.bias.empty() || isInteger(real.bias[n] * scale[n]);
      incoming.forEach(
          n, [&](uint32_t, double weight) { integers &= isInteger(weight * scale[n] / unit); });
      if (!integers)
        return false;
    }
  }
  return true;
}

// A core keeps 1/4096 of a membrane that should keep nothing: seen from 4096 units on.
bool leavesRest(const net::Net &lowered, const net::QuantNet &quant,
                const trace::SampleTrace &integers) {
  for (size_t p = 0; p < lowered.populations.size(); ++p) {
    const auto updates = llvm::cantFail(net::discretize(lowered.populations[p], lowered.profile));
    if (updates.empty())
      continue;
    const trace::PopulationTrace &trace = integers.populations[p];
    for (uint32_t n = 0; n < trace.size; ++n) {
      if (updates[updates.size() == 1 ? 0 : n].membraneDecay != 0.0)
        continue;
      if (std::abs(quant.populations[p].neurons[n].vInit) >= 4096)
        return true;
      for (size_t at = n; at < trace.v.size(); at += trace.size)
        if (std::abs(trace.v[at]) >= 4096)
          return true;
    }
  }
  return false;
}

// Every spike, and where `states` every membrane: (float - rest) * scale is the integer.
void compareWithFloat(const trace::SampleTrace &real, const trace::SampleTrace &integers,
                      const net::QuantNet &quant, bool states, Coverage &coverage) {
  ASSERT_EQ(real.populations.size(), integers.populations.size());
  for (size_t p = 0; p < integers.populations.size(); ++p) {
    const trace::PopulationTrace &a = real.populations[p], &b = integers.populations[p];
    const net::QuantPopulation &population = quant.populations[p];
    ASSERT_EQ(a.size, b.size) << b.name;
    for (size_t at = 0; at < b.spikes.size(); ++at) {
      coverage.spikes += !population.isInput && b.spikes[at] != 0;
      const uint32_t n = static_cast<uint32_t>(at % b.size);
      ASSERT_EQ(a.spikes[at], b.spikes[at])
          << "spike of '" << b.name << "' neuron " << n << " step " << at / b.size;
      if (population.isInput || !states)
        continue;
      const double rest = population.rest.empty() ? 0.0 : population.rest[n];
      const double v = (a.vReal[at] - rest) * population.scale[n];
      ASSERT_LE(std::abs(v - b.v[at]), 1e-6 * (1.0 + std::abs(b.v[at])))
          << "membrane of '" << b.name << "' neuron " << n << " step " << at / b.size << ": float "
          << a.vReal[at] << " is " << v << ", integer " << b.v[at];
    }
  }
}

void runFloat(const net::Net &net, const reference::RoundingGrid *rounding,
              const data::EncodedSample &sample, const trace::SampleTrace &integers,
              const net::QuantNet &quant, bool states, Coverage &coverage) {
  reference::FloatOptions options;
  options.rounding = rounding;
  auto engine = reference::FloatEngine::create(net, options);
  ASSERT_TRUE(static_cast<bool>(engine)) << llvm::toString(engine.takeError());
  compareWithFloat((*engine)->run(sample, true), integers, quant, states, coverage);
}

void verifyImage(const compiler::CompileResult &compiled, const target::Target &target,
                 const data::EncodedSample &sample) {
  auto report = verify::verifyEngines(
      {.image = *compiled.image,
       .network = &*compiled.quant,
       .core = target.core,
       .engines = {{"quant", {}},
                   {"cycle",
                    [](const image::Image &) -> llvm::Expected<std::unique_ptr<Machine>> {
                      return cycle::createCycleMachine();
                    }}},
       .firstSample = 0,
       .samples = 1,
       .sampleAt = [&](uint64_t) -> llvm::Expected<data::EncodedSample> { return sample; },
       .command = {},
       .progress = {}});
  ASSERT_TRUE(static_cast<bool>(report)) << llvm::toString(report.takeError());
  EXPECT_EQ(report->imageDifference, "");
  for (const verify::PairReport &pair : report->pairs)
    EXPECT_TRUE(pair.equal()) << pair.a << " and " << pair.b << ": " << pair.first->text();
}

void checkCase(uint64_t seed, support::Rng &rng, const Setup &setup, const target::Target &target,
               Coverage &coverage) {
  ++coverage.cases;
  test::RandomNirOptions options = setup.graph;
  options.exactDecays = rng.below(3) == 0;
  const test::RandomNir graph = test::randomNir(rng, options);
  const std::optional<net::Net> net = readBack(rng, graph, seed);
  if (!net)
    return;
  const auto compiled = compileOrCount(*net, setup, target, rng, coverage);
  if (!compiled)
    return;
  const net::QuantNet &quant = *compiled->quant;
  const auto steps = static_cast<uint32_t>(rng.between(1, 24));
  const data::EncodedSample sample = test::randomSample(rng, quant, steps);
  verifyImage(*compiled, target, sample);
  reference::QuantEngine engine(quant, target.core);
  const trace::SampleTrace integers = engine.run(sample, true);
  const auto events = engine.events();
  if (events.accWraps + events.currentWraps + events.membraneClamps > 0) {
    ++coverage.overflows; // nothing in the float engine corresponds to that
    return;
  }
  if (!onGrid(compiled->net, quant)) {
    ++coverage.offGrid;
    return;
  }
  if (leavesRest(compiled->net, quant, integers)) {
    ++coverage.rests;
    return;
  }
  const auto grid = reference::RoundingGrid::of(quant);
  runFloat(compiled->net, &grid, sample, integers, quant, true, coverage);
  // Subtracting a step later is another membrane, but the same spikes.
  const bool sameMembranes = graph.flags.reset != net::ResetRule::SubtractDelayed;
  if (options.exactDecays)
    runFloat(*net, nullptr, sample, integers, quant, sameMembranes, coverage);
  ++coverage.compared;
  coverage.manyCores += compiled->image->cores.size() > 1;
  for (const std::string &construct : graph.constructs)
    ++coverage.constructs[construct];
  ++coverage.constructs[options.exactDecays ? "decays 0 and 1" : "decays k/4096"];
}

void run(uint64_t base, uint64_t cases, const Setup &setup, Coverage &coverage) {
  const target::Target target = llvm::cantFail(target::loadTarget(setup.target));
  test::forEachSeed(base, cases, [&](uint64_t seed, support::Rng &rng) {
    checkCase(seed, rng, setup, target, coverage);
  });
  std::cout << "[ COVERAGE ] " << setup.target << ": " << coverage.compared << " of "
            << coverage.cases << " compared, " << coverage.unfit << " do not fit, "
            << coverage.overflows << " overflow, " << coverage.offGrid << " off grid, "
            << coverage.rests << " leave a rest, " << coverage.spikes << " spikes\n";
}

void expectCovered(const Coverage &coverage, const std::set<std::string> &absent = {}) {
  if (std::getenv("SNNC_SEED") != nullptr || testing::Test::HasFailure())
    return;
  EXPECT_GT(coverage.compared, coverage.cases / 2);
  EXPECT_LT(coverage.offGrid, coverage.cases / 20);
  EXPECT_GT(coverage.spikes, 5 * coverage.cases);
  EXPECT_GT(coverage.manyCores, 0u);
  for (const std::string &construct : test::nirConstructs())
    if (absent.count(construct) == 0) {
      EXPECT_GT(coverage.constructs.count(construct), 0u) << construct << " was never compared";
    }
}

} // namespace

TEST(NirGraphs, Wide) {
  Coverage coverage;
  run(1, 200, {"wide", 10, 16, 16, 60, {}}, coverage);
  expectCovered(coverage);
}

TEST(NirGraphs, LoihiLikeWithEightBits) {
  Coverage coverage;
  run(10000, 200, {"loihi-like", 8, 8, 16, 60, {.narrowGrid = true}}, coverage);
  expectCovered(coverage);
}

TEST(NirGraphs, Tiny) {
  Coverage coverage;
  run(20000, 200,
      {"tiny", 10, 16, 0, 0, {.maxLayers = 3, .maxSize = 5, .maxInputs = 12, .maxDelay = 1}},
      coverage);
  expectCovered(coverage, {"delay per element"}); // its cores have two slots
}
