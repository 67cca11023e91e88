// SPDX-License-Identifier: Apache-2.0
//
// snn_probe: one core under names that do not depend on how it is built, for waveforms
// (docs/reference/rtl_machines.md). hw/build_machine.sh binds one, core_X_Y, into snn_top.

module snn_probe (
  input logic                           clk,
  input logic [31:0]                    tick,        // to run next; in phase U the one that runs
  input logic [2:0]                     phase,       // as snn_sequencer
  // A neuron's new state is written in this cycle.
  input logic                           update,
  input logic [15:0]                    neuron,      // local
  input logic                           spike,
  input logic signed [snn_cfg_pkg::CurrentBits-1:0]  u,
  input logic signed [snn_cfg_pkg::MembraneBits-1:0] v,
  input logic [snn_cfg_pkg::RefractoryBits-1:0]      refractory,
  input logic                           send         // the router takes a message
);
endmodule
