// SPDX-License-Identifier: Apache-2.0
//
// snn_live: a bit per row of neurons: may the next update of one of them change or do anything?
// docs/reference/timing_model.md, "Phase U in a core".
//
//   at the last neuron of a row in its group: live = the group has not the whole row,
//                                                    or one of its neurons is live
//
// Latency    read at c, bit at c+1
// Reset      both walks set every bit; so does a write of a neuron's parameters for its row

`include "snn_assert.svh"

module snn_live (
  input  logic                            clk_i,
  input  logic                            rst_ni,

  input  logic                            walk_i,
  input  logic [15:0]                     walk_addr_i,
  // Configuration writes a neuron of this row.
  input  logic                            wake_i,
  input  logic [snn_cfg_pkg::RowBits-1:0] wake_row_i,

  input  logic                            re_i,
  input  logic [snn_cfg_pkg::RowBits-1:0] row_i,
  output logic                            live_o,

  // s3: a neuron's result.
  input  logic                            valid_i,
  input  logic                            neuron_live_i,
  input  logic                            row_end_i,
  input  logic                            whole_i,
  input  logic [snn_cfg_pkg::RowBits-1:0] neuron_row_i
);

  localparam int unsigned RowBits = snn_cfg_pkg::RowBits;
  localparam int unsigned Rows    = snn_cfg_pkg::Rows;

  logic               any_q, any, walk_hit, write;
  logic [RowBits-1:0] waddr;

  assign any      = any_q | neuron_live_i;
  assign write    = valid_i & row_end_i;
  assign walk_hit = walk_i & (32'(walk_addr_i) < Rows);
  assign waddr    = walk_i ? RowBits'(walk_addr_i) : valid_i ? neuron_row_i : wake_row_i;

  // Live neurons of the row so far.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) any_q <= 1'b0;
    else if (valid_i) any_q <= any & ~row_end_i;
  end

  snn_sram_1r1w #(
    .Width(1),
    .Depth(Rows)
  ) u_bits (
    .clk_i  (clk_i),
    .re_i   (re_i),
    .raddr_i(row_i),
    .rdata_o(live_o),
    .we_i   (walk_hit | write | wake_i),
    .waddr_i(waddr),
    .wdata_i(write ? (any | ~whole_i) : 1'b1)
  );

  `SNN_ASSERT(OneWriter, 32'(walk_i) + 32'(valid_i) + 32'(wake_i) <= 32'd1)

endmodule
