// SPDX-License-Identifier: Apache-2.0
//
// snn_scheduler: which axons of a crossbar core have a spike in which tick: a ring of slots, a bit
// per axon. docs/reference/crossbar_core.md, "Receiving" and "Phase U".
//
//   set at c: the slot's row is read; at c+1 it is written back with the bit (c+1's set of the same
//   slot takes the row just written)
//   take at c: the row is out from c+1 on, held until the next set; at c+1 it is written to 0
//
// A set never meets a take: one is of phases X and Idle, the other of phase U. So no spike can be lost
// to a clear in the same cycle, as in a core without phases.
//
// Handshake  sets are always taken
// Reset      contents need a walk; rst_ni low drops what is under way

`include "snn_assert.svh"

module snn_scheduler #(
  parameter  int unsigned Axons    = 64,
  parameter  int unsigned Slots    = 16,
  localparam int unsigned AxonBits = (Axons > 1) ? $clog2(Axons) : 1,
  localparam int unsigned SlotBits = (Slots > 1) ? $clog2(Slots) : 1
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                set_i,
  input  logic [SlotBits-1:0] set_slot_i,
  input  logic [AxonBits-1:0] set_axon_i,
  output logic                merged_o,   // a cycle later: the bit was set already
  output logic                busy_o,     // a set is being written

  input  logic                take_i,
  input  logic [SlotBits-1:0] take_slot_i,
  output logic [Axons-1:0]    row_o,

  // Write slot walk_addr to 0; beyond the ring nothing happens.
  input  logic                walk_i,
  input  logic [15:0]         walk_addr_i
);

  logic                set_q, take_q, forward_q, walk_hit;
  logic [SlotBits-1:0] slot_q, waddr;
  logic [AxonBits-1:0] axon_q;
  logic [Axons-1:0]    stored, forward_row_q, row;

  assign walk_hit = walk_i & (32'(walk_addr_i) < Slots);
  // After a set its row with the bit, after a take 0.
  assign row      = ((forward_q ? forward_row_q : stored) | (Axons'(1) << axon_q)) & {Axons{set_q}};
  assign merged_o = set_q & (forward_q ? forward_row_q[axon_q] : stored[axon_q]);
  assign waddr    = walk_i ? SlotBits'(walk_addr_i) : slot_q;
  assign busy_o   = set_q;
  assign row_o    = stored;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      set_q     <= 1'b0;
      take_q    <= 1'b0;
      forward_q <= 1'b0;
    end else begin
      set_q     <= set_i;
      take_q    <= take_i;
      forward_q <= set_i & set_q & (set_slot_i == slot_q);
    end
  end

  always_ff @(posedge clk_i) begin
    if (set_i | take_i) slot_q <= take_i ? take_slot_i : set_slot_i;
    if (set_i) axon_q <= set_axon_i;
    if (set_q) forward_row_q <= row;
  end

  snn_sram_1r1w #(
    .Width(Axons),
    .Depth(Slots)
  ) u_mem (
    .clk_i  (clk_i),
    .re_i   (set_i | take_i),
    .raddr_i(take_i ? take_slot_i : set_slot_i),
    .rdata_o(stored),
    .we_i   (set_q | take_q | walk_hit),
    .waddr_i(waddr),
    .wdata_i(row)
  );

  `SNN_ASSERT(SetsAlone, !(set_i && (take_i || take_q || walk_i)))
  `SNN_ASSERT(TakesAlone, !(take_i && (set_q || walk_i)))

endmodule
