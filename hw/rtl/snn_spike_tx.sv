// SPDX-License-Identifier: Apache-2.0
//
// snn_spike_tx: the spikes of phase U, sent in phase X in neuron order, one message per out slot.
//
//   List  reads list[r]  ->  Ptr  reads its out pointer  ->  Slot  reads the first out slot
//   Send  offers the flit; each one taken brings the next slot, the next spike or Done
//
// Timing     docs/reference/timing_model.md, "Phase X: sending": 3 + m cycles for m messages
// Handshake  valid/ready; a held flit does not change
// Reset      rst_ni low goes to Idle with an empty list

`include "snn_assert.svh"

module snn_spike_tx (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // Configuration writes; a read of the list.
  input  logic                               cfg_ptr_we_i,
  input  logic                               cfg_slot_we_i,
  input  logic                               cfg_re_i,
  input  logic [15:0]                        cfg_addr_i,
  input  logic [63:0]                        cfg_data_i,
  // Clear walk.
  input  logic                               walk_i,
  input  logic [15:0]                        walk_addr_i,

  // A cycle after cfg_re_i: neuron of spike cfg_addr_i of the last tick, bit 16 if there is one.
  output logic [63:0]                        rdata_o,

  input  logic                               u_start_i,
  input  logic                               x_start_i,

  // Phase U: a spike to append.
  input  logic                               spike_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0] neuron_i,

  // Phase X: flits.
  output logic                               flit_valid_o,
  input  logic                               flit_ready_i,
  output logic [snn_cfg_pkg::XBits+snn_cfg_pkg::YBits+snn_cfg_pkg::AxonBits
                +snn_cfg_pkg::DelayBits-1:0] flit_o,

  output logic                               busy_o,  // List, Ptr, Slot or Send
  output logic                               done_o
);

  localparam int unsigned NBits    = snn_cfg_pkg::NeuronBits;
  localparam int unsigned SBits    = snn_cfg_pkg::SlotBits;
  // The configuration word has 16 bits for a count.
  localparam int unsigned CBits    = (snn_cfg_pkg::OutputSlots < 65536)
                                   ? $clog2(snn_cfg_pkg::OutputSlots + 1) : 16;
  localparam int unsigned Neurons  = snn_cfg_pkg::Neurons;
  localparam int unsigned Slots    = snn_cfg_pkg::OutputSlots;
  localparam int unsigned FlitBits = snn_cfg_pkg::XBits + snn_cfg_pkg::YBits
                                   + snn_cfg_pkg::AxonBits + snn_cfg_pkg::DelayBits;

  typedef enum logic [2:0] {
    Idle,
    List,
    Ptr,
    Slot,
    Send,
    Done
  } state_e;

  state_e              state_q;
  logic [NBits:0]      length_q, spike_q, next_spike;
  logic [NBits-1:0]    list_data;
  logic [SBits-1:0]    base, slot_q, next_slot;
  logic [CBits-1:0]    count, left_q;
  logic                taken, last_slot, spike_over, list_over, slot_read;
  logic [FlitBits-1:0] cfg_flit;

  assign flit_valid_o = state_q == Send;
  assign taken        = flit_valid_o & flit_ready_i;
  assign last_slot    = left_q == 1;
  assign next_slot    = slot_q + 1'b1;
  assign next_spike   = spike_q + 1'b1;
  assign spike_over   = ((state_q == Slot) & (count == '0)) | (taken & last_slot);
  assign list_over    = next_spike == length_q;
  assign slot_read    = ((state_q == Slot) & (count != '0)) | (taken & ~last_slot);

  assign busy_o = (state_q != Idle) & (state_q != Done);
  assign done_o = state_q == Done;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q  <= Idle;
      length_q <= '0;
      spike_q  <= '0;
      slot_q   <= '0;
      left_q   <= '0;
    end else begin
      if (u_start_i) begin
        state_q  <= Idle;
        length_q <= '0;
      end else if (spike_i) begin
        length_q <= length_q + 1'b1;
      end else if (x_start_i) begin
        state_q <= (length_q == '0) ? Done : List;
        spike_q <= '0;
      end else if (spike_over) begin
        state_q <= list_over ? Done : List;
        spike_q <= next_spike;
      end else begin
        if (state_q == List) state_q <= Ptr;
        if (state_q == Ptr) state_q <= Slot;
        if (state_q == Slot) begin
          state_q <= Send;
          slot_q  <= base;
          left_q  <= count;
        end
        if (taken) begin
          slot_q <= next_slot;
          left_q <= left_q - 1'b1;
        end
      end
    end
  end

  snn_sram_1r1w #(
    .Width(NBits),
    .Depth(Neurons)
  ) u_list (
    .clk_i  (clk_i),
    .re_i   ((state_q == List) | cfg_re_i),
    .raddr_i(cfg_re_i ? NBits'(cfg_addr_i) : spike_q[NBits-1:0]),
    .rdata_o(list_data),
    .we_i   (spike_i | (walk_i & (32'(walk_addr_i) < Neurons))),
    .waddr_i(walk_i ? NBits'(walk_addr_i) : length_q[NBits-1:0]),
    .wdata_i(walk_i ? '0 : neuron_i)
  );

  snn_sram_1r1w #(
    .Width(SBits + CBits),
    .Depth(Neurons)
  ) u_ptr (
    .clk_i  (clk_i),
    .re_i   (state_q == Ptr),
    .raddr_i(list_data),
    .rdata_o({count, base}),
    .we_i   (cfg_ptr_we_i | (walk_i & (32'(walk_addr_i) < Neurons))),
    .waddr_i(walk_i ? NBits'(walk_addr_i) : NBits'(cfg_addr_i)),
    .wdata_i(walk_i ? '0 : {cfg_data_i[16 +: CBits], cfg_data_i[SBits-1:0]})
  );

  assign cfg_flit = {cfg_data_i[32 +: snn_cfg_pkg::DelayBits],
                     cfg_data_i[16 +: snn_cfg_pkg::AxonBits],
                     cfg_data_i[8 +: snn_cfg_pkg::YBits], cfg_data_i[0 +: snn_cfg_pkg::XBits]};

  snn_sram_1r1w #(
    .Width(FlitBits),
    .Depth(Slots)
  ) u_slot (
    .clk_i  (clk_i),
    .re_i   (slot_read),
    .raddr_i((state_q == Slot) ? base : next_slot),
    .rdata_o(flit_o),
    .we_i   (cfg_slot_we_i | (walk_i & (32'(walk_addr_i) < Slots))),
    .waddr_i(walk_i ? SBits'(walk_addr_i) : SBits'(cfg_addr_i)),
    .wdata_i(walk_i ? '0 : cfg_flit)
  );

  logic read_exists_q;

  always_ff @(posedge clk_i) begin
    read_exists_q <= 32'(cfg_addr_i) < 32'(length_q);
  end
  assign rdata_o = 64'({read_exists_q, 16'(list_data)});

  `SNN_ASSERT(ListReadAtRest, !(cfg_re_i && busy_o))
  `SNN_ASSERT(ListNeverFull, !spike_i || 32'(length_q) < Neurons)
  `SNN_ASSERT(SpikeOnlyAtRest, !spike_i || state_q == Idle)
  `SNN_ASSERT(SlotsExist, state_q != Slot || 32'(base) + 32'(count) <= Slots)
  `SNN_ASSERT_HELD(FlitHeld, flit_valid_o, flit_ready_i, flit_o)

endmodule
