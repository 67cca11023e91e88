// SPDX-License-Identifier: Apache-2.0
//
// snn_update: control of phase U. Walks the groups (Scan, one cycle each) and the rows of the open
// ones (Run): a row that sleeps takes one cycle, one that is awake issues its neurons, one per cycle.
// docs/reference/timing_model.md, "Phase U in a core".
//
// Latency    a row read at c is judged by awake_i at c+1; a neuron issued at c has its data at
//            s1 = c+1 and its result at s3 = c+3
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

  // A row to read; in the next cycle awake_i says whether anything in it can change.
  output logic                               row_read_o,
  output logic [snn_cfg_pkg::RowBits-1:0]    row_o,
  input  logic                               awake_i,
  output logic [7:0]                         asleep_o,  // neurons of a sleeping row, in its cycle

  // S0: reads of this neuron start.
  output logic                               issue_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] neuron_o,
  // s1: its data are there.
  output logic                               s1_valid_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] s1_neuron_o,
  output logic                               s1_row_end_o,  // last of its row in the group
  output logic                               s1_whole_o,    // and the group holds the whole row

  output logic                               busy_o,  // Scan or Run
  output logic                               done_o   // Done; the pipeline may still drain
);

  localparam int unsigned GBits    = snn_cfg_pkg::GroupBits + 1;
  localparam int unsigned NBits    = snn_cfg_pkg::NeuronBits;
  localparam int unsigned RowBits  = snn_cfg_pkg::RowBits;
  localparam int unsigned LaneBits = snn_cfg_pkg::LaneBits;
  localparam int unsigned Lanes    = snn_cfg_pkg::Lanes;

  typedef enum logic [1:0] {
    Idle,
    Scan,
    Run,
    Done
  } state_e;

  state_e            state_q;
  logic [GBits-1:0]  group_q, next_group;
  logic [NBits-1:0]  neuron_q, s1_neuron_q;
  logic [NBits:0]    left_q, part, step;
  logic [LaneBits:0] lane, room;  // of the neuron; neurons from it to the row's end
  logic              head_q, whole_q, whole, s1_valid_q, s1_row_end_q, s1_whole_q;
  logic              scan_end, scan_next, enter, sleep, row_end, group_over;

  assign next_group = group_q + 1'b1;
  assign scan_end   = (state_q == Scan) & (group_q == cfg_ngroups_i);
  assign scan_next  = (state_q == Scan) & (group_q != cfg_ngroups_i);
  assign enter      = scan_next & group_open_i;

  assign lane  = {1'b0, neuron_q[LaneBits-1:0]};
  assign room  = (LaneBits + 1)'(Lanes) - lane;
  assign part  = (32'(left_q) < 32'(room)) ? left_q : (NBits + 1)'(room);
  assign whole = head_q ? (32'(part) == Lanes) : whole_q;

  assign sleep      = (state_q == Run) & head_q & ~awake_i;
  assign issue_o    = (state_q == Run) & ~sleep;
  assign step       = sleep ? part : (NBits + 1)'(1);
  assign row_end    = sleep | (32'(part) == 32'd1);
  assign group_over = left_q == step;

  assign group_read_o = u_start_i | scan_next;
  assign group_o      = u_start_i ? '0 : next_group[GBits-2:0];
  assign row_read_o   = enter | ((state_q == Run) & row_end & ~group_over);
  assign row_o        = enter ? RowBits'(32'(group_first_i) >> LaneBits)
                              : RowBits'((32'(neuron_q) >> LaneBits) + 32'd1);
  assign asleep_o     = sleep ? 8'(part) : '0;
  assign neuron_o     = neuron_q;
  assign s1_valid_o   = s1_valid_q;
  assign s1_neuron_o  = s1_neuron_q;
  assign s1_row_end_o = s1_row_end_q;
  assign s1_whole_o   = s1_whole_q;
  assign busy_o       = (state_q == Scan) | (state_q == Run);
  assign done_o       = state_q == Done;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q    <= Idle;
      group_q    <= '0;
      neuron_q   <= '0;
      left_q     <= '0;
      head_q     <= 1'b0;
      s1_valid_q <= 1'b0;
    end else begin
      s1_valid_q <= issue_o;
      head_q     <= row_read_o;
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
        neuron_q <= neuron_q + NBits'(step);
        left_q   <= left_q - step;
        if (group_over) state_q <= Scan;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    whole_q      <= whole;
    s1_neuron_q  <= neuron_q;
    s1_row_end_q <= row_end;
    s1_whole_q   <= whole;
  end

  `SNN_ASSERT(StartFromRest, !u_start_i || state_q == Idle || state_q == Done)
  `SNN_ASSERT(ExchangeAfterDone, !x_start_i || state_q == Done)
  `SNN_ASSERT(GroupsFit, 32'(cfg_ngroups_i) <= snn_cfg_pkg::Groups)
  `SNN_ASSERT(GroupInCore, !enter
              || 32'(group_first_i) + 32'(group_count_i) <= snn_cfg_pkg::Neurons)

endmodule
