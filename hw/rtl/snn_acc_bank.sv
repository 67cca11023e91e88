// SPDX-License-Identifier: Apache-2.0
//
// snn_acc_bank: the accumulators of every Lanes-th neuron, a ring of slots deep, with the adder.
//
//   add at c+1: entry = wrap(entry + addend), for the address read at c
//
// A read at c of the entry that is written at c takes the written value (forwarding), so additions
// to one entry in consecutive cycles need no stall.
//
// Latency    read at c, data and add at c+1
// Reset      rst_ni low drops the addition under way; contents need the clear walk

`include "snn_assert.svh"

module snn_acc_bank #(
  parameter  int unsigned Width    = 22,  // [bits] of an entry, two's complement, wraps
  parameter  int unsigned AddWidth = 21,  // [bits] of an addend, two's complement
  parameter  int unsigned Depth    = 2,   // [entries]
  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,

  // Read; with add_next_i the addend of the next cycle is added to it.
  input  logic                       re_i,
  input  logic [AddrBits-1:0]        raddr_i,
  input  logic                       add_next_i,
  input  logic signed [AddWidth-1:0] addend_i,  // a cycle after add_next_i
  output logic signed [Width-1:0]    rdata_o,
  output logic                       wrapped_o,

  // Write zero; never while an addition is under way.
  input  logic                       clear_i,
  input  logic [AddrBits-1:0]        clear_addr_i
);

  localparam int unsigned SumWidth = ((Width > AddWidth) ? Width : AddWidth) + 1;

  logic                       add_q, forward_q;
  logic        [AddrBits-1:0] addr_q;
  logic signed [Width-1:0]    forward_data_q, stored, value, wrapped;
  logic signed [SumWidth-1:0] sum;

  assign value     = forward_q ? forward_data_q : stored;
  assign sum       = SumWidth'(value) + SumWidth'(addend_i);
  assign wrapped   = sum[Width-1:0];
  assign rdata_o   = stored;
  assign wrapped_o = add_q & (sum != SumWidth'(wrapped));

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      add_q     <= 1'b0;
      forward_q <= 1'b0;
    end else begin
      add_q     <= re_i & add_next_i;
      forward_q <= re_i & add_next_i & add_q & (raddr_i == addr_q);
    end
  end

  always_ff @(posedge clk_i) begin
    if (re_i) addr_q <= raddr_i;
    if (add_q) forward_data_q <= wrapped;
  end

  snn_sram_1r1w #(
    .Width(Width),
    .Depth(Depth)
  ) u_mem (
    .clk_i  (clk_i),
    .re_i   (re_i),
    .raddr_i(raddr_i),
    .rdata_o(stored),
    .we_i   (add_q | clear_i),
    .waddr_i(add_q ? addr_q : clear_addr_i),
    .wdata_i(add_q ? wrapped : '0)
  );

  `SNN_ASSUME(ClearAlone, !(clear_i && add_q))

endmodule
