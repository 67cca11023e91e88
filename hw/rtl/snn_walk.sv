// SPDX-License-Identifier: Apache-2.0
//
// snn_walk: phase U of a core, whatever its neurons are: groups, rows that sleep, and which neuron
// is updated in which cycle. The core says if anything of the row read last is due (row_due_i) and
// what came out at s3. docs/reference/timing_model.md, "Phase U in a core".
//
//   snn_groups -> snn_update -> row read, issue      snn_live: which rows may change at all
//
// Latency    a neuron issued at c is at s1 = c+1 and at s3 = c+3
// Reset      rst_ni low, then the clear walk

`include "snn_assert.svh"

module snn_walk (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // Configuration: groups; writes that change a neuron wake its row.
  input  logic [snn_cfg_pkg::GroupBits:0]    cfg_ngroups_i,
  input  logic                               cfg_group_we_i,
  input  logic                               cfg_wake_i,
  input  logic [15:0]                        cfg_addr_i,
  input  logic [63:0]                        cfg_data_i,
  input  logic                               clear_walk_i,
  input  logic                               reset_walk_i,
  input  logic [15:0]                        walk_addr_i,

  input  logic                               u_start_i,
  input  logic                               x_start_i,
  input  logic [31:0]                        tick_i,

  output logic                               row_read_o,
  output logic [snn_cfg_pkg::RowBits-1:0]    row_o,
  input  logic                               row_due_i,  // a cycle after row_read_o
  output logic [7:0]                         asleep_o,   // neurons passed over in this cycle

  output logic                               issue_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] neuron_o,
  output logic                               s1_valid_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] s1_neuron_o,

  input  logic                               s3_valid_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0] s3_neuron_i,
  input  logic                               s3_live_i,  // the next update may do something again

  output logic                               busy_o,
  output logic                               done_o  // the pipeline may still drain
);

  localparam int unsigned RowBits  = snn_cfg_pkg::RowBits;
  localparam int unsigned LaneBits = snn_cfg_pkg::LaneBits;

  logic                               group_read, group_open, live;
  logic [snn_cfg_pkg::GroupBits-1:0]  group;
  logic [snn_cfg_pkg::NeuronBits-1:0] group_first;
  logic [snn_cfg_pkg::NeuronBits:0]   group_count;
  logic                               s1_row_end, s1_whole;
  logic                               s2_row_end_q, s2_whole_q, s3_row_end_q, s3_whole_q;

  snn_groups u_groups (
    .clk_i       (clk_i),
    .cfg_we_i    (cfg_group_we_i),
    .cfg_addr_i  (cfg_addr_i),
    .cfg_data_i  (cfg_data_i),
    .walk_i      (clear_walk_i),
    .walk_addr_i (walk_addr_i),
    .tick_i      (tick_i),
    .read_i      (group_read),
    .read_group_i(group),
    .open_o      (group_open),
    .first_o     (group_first),
    .count_o     (group_count)
  );

  snn_update u_update (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .cfg_ngroups_i(cfg_ngroups_i),
    .u_start_i    (u_start_i),
    .x_start_i    (x_start_i),
    .group_read_o (group_read),
    .group_o      (group),
    .group_open_i (group_open),
    .group_first_i(group_first),
    .group_count_i(group_count),
    .row_read_o   (row_read_o),
    .row_o        (row_o),
    .awake_i      (live | row_due_i),
    .asleep_o     (asleep_o),
    .issue_o      (issue_o),
    .neuron_o     (neuron_o),
    .s1_valid_o   (s1_valid_o),
    .s1_neuron_o  (s1_neuron_o),
    .s1_row_end_o (s1_row_end),
    .s1_whole_o   (s1_whole),
    .busy_o       (busy_o),
    .done_o       (done_o)
  );

  always_ff @(posedge clk_i) begin
    s2_row_end_q <= s1_row_end;
    s2_whole_q   <= s1_whole;
    s3_row_end_q <= s2_row_end_q;
    s3_whole_q   <= s2_whole_q;
  end

  snn_live u_live (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .walk_i       (clear_walk_i | reset_walk_i),
    .walk_addr_i  (walk_addr_i),
    .wake_i       (cfg_wake_i),
    .wake_row_i   (RowBits'(32'(cfg_addr_i) >> LaneBits)),
    .re_i         (row_read_o),
    .row_i        (row_o),
    .live_o       (live),
    .valid_i      (s3_valid_i),
    .neuron_live_i(s3_live_i),
    .row_end_i    (s3_row_end_q),
    .whole_i      (s3_whole_q),
    .neuron_row_i (RowBits'(32'(s3_neuron_i) >> LaneBits))
  );

endmodule
