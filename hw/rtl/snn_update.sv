// SPDX-License-Identifier: Apache-2.0
//
// snn_update: control of phase U. Walks the groups (Scan, one cycle each) and issues the neurons of
// the open ones (Run, one per cycle). docs/reference/timing_model.md, "Phase U in a core".
//
// Latency    a neuron issued at c has its data at s1 = c+1 and its result at s3 = c+3
// Reset      rst_ni low goes to Idle

`include "snn_assert.svh"

module snn_update (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  input  logic [snn_cfg_pkg::GroupBits:0]    cfg_ngroups_i,

  input  logic                               u_start_i,
  input  logic                               x_start_i,

  // The group that was asked for in the cycle before.
  output logic                               group_read_o,
  output logic [snn_cfg_pkg::GroupBits-1:0]  group_o,
  input  logic                               group_open_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0] group_first_i,
  input  logic [snn_cfg_pkg::NeuronBits:0]   group_count_i,

  // S0: reads of this neuron start.
  output logic                               issue_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] neuron_o,
  // s1: its data are there.
  output logic                               s1_valid_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] s1_neuron_o,

  output logic                               busy_o,  // Scan or Run
  output logic                               done_o   // Done; the pipeline may still drain
);

  localparam int unsigned GBits = snn_cfg_pkg::GroupBits + 1;
  localparam int unsigned NBits = snn_cfg_pkg::NeuronBits;

  typedef enum logic [1:0] {
    Idle,
    Scan,
    Run,
    Done
  } state_e;

  state_e           state_q;
  logic [GBits-1:0] group_q, next_group;
  logic [NBits-1:0] neuron_q, s1_neuron_q;
  logic [NBits:0]   left_q;
  logic             s1_valid_q, scan_end, scan_next;

  assign next_group = group_q + 1'b1;
  assign scan_end   = (state_q == Scan) & (group_q == cfg_ngroups_i);
  assign scan_next  = (state_q == Scan) & (group_q != cfg_ngroups_i);

  assign group_read_o = u_start_i | scan_next;
  assign group_o      = u_start_i ? '0 : next_group[GBits-2:0];
  assign issue_o      = state_q == Run;
  assign neuron_o     = neuron_q;
  assign s1_valid_o   = s1_valid_q;
  assign s1_neuron_o  = s1_neuron_q;
  assign busy_o       = (state_q == Scan) | (state_q == Run);
  assign done_o       = state_q == Done;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q    <= Idle;
      group_q    <= '0;
      neuron_q   <= '0;
      left_q     <= '0;
      s1_valid_q <= 1'b0;
    end else begin
      s1_valid_q <= issue_o;
      if (u_start_i) begin
        state_q <= Scan;
        group_q <= '0;
      end else if (x_start_i) begin
        state_q <= Idle;
      end else if (scan_end) begin
        state_q <= Done;
      end else if (scan_next) begin
        group_q <= next_group;
        if (group_open_i) begin
          state_q  <= Run;
          neuron_q <= group_first_i;
          left_q   <= group_count_i;
        end
      end else if (state_q == Run) begin
        neuron_q <= neuron_q + 1'b1;
        left_q   <= left_q - 1'b1;
        if (left_q == 1) state_q <= Scan;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    s1_neuron_q <= neuron_q;
  end

  `SNN_ASSERT(StartFromRest, !u_start_i || state_q == Idle || state_q == Done)
  `SNN_ASSERT(ExchangeAfterDone, !x_start_i || state_q == Done)
  `SNN_ASSERT(GroupsFit, 32'(cfg_ngroups_i) <= snn_cfg_pkg::Groups)
  `SNN_ASSERT(GroupInCore, !(scan_next && group_open_i)
              || 32'(group_first_i) + 32'(group_count_i) <= snn_cfg_pkg::Neurons)

endmodule
