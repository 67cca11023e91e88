// The core IR's verifier must see what a faulty pass could do; each test breaks one thing.
#include "compiler/core_ir/verify.h"

#include "compiler/passes/partition/partition.h"
#include "compiler/passes/place/place.h"
#include "compiler/passes/route/route.h"
#include "tests/unit/compiler/nets.h"
#include "tests/unit/support/expect_diag.h"

#include <functional>

namespace snnc::compiler {
namespace {

using namespace test;

// in(3) -> hidden(5) -> out(3), on cores of 4.
Module routed() {
  net::QuantNet net = intOneLayer(3, 5);
  net.populations.push_back(intLayer("out", 3));
  net.projections.push_back(intDense("w2", 1, 2, 3, 5));
  net.outputs = {2};
  Module module = moduleOf(net);
  const target::Target target = targetNamed("tiny");
  support::Warnings warnings;
  PartitionPass partition({});
  PlacePass place({});
  RoutePass route;
  for (Pass *pass :
       {static_cast<Pass *>(&partition), static_cast<Pass *>(&place), static_cast<Pass *>(&route)})
    if (llvm::Error error = runPass(*pass, module, target, warnings))
      ADD_FAILURE() << llvm::toString(std::move(error));
  return module;
}

void expectFault(const std::function<void(core_ir::CoreIr &)> &fault, const std::string &text) {
  Module module = routed();
  fault(*module.cores);
  const support::Diagnostic diag =
      firstDiagnostic(core_ir::verify(*module.cores, *module.quant, targetNamed("tiny")));
  EXPECT_EQ(diag.code, support::DiagCode::CoreIrInvalid);
  EXPECT_CONTAINS(diag.message, text);
}

TEST(CoreIr, WhatThePassesMakeIsValid) {
  const Module module = routed();
  EXPECT_FALSE(
      static_cast<bool>(core_ir::verify(*module.cores, *module.quant, targetNamed("tiny"))));
  EXPECT_EQ(module.cores->clusters.size(), 2u);
}

TEST(CoreIr, EveryFaultIsSeen) {
  using core_ir::CoreIr;
  expectFault([](CoreIr &ir) { ir.clusters[1].runs[0].first = 3; }, "lives twice");
  expectFault([](CoreIr &ir) { --ir.clusters[1].runs.back().count; }, "lives nowhere");
  expectFault([](CoreIr &ir) { ir.clusters[0].load.neurons = 3; }, "misstates its neurons");
  expectFault([](CoreIr &ir) { ir.clusters[0].load.inputAxons = 17; }, "needs 17 input axons");
  expectFault([](CoreIr &ir) { ir.clusters[1].runs[1].local = 0; }, "overlap");
  expectFault([](CoreIr &ir) { ir.clusters[0].x = 9; }, "outside");
  expectFault([](CoreIr &ir) { ir.clusters[1].x = ir.clusters[0].x; }, "shares");
  expectFault([](CoreIr &ir) { ir.clusters[0].axons.pop_back(); }, "do not match its load");
  expectFault([](CoreIr &ir) { ir.clusters[0].slots[0].cluster = 7; }, "leads nowhere");
  expectFault([](CoreIr &ir) { ir.clusters[0].slots[0].delay = 1; }, "out of its window");
  expectFault([](CoreIr &ir) { std::swap(ir.clusters[0].slots[0], ir.clusters[0].slots[1]); },
              "another source");
  expectFault([](CoreIr &ir) { ir.inputs[0].routes[0].offset = 1; }, "wrong axon or tick");
  expectFault([](CoreIr &ir) { ir.inputs[0].routes.pop_back(); }, "fed 0 times");
}

TEST(CoreIr, ListsAreSharedWholeOrNotAtAll) {
  using core_ir::CoreIr;
  // hidden.0 has three axons of one word each: 0, 1, 2.
  expectFault([](CoreIr &ir) { ir.clusters[0].axons[2].address = 3; }, "a part of a list");
  expectFault([](CoreIr &ir) { ir.clusters[0].axons[1].words = 2; }, "a part of a list");
  expectFault(
      [](CoreIr &ir) {
        ir.clusters[0].axons[2].address = 1;
        ir.clusters[0].axons[2].sparse = true;
      },
      "a part of a list");
  expectFault([](CoreIr &ir) { ir.clusters[0].axons[2].address = 1; }, "do not match its load");
}

TEST(CoreIr, RegistersOfACoreAreOne) {
  Module module = routed();
  module.quant->populations[2].vmin = 0;
  const support::Diagnostic diag =
      firstDiagnostic(core_ir::verify(*module.cores, *module.quant, targetNamed("tiny")));
  EXPECT_CONTAINS(diag.message, "mixes 'out' and 'hidden'");
}

// Skip edges wait for the long way round: in -> a -> b -> c and a -> c.
TEST(Route, DelaysMakeBranchesMeet) {
  net::QuantNet net = intOneLayer(1, 1);
  net.populations.push_back(intLayer("b", 1));
  net.populations.push_back(intLayer("c", 1));
  net.projections.push_back(intDense("ab", 1, 2, 1, 1));
  net.projections.push_back(intDense("bc", 2, 3, 1, 1));
  net.projections.push_back(intDense("ac", 1, 3, 1, 1));
  net.projections.push_back(intDense("ic", 0, 3, 1, 1, 1, 2)); // input, two steps late
  Module module = moduleOf(net);
  const target::Target target = targetNamed("loihi-like");
  support::Warnings warnings;
  PartitionPass partition({});
  PlacePass place({});
  RoutePass route;
  for (Pass *pass :
       {static_cast<Pass *>(&partition), static_cast<Pass *>(&place), static_cast<Pass *>(&route)})
    ASSERT_FALSE(static_cast<bool>(runPass(*pass, module, target, warnings)));
  const core_ir::Cluster &core = module.cores->clusters.at(0);
  ASSERT_EQ(core.slots.size(), 3u);
  EXPECT_EQ(core.slots[0].delay, 0); // a -> b
  EXPECT_EQ(core.slots[1].delay, 1); // a -> c, a tick later than its hop
  EXPECT_EQ(core.slots[2].delay, 0); // b -> c
  ASSERT_EQ(core.groups.size(), 3u);
  EXPECT_EQ(core.groups[2].skew, 2u);
  ASSERT_EQ(module.cores->inputs[0].routes.size(), 2u);
  EXPECT_EQ(module.cores->inputs[0].routes[0].offset, 0u);
  EXPECT_EQ(module.cores->inputs[0].routes[1].offset, 2u + 2u);
}

TEST(Place, NeighboursInTrafficAreNeighboursInTheMesh) {
  // A chain of four layers on cores of their own, in 2 x 2: no message goes further than one link.
  net::QuantNet net = intOneLayer(1, 4);
  for (uint32_t p = 2; p <= 4; ++p) {
    net.populations.push_back(intLayer("l" + std::to_string(p), 4));
    net.projections.push_back(intDense("w" + std::to_string(p), p - 1, p, 4, 4));
  }
  Module module = moduleOf(net);
  const target::Target target = targetNamed("tiny");
  support::Warnings warnings;
  PartitionPass partition({});
  PlacePass place({});
  for (Pass *pass : {static_cast<Pass *>(&partition), static_cast<Pass *>(&place)})
    ASSERT_FALSE(static_cast<bool>(runPass(*pass, module, target, warnings)));
  EXPECT_EQ(module.cores->clusters.size(), 4u);
  EXPECT_DOUBLE_EQ(module.traffic.messagesPerTick, 1 + 3 * 4);
  EXPECT_DOUBLE_EQ(module.traffic.hopsPerTick, 3 * 4);
  EXPECT_EQ(module.cores->clusters[0].x + module.cores->clusters[0].y, 0u); // beside the host
}

TEST(Place, RefusesAMeshThatPartitionDidNotKnow) {
  net::QuantNet net = intOneLayer(1, 8);
  Module module = moduleOf(net);
  const target::Target target = targetNamed("tiny");
  support::Warnings warnings;
  PartitionPass partition({});
  ASSERT_FALSE(static_cast<bool>(runPass(partition, module, target, warnings)));
  PlacePass place({1, 1});
  EXPECT_EQ(firstDiagnostic(runPass(place, module, target, warnings)).code,
            support::DiagCode::TooFewCores);
}

} // namespace
} // namespace snnc::compiler
