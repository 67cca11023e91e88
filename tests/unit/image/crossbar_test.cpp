// Crossbar cores in the image: verify, dump and diff. Their bytes: codec_test.cpp.
#include "crossbar_image.h"

#include "expect_diag.h"
#include "small_image.h"

#include <functional>

using namespace snnc;
using namespace snnc::image;

namespace {
struct Case {
  const char *place, *message;
  std::function<void(Image &)> damage;
};
} // namespace

static CrossbarTables &tables(Image &image) {
  return image.cores[0].crossbar;
}

static const Case kCoreCases[] = {
    {"cores/0", "the tables of another kind of core",
     [](Image &i) { i.cores[0].synapses.push_back(1); }},
    {"cores/0", "the tables of another kind of core",
     [](Image &i) { i.cores[0].neurons.push_back(neuron(1)); }},
    {"cores/0", "257 neurons, the target has 256",
     [](Image &i) { tables(i).neurons.resize(257), i.cores[0].outPointers.resize(257); }},
    {"cores/0", "257 input axons, the target has 256",
     [](Image &i) { tables(i).axonTypes.resize(257); }},
    {"cores/0", "4 output pointers for 5", [](Image &i) { i.cores[0].outPointers.pop_back(); }},
    {"cores/0", "5 neurons with 4 enable bits", [](Image &i) { tables(i).enabled.pop_back(); }},
    {"cores/0", "19 weights", [](Image &i) { tables(i).weights.pop_back(); }},
    {"cores/0", "19 words of crossbar", [](Image &i) { tables(i).rows.pop_back(); }},
    {"cores/0", "21 words of crossbar", [](Image &i) { tables(i).rows.push_back(0); }},
    {"cores/0/axonTypes/1", "type 4, the target has 4",
     [](Image &i) { tables(i).axonTypes[1] = 4; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).enabled[1] = 2; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).neurons[1].leak = 256; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).neurons[1].leak = -257; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).neurons[1].threshold = 1 << 17; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).neurons[1].floor = -(1 << 17) - 1; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).neurons[1].reset = 1 << 17; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).neurons[1].vInit = 1 << 19; }},
    {"cores/0/neurons/1", "wider", [](Image &i) { tables(i).weights[7] = 256; }},
    {"cores/0/rows/1", "a synapse of axon 3, the core has 3",
     [](Image &i) { tables(i).rows[4] |= 1 << 3; }},
    {"cores/0/rows/1", "a synapse of axon 255, the core has 3",
     [](Image &i) { tables(i).rows[7] |= uint64_t{1} << 63; }},
    {"cores/0/groups/1", "leave the core's 5", [](Image &i) { i.cores[0].groups[1].count = 2; }},
    {"cores/0/outPointers/0", "2 targets, a crossbar neuron has one",
     [](Image &i) { i.cores[0].outPointers[0].count = 2; }},
    {"cores/0/outPointers/3", "slots 2..4 leave the core's 3",
     [](Image &i) { i.cores[0].outPointers[3].count = 2; }},
    {"cores/0/outSlots/1", "delay 15, the target has 16",
     [](Image &i) { i.cores[0].outSlots[1].delay = 15; }},
    {"cores/0/outSlots/1", "axon 2 of core (1,0), which has 2",
     [](Image &i) { i.cores[0].outSlots[1].axon = 2; }},
};

static const Case kNetworkCases[] = {
    {"populations/2", "not free", [](Image &i) { i.populations[2].segments[0].core = 0; }},
    {"inputs/0", "route 1 leads nowhere", [](Image &i) { i.inputs[0].routes[1].axon = 3; }},
    {"copies/0", "of no neuron", [](Image &i) { i.copies[0].core = 2; }},
    {"copies/0", "of no neuron", [](Image &i) { i.copies[0].population = 3; }},
    {"copies/0", "of no neuron", [](Image &i) { i.copies[0].neuron = 3; }},
    {"copies/1", "of no neuron", [](Image &i) { i.copies[1].relay = false; }}, // an input's element
    {"copies/0", "neuron 5 of core 0 is not free", [](Image &i) { i.copies[0].local = 5; }},
    {"copies/0", "neuron 0 of core 0 is not free", [](Image &i) { i.copies[0].local = 0; }},
    {"copies/0", "in no fitting group", // first tick 1, that of `a` is 0
     [](Image &i) {
       i.cores[0].groups = {{0, 3, 0}, {3, 2, 1}};
     }},
    {"copies/1", "in no fitting group", [](Image &i) { i.cores[0].groups.pop_back(); }},
    {"copies/1", "not sorted", [](Image &i) { std::swap(i.copies[0], i.copies[1]); }},
    {"bus", "65537 columns", [](Image &i) { i.busColumns = 65537; }},
    {"bus/0", "of no neuron", [](Image &i) { i.bus[0].core = 2; }},
    {"bus/0", "of no neuron", [](Image &i) { i.bus[0].local = 2; }},
    {"bus/1", "has no column", [](Image &i) { i.busColumns = 2; }},
    {"bus/0", "neuron 0 of core 0 has a slot too", [](Image &i) { i.bus[0].core = 0; }},
    {"bus/1", "not sorted", [](Image &i) { std::swap(i.bus[0], i.bus[1]); }},
    {"axonSources/1", "axon 0 stands for", [](Image &i) { i.axonSources[1][0].source = 3; }},
    {"axonSources/1", "1 sources for 2", [](Image &i) { i.axonSources[1].pop_back(); }},
    {"projections/0", "10 weight bits", [](Image &i) { i.projections[0].weightBits = 10; }},
};

// Of smallImage, which has cuba cores.
static const Case kCubaCases[] = {
    {"cores/0", "the tables of another kind of core",
     [](Image &i) { i.cores[0].crossbar.axonTypes = {0}; }},
    {"copies", "there are no copies",
     [](Image &i) {
       i.copies = {{0, 0, 1, 0, false}};
     }},
    {"bus", "cuba cores have no bus", [](Image &i) { i.busColumns = 1; }},
};

static void runCases(llvm::ArrayRef<Case> cases, const Image &sound) {
  ASSERT_TRUE(diagnosticsOf(verify(sound)).empty());
  for (const Case &damaged : cases) {
    Image image = sound;
    damaged.damage(image);
    bool found = false;
    std::string said;
    for (const support::Diagnostic &diagnostic : diagnosticsOf(verify(image))) {
      EXPECT_EQ(diagnostic.code, support::DiagCode::ImageInvalid);
      found |=
          diagnostic.loc.path == damaged.place && contains(diagnostic.message, damaged.message);
      said += diagnostic.loc.path + ": " + diagnostic.message + "\n";
    }
    EXPECT_TRUE(found) << damaged.place << ": " << damaged.message << "\nsaid\n" << said;
  }
}

TEST(CrossbarImage, EveryDamageOfACoreIsFound) {
  runCases(kCoreCases, crossbarImage());
}
TEST(CrossbarImage, EveryDamageOfTheNetworkIsFound) {
  runCases(kNetworkCases, crossbarImage());
}
TEST(CrossbarImage, CubaCoresHaveNoneOfIt) {
  runCases(kCubaCases, smallImage());
}

TEST(CrossbarImage, Dump) {
  std::string full;
  llvm::raw_string_ostream os(full);
  dump(crossbarImage(), true, os);
  EXPECT_CONTAINS(full, "copies 1, relays 1\n");
  EXPECT_CONTAINS(full, "bus of 3 columns, 2 neurons on it\n");
  EXPECT_CONTAINS(full, "core (0,0): 5/256 neurons, 3/256 axons, 3/256 slots, 20/1024 words\n");
  EXPECT_CONTAINS(full, "neuron 1: threshold 100, floor <= -50, reset 7, leak -1, vInit 3, weights "
                        "5 6 7 -8, slots (1,0):1+14, axons 0 1\n");
  EXPECT_CONTAINS(full,
                  "neuron 2 (off): threshold -131072, floor < -131072, reset linear, leak 255,"
                  " vInit -524288, weights -256 255 0 0, slots, axons\n");
  EXPECT_CONTAINS(full, "axon types 0 3 1\n");
  EXPECT_CONTAINS(full, "group 4..4 first tick 1\n");
}

TEST(CrossbarImage, DiffNamesWhatDiffers) {
  Image other = crossbarImage();
  other.cores[0].crossbar.axonTypes[0] = 1;
  other.cores[0].crossbar.neurons[1].leak = 0;
  other.cores[0].crossbar.enabled[2] = 1;
  other.cores[0].crossbar.weights[6] = 8;
  other.cores[1].crossbar.rows[4] = 0;
  other.copies[0].neuron = 1;
  other.bus[1].column = 1;
  other.busColumns = 2;
  std::string text;
  llvm::raw_string_ostream os(text);
  EXPECT_EQ(diff(crossbarImage(), other, os), 8u);
  EXPECT_EQ(os.str(), "cores/0/axonTypes/0 differs\n"
                      "cores/0/crossbarNeurons/1 differs\n"
                      "cores/0/enabled/2 differs\n"
                      "cores/0/weights/6 differs\n"
                      "cores/1/rows/4 differs\n"
                      "copies/0 differs\n"
                      "bus/1 differs\n"
                      "bus columns: 3 and 2\n");
}
