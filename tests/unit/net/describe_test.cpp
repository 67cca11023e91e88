#include "common/net/print.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::net {
namespace {

TEST(Describe, ProfileWithOriginAndReason) {
  Profile profile;
  profile.dt = {1e-4, Origin::Inferred, "tau/r is 1e-4 in every node"};
  profile.reset = {ResetRule::Subtract, Origin::Flag, "--reset"};
  const std::string table = profileTable(profile);
  EXPECT_CONTAINS(table, "  dt           1e-04 s   inferred  tau/r is 1e-4 in every node\n");
  EXPECT_CONTAINS(table, "  reset        subtract  flag      --reset\n");
  EXPECT_CONTAINS(table, "  compare      gt        default\n");
}

TEST(Describe, CoefficientsPerLayer) {
  Net net;
  net.populations.resize(3);
  net.populations[0] = {"in", NeuronKind::Input, {2}, {}, {}, {}, {}};
  net.populations[1] = {"hidden", NeuronKind::LIF, {2}, {}, {}, {}, {}};
  net.populations[1].params.tau.values = {0.002, 0.001};
  net.populations[1].params.r = 1.0;
  net.populations[2] = {"broken", NeuronKind::LIF, {1}, {}, {}, {}, {}};
  net.populations[2].params.tau = 1e-5;
  const std::string table = coefficientTable(net);
  EXPECT_CONTAINS(table, "hidden");
  EXPECT_CONTAINS(table, "0.9 .. 0.95");
  EXPECT_CONTAINS(table, "0.05 .. 0.1");
  EXPECT_CONTAINS(table, "not usable with this profile");
  EXPECT_EQ(table.find("input"), std::string::npos);
}

TEST(Describe, KindsWithoutThresholdOrReset) {
  Net net;
  net.populations.resize(3);
  net.populations[0] = {"readout", NeuronKind::LI, {2}, {}, {}, {}, {}};
  net.populations[0].params.tau = 0.001;
  net.populations[1] = {"step", NeuronKind::Threshold, {2}, {}, {}, {}, {}};
  net.populations[1].params.vThreshold = 3.0;
  net.populations[2] = {"own", NeuronKind::IF, {2}, {}, ResetRule::Subtract, {}, {}};
  EXPECT_EQ(coefficientTable(net),
            "  layer    model      neurons  current decay  membrane decay  gain  threshold  reset\n"
            "  readout  li         2        -              0.9             1     -          -\n"
            "  step     threshold  2        -              0               1     3          -\n"
            "  own      if         2        -              1               1     1          1 "
            "(subtract)\n");
}

} // namespace
} // namespace snnc::net
