// Faults that other people's open cores have, put into ours one at a time: the lockstep test must
// find each. A suite that lets one through is not worth its name.
//
// Each mutant is a copy of hw/ with one text replaced, built and run in a process of its own, since
// an assertion of the RTL ends the process (and counts as finding it).
#include "common/support/file_io.h"
#include "tests/cosim/lockstep.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iostream>

using namespace snnc;
namespace fs = std::filesystem;

namespace {

struct Mutant {
  const char *name, *file, *from, *to;
};

const Mutant kMutants[] = {
    {"InputOverwritesInsteadOfAdding", "snn_acc_bank.sv",
     "sum       = SumWidth'(value) + SumWidth'(addend_i)", "sum       = SumWidth'(addend_i)"},
    {"NoForwarding", "snn_acc_bank.sv", "assign value     = forward_q ? forward_data_q : stored",
     "assign value     = stored"},
    {"AccumulatorNotCleared", "snn_accumulator.sv", "clear_lane[l] = clear_i &",
     "clear_lane[l] = 1'b0 & clear_i &"},
    {"DecayFloorsNegativeValues", "snn_decay.sv", "? ~kept + 1'b1 : kept", "? ~kept : kept"},
    {"SpikeListOfTwo", "snn_spike_tx.sv", "length_q <= length_q + 1'b1;",
     "length_q <= length_q[1] ? length_q : length_q + 1'b1;"},
    {"FullFifoDrops", "snn_fifo.sv", "assign in_ready_o  = count_q != Full;",
     "assign in_ready_o  = 1'b1;"},
    {"ThresholdAlwaysInclusive", "snn_neuron_cuba.sv", "(s2_ge_q & (v_pre ==", "((v_pre =="},
    {"SpikesWhileRefractory", "snn_neuron_cuba.sv", "= !held & ((v_pre >", "= ((v_pre >"},
    {"CurrentSaturates", "snn_neuron_cuba.sv", "assign u_next = u_sum[UBits-1:0];",
     "assign u_next = (u_sum > SumWidth'(2**(UBits-1)-1)) ? UBits'(2**(UBits-1)-1)"
     " : u_sum[UBits-1:0];"},
    {"DelayIgnored", "snn_axon_rx.sv", "(tick_slot_i + a_delay_q)", "(tick_slot_i)"},
    {"BaseRowOfASparseListIgnored", "snn_synapse_decode.sv", "row_i + (sparse_i ? sparse_row : '0)",
     "(sparse_i ? sparse_row : row_i)"},
    {"BaseRowOfASparseListNotHeld", "snn_axon_rx.sv", "if (!s_sparse_q) s_row_q", "s_row_q"},
    {"BaseRowOfADenseListHeld", "snn_axon_rx.sv", "if (!s_sparse_q) s_row_q", "if (1'b0) s_row_q"},
    {"DelayOfAFullRingIsNone", "snn_axon_rx.sv", "(tick_slot_i + a_delay_q)",
     "(tick_slot_i + (a_delay_q == SlotMask ? '0 : a_delay_q))"},
    {"ArbiterNeverTurns", "snn_arb_rr.sv", "grant[Inputs-1] ? '1 :", "1'b1 ? '1 :"},
    {"BarrierForgetsTheNetwork", "snn_mesh.sv", "(&x_done) & (&empty)", "(&x_done)"},
    {"ABiasWakesNobody", "snn_core.sv", "| (cfg_mem_i == snn_pkg::MemBias) |", "|"},
    {"AResetWakesNobody", "snn_walk.sv", ".walk_i       (clear_walk_i | reset_walk_i)",
     ".walk_i       (clear_walk_i)"},
    {"OneBankDecidesIfARowIsDue", "snn_accumulator.sv", "assign nonzero_o = bank_data != '0;",
     "assign nonzero_o = bank_data[AccBits-1:0] != '0;"},
    {"ARowInPartsSleeps", "snn_live.sv", "(any | ~whole_i)", "any"},
    {"TheLastNeuronDecidesForItsRow", "snn_live.sv", "assign any      = any_q | neuron_live_i;",
     "assign any      = neuron_live_i;"},
    {"ASpikeIsNoSignOfLife", "snn_core.sv", "s3_active | s3_spike |", "s3_active |"},
    {"ResetKeepsTheMembrane", "snn_neuron_store.sv", "{{RBits{1'b0}}, v_init, {UBits{1'b0}}}",
     "{{RBits{1'b0}}, v_o, {UBits{1'b0}}}"},
};

class Mutation : public ::testing::TestWithParam<Mutant> {};

// 1 at the first difference, 0 if the machines agree on everything.
[[noreturn]] void runLockstep() {
  // Several rows of neurons and a ring of more than two slots: enough to show every fault.
  const target::Target target =
      test::tinyWith({{"core/neurons", 8}, {"core/delay_slots", 4}, {"core/input_axons", 8}});
  test::LockstepCoverage coverage;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    support::Rng rng(seed);
    if (const auto difference =
            test::cycleAgainstRtl(rng, target, {.meshWidth = 2, .meshHeight = 1}, coverage)) {
      std::cerr << "seed " << seed << ": " << *difference << '\n';
      std::exit(1);
    }
  }
  std::exit(0);
}

} // namespace

TEST_P(Mutation, IsFound) {
  GTEST_FLAG_SET(death_test_style, "fast");
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("snnc-mutant", path));
  const fs::path folder = path.str().str();
  fs::copy(fs::path(SNNC_SOURCE_DIR) / "hw", folder / "hw", fs::copy_options::recursive);
  const fs::path file = folder / "hw/rtl" / GetParam().file;
  std::string text = llvm::cantFail(support::readFile(file.string()))->getBuffer().str();
  const size_t at = text.find(GetParam().from);
  ASSERT_NE(at, std::string::npos) << "the RTL changed: write the mutant anew";
  text.replace(at, std::string(GetParam().from).size(), GetParam().to);
  std::ofstream(file) << text;

  setenv("SNNC_HW", (folder / "hw").c_str(), 1);
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  setenv("SNNC_RTL_OPT", "-O0", 1);
  EXPECT_DEATH(runLockstep(), "seed|assertion failed");
  unsetenv("SNNC_HW");
  unsetenv("SNNC_RTL_OPT");
  // A mutant that does not build would "differ" as well.
  EXPECT_FALSE(fs::is_empty(folder / "snnc"));
  bool built = false;
  for (const auto &entry : fs::directory_iterator(folder / "snnc"))
    built |= entry.path().extension() == ".so";
  EXPECT_TRUE(built) << "the mutant does not build";
  fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Rtl, Mutation, ::testing::ValuesIn(kMutants),
                         [](const auto &info) { return std::string(info.param.name); });
