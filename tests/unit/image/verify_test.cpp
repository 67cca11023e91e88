#include "common/image/codec.h"

#include "expect_diag.h"
#include "small_image.h"

#include <functional>

using namespace snnc;
using namespace snnc::image;
using support::DiagCode;

namespace {
struct Case {
  const char *place, *message;
  std::function<void(Image &)> damage;
};
} // namespace

static uint64_t pair(uint32_t position, uint32_t neuron, int32_t weight) {
  return WordFormat::of(tinyTarget().core).putPair(position, neuron, weight);
}
static uint64_t loihiPair(uint32_t position, uint32_t index, int32_t weight) {
  return WordFormat::of(target::CoreSpec()).putPair(position, index, weight);
}
static uint64_t lane(uint32_t position, int32_t weight) {
  return WordFormat::of(tinyTarget().core).putDense(position, weight);
}

static const Case kCoreCases[] = {
    {"mesh", "a mesh of 65 x 1", [](Image &i) { i.meshWidth = 65; }},
    {"mesh", "a mesh of 2 x 0", [](Image &i) { i.meshHeight = 0; }},
    {"cores", "without cores", [](Image &i) { i.cores.clear(); }},
    {"cores/1", "not sorted", [](Image &i) { i.cores[1].x = 0; }},
    {"cores/1", "outside the 2 x 1 mesh", [](Image &i) { i.cores[1].x = 2; }},
    {"cores/0", "no range", [](Image &i) { i.cores[0].vmin = 9, i.cores[0].vmax = 8; }},
    {"cores/0", "no range", [](Image &i) { i.cores[0].vmax = 1 << 23; }},
    {"cores/0", "duOffset 2", [](Image &i) { i.cores[0].duOffset = 2; }},
    {"cores/0", "5 groups, the target has 4",
     [](Image &i) {
       i.cores[0].groups = std::vector<Group>(5, Group{0, 1, 0});
     }},
    {"cores/0", "5 neurons, the target has 4",
     [](Image &i) { i.cores[0].neurons.resize(5), i.cores[0].outPointers.resize(5); }},
    {"cores/0", "2 output pointers for 3", [](Image &i) { i.cores[0].outPointers.pop_back(); }},
    {"cores/0", "17 output slots, the target has 16",
     [](Image &i) {
       i.cores[0].outSlots.resize(17, {0, 0, 0, 2});
     }},
    {"cores/0", "17 input axons, the target has 16", [](Image &i) { i.cores[0].axons.resize(17); }},
    {"cores/0", "65 synapse words", [](Image &i) { i.cores[0].synapses.resize(65); }},
    {"cores/0/groups/0", "leave the core's 3", [](Image &i) { i.cores[0].groups[0].count = 4; }},
    {"cores/0/groups/1", "overlap",
     [](Image &i) {
       i.cores[0].groups.push_back({2, 1, 0});
     }},
    {"cores/0/neurons/1", "wider", [](Image &i) { i.cores[0].neurons[1].threshold = 1 << 23; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { i.cores[0].neurons[1].vInit = -(1 << 23) - 1; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { i.cores[0].neurons[1].biasMant = 4096; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { i.cores[0].neurons[1].biasExp = 8; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { i.cores[0].neurons[1].du = 4096; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { i.cores[0].neurons[1].dv = 4096; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { i.cores[0].neurons[1].refractory = 64; }},
    {"cores/0/neurons/1", "wider",
     [](Image &i) {
       i.cores[0].neurons[1].resetSubtract = true, i.cores[0].neurons[1].reset = -1;
     }},
    {"cores/0/outPointers/2", "slots 3..5 leave the core's 4",
     [](Image &i) { i.cores[0].outPointers[2].count = 2; }},
    {"cores/0/outSlots/1", "no core (1,1)", [](Image &i) { i.cores[0].outSlots[1].y = 1; }},
    {"cores/0/outSlots/1", "axon 3 of core (1,0), which has 3",
     [](Image &i) { i.cores[0].outSlots[1].axon = 3; }},
    {"cores/0/outSlots/1", "delay 2, the target has 2",
     [](Image &i) { i.cores[0].outSlots[1].delay = 2; }},
    {"cores/0/axons/2", "words 2..4 leave the core's 3",
     [](Image &i) { i.cores[0].axons[2].words = 2; }},
    {"cores/0/axons/2", "words 4294967295..4294967296",
     [](Image &i) { i.cores[0].axons[2].address = 0xFFFFFFFF; }},
    {"cores/0/axons/2", "exponent 8", [](Image &i) { i.cores[0].axons[2].exponent = 8; }},
    {"cores/0/axons/2", "rows 1..2 leave the core's 1",
     [](Image &i) { i.cores[0].axons[2].baseRow = 1; }},
    {"cores/0/axons/1", "rows 1..2 leave the core's 1",
     [](Image &i) { i.cores[0].axons[1].baseRow = 1; }},
    {"cores/0/axons/2", "words 1..1 overlap 1..1 of axon 1",
     [](Image &i) {
       i.cores[0].axons[1].sparse = false, i.cores[0].axons[2].address = 1;
       i.cores[0].axons[2].sparse = true;
     }},
    {"cores/0/axons/0", "a weight for neuron 3, the core has 3",
     [](Image &i) { i.cores[0].synapses[0] |= lane(3, 1); }},
    {"cores/0/axons/1", "a weight for neuron 3, the core has 3",
     [](Image &i) { i.cores[0].synapses[1] |= pair(2, 3, 1); }},
    {"cores/0/axons/1", "one bank twice",
     [](Image &i) { i.cores[0].synapses[1] |= pair(2, 2, 1); }},
};

static const Case kNetworkCases[] = {
    {"populations/2", "used twice", [](Image &i) { i.populations[2].name = "a"; }},
    {"populations/0", "empty", [](Image &i) { i.populations[0].name = ""; }},
    {"populations/0", "no elements", [](Image &i) { i.populations[0].shape = {0}; }},
    {"populations/0", "too many",
     [](Image &i) {
       i.populations[0].shape = {65536, 65536, 65536, 65536, 65536};
     }},
    {"populations/1", "2 scales for 3", [](Image &i) { i.populations[1].scale.pop_back(); }},
    {"populations/1", "1 rests for 3", [](Image &i) { i.populations[1].rest = {0.5}; }},
    {"populations/1", "gap", [](Image &i) { i.populations[1].segments[0].first = 1; }},
    {"populations/1", "no core", [](Image &i) { i.populations[1].segments[0].core = 2; }},
    {"populations/1", "hold 0 of 3", [](Image &i) { i.populations[1].segments.clear(); }},
    {"populations/2", "first tick 0", [](Image &i) { i.populations[2].skew = 0; }},
    {"populations/2", "not free",
     [](Image &i) {
       i.populations[2].segments[0] = {0, 2, 0, 0};
     }},
    {"populations/2", "not free", [](Image &i) { i.populations[2].segments[0].local = 1; }},
    {"populations/0", "no elements, or too many",
     [](Image &i) { i.populations[0].shape = {(1u << 26) + 1}; }},
    {"populations/0", "control character", [](Image &i) { i.populations[0].name = "a/b"; }},
    {"net", "steps are not in 1 .. 1048576", [](Image &i) { i.run.steps = (1u << 20) + 1; }},
    {"projections/1", "does not lead", [](Image &i) { i.projections[1].target = 0; }},
    {"projections/1", "does not lead", [](Image &i) { i.projections[1].source = 3; }},
    {"projections/1", "17 weight bits", [](Image &i) { i.projections[1].weightBits = 17; }},
    {"inputs/0", "not an input", [](Image &i) { i.inputs[0].population = 1; }},
    {"inputs/1", "came before", [](Image &i) { i.inputs.push_back(i.inputs[0]); }},
    {"inputs/0", "route 1 leads nowhere", [](Image &i) { i.inputs[0].routes[1].element = 2; }},
    {"inputs/0", "route 1 leads nowhere", [](Image &i) { i.inputs[0].routes[1].core = 2; }},
    {"inputs/0", "route 1 leads nowhere", [](Image &i) { i.inputs[0].routes[1].axon = 3; }},
    {"inputs/0", "out of order",
     [](Image &i) { std::swap(i.inputs[0].routes[0], i.inputs[0].routes[1]); }},
    {"outputs/0", "not a population", [](Image &i) { i.outputs[0] = 0; }},
    {"hostLayers/0", "does not lead", [](Image &i) { i.hostLayers[0].source = 1; }},
    {"hostLayers/1", "no other feeds", [](Image &i) { i.hostLayers.push_back(i.hostLayers[0]); }},
    {"hostLayers/0", "weights of 3 x 2, 2 biases",
     [](Image &i) { i.hostLayers[0].bias.pop_back(); }},
    {"hostLayers/0", "weight bits", [](Image &i) { i.hostLayers[0].weightBits = 1; }},
    {"hostLayers/0", "input scale", [](Image &i) { i.hostLayers[0].inputScale = 0; }},
    {"hostLayers/0", "input range", [](Image &i) { i.hostLayers[0].inputMax = -1; }},
    {"hostLayers/0", "a shift", [](Image &i) { i.hostLayers[0].shift[0] = 41; }},
    {"hostLayers/0", "a bias", [](Image &i) { i.hostLayers[0].bias[0] = INT64_MIN; }},
    {"axonSources", "sources of 1 cores", [](Image &i) { i.axonSources.pop_back(); }},
    {"axonSources/1", "2 sources for 3", [](Image &i) { i.axonSources[1].pop_back(); }},
    {"axonSources/1", "axon 0 stands for", [](Image &i) { i.axonSources[1][0].projection = 3; }},
    {"axonSources/1", "axon 0 stands for", [](Image &i) { i.axonSources[1][0].source = 3; }},
};

// Of sharingImage.
static const Case kSharingCases[] = {
    {"cores/0/axons/1", "rows 128..129 leave the core's 128",
     [](Image &i) { i.cores[0].axons[1].baseRow = 128; }},
    {"cores/0/axons/1", "a weight for neuron 31, the core has 24",
     [](Image &i) { i.cores[0].axons[1].baseRow = 3; }},
    {"cores/0/axons/3", "rows 128..129 leave the core's 128",
     [](Image &i) { i.cores[0].axons[3].baseRow = 128; }},
    {"cores/0/axons/3", "a weight for neuron 31, the core has 24",
     [](Image &i) { i.cores[0].axons[3].baseRow = 2; }},
    {"cores/0/axons/3", "a weight for neuron 1031, the core has 24",
     [](Image &i) { i.cores[0].axons[3].baseRow = 127; }},
    // The list of axons 2 and 3, damaged, is wrong for the one that lies higher.
    {"cores/0/axons/3", "a weight for neuron 24, the core has 24",
     [](Image &i) { i.cores[0].synapses[2] = loihiPair(0, 16, 4); }},
    {"cores/0/axons/2", "one bank twice",
     [](Image &i) { i.cores[0].synapses[2] |= loihiPair(1, 0, 1); }},
    {
        "cores/0/axons/3",
        "words 1..2 overlap 1..1 of axon 2",
        [](Image &i) { i.cores[0].axons[2].words = 1, i.cores[0].axons[3].words = 2; },
    },
    {"cores/0/axons/1", "words 0..1 overlap 0..0 of axon 0, which is not the same list",
     [](Image &i) { i.cores[0].axons[1].words = 2; }},
    {"cores/0/axons/1", "overlap 0..0 of axon 0",
     [](Image &i) { i.cores[0].axons[1].sparse = true; }},
    {"cores/0/axons/4", "overlap 1..2 of axon 3",
     [](Image &i) { i.cores[0].axons[4].address = 2; }},
    {"hostLayers/0", "broken weights of 24 x 5",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).columns[0] = 24; }},
    {"hostLayers/0", "broken weights",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).columns[1] = 2; }},
    {"hostLayers/0", "broken weights",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).rowStart[1] = 4; }},
    {"hostLayers/0", "broken weights",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).rowStart[0] = 1; }},
    {"hostLayers/0", "broken weights",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).rowStart.back() = 2; }},
    {"hostLayers/0", "broken weights",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).rowStart.clear(); }},
    {"hostLayers/0", "broken weights",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).values.pop_back(); }},
    {"hostLayers/0", "weights of 23 x 5",
     [](Image &i) { std::get<net::SparseInts>(i.hostLayers[0].weights).posts = 23; }},
};

static Image withSparseHostLayer(Image image) {
  net::HostLayer host;
  host.source = 0;
  host.target = 1;
  host.weights = net::SparseInts{24, 5, {0, 2, 2, 2, 3, 3}, {2, 3, 5}, {1, 2, 3}};
  host.bias.assign(24, 0);
  host.shift.assign(24, 0);
  image.hostLayers = {host};
  return image;
}

static void runCases(llvm::ArrayRef<Case> cases, const Image &sound) {
  for (const Case &damaged : cases) {
    Image image = sound;
    damaged.damage(image);
    const std::vector<support::Diagnostic> all = diagnosticsOf(verify(image));
    bool found = false;
    std::string said;
    for (const support::Diagnostic &diagnostic : all) {
      EXPECT_EQ(diagnostic.code, DiagCode::ImageInvalid);
      found |=
          diagnostic.loc.path == damaged.place && contains(diagnostic.message, damaged.message);
      said += diagnostic.loc.path + ": " + diagnostic.message + "\n";
    }
    EXPECT_TRUE(found) << damaged.place << ": " << damaged.message << "\nsaid\n" << said;
  }
}

TEST(Verify, TheSmallImageIsSound) {
  EXPECT_TRUE(diagnosticsOf(verify(smallImage())).empty());
}

TEST(Verify, EveryDamageOfACoreIsFound) {
  runCases(kCoreCases, smallImage());
}
TEST(Verify, EveryDamageOfTheNetworkIsFound) {
  runCases(kNetworkCases, smallImage());
}
TEST(Verify, EveryDamageOfSharedListsIsFound) {
  EXPECT_TRUE(diagnosticsOf(verify(withSparseHostLayer(sharingImage()))).empty());
  runCases(kSharingCases, withSparseHostLayer(sharingImage()));
}

TEST(Verify, ManyProblemsAreCountedNotListed) {
  Image image = smallImage();
  image.cores[0].outSlots.assign(16, {9, 9, 0, 0});
  const std::vector<support::Diagnostic> all = diagnosticsOf(verify(image));
  EXPECT_EQ(all.size(), 10u);
  EXPECT_CONTAINS(all.back().help, "more problems follow");
}

TEST(Verify, WhatIsUnusualButLegal) {
  Image image = smallImage();
  image.axonSources.clear(); // stripped
  image.outputs.clear();
  image.cores[0].axons.push_back({}); // an unused axon
  image.cores[0].outSlots.push_back({0, 0, 1, 3});
  EXPECT_TRUE(diagnosticsOf(verify(image)).empty());
}
