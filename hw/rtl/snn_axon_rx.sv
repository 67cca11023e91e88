// SPDX-License-Identifier: Apache-2.0
//
// snn_axon_rx: received messages into synapse words, one word per cycle without bubbles.
//
//   a  a message whose axon entry is being read      s  an axon whose words are being read
//   w  a word that has been read (word_* outputs)
//
// A dense word's row is the entry's base row and one more per word; every word of a sparse list
// has the base row itself, which is added to the neurons that the word names. So one list serves
// every axon whose synapses differ by whole rows: the positions of a convolution.
//
// Timing     docs/reference/timing_model.md, "Receiving"
// Handshake  valid/ready; ready does not depend on valid
// Reset      rst_ni low empties a, s and w; contents need the clear walk

`include "snn_assert.svh"

module snn_axon_rx (
  input  logic                                clk_i,
  input  logic                                rst_ni,

  // Configuration writes.
  input  logic                                cfg_axon_we_i,
  input  logic                                cfg_synapse_we_i,
  input  logic [15:0]                         cfg_addr_i,
  input  logic [63:0]                         cfg_data_i,
  // Clear walk.
  input  logic                                walk_i,
  input  logic [15:0]                         walk_addr_i,

  input  logic [snn_cfg_pkg::DelayBits-1:0]   tick_slot_i,  // tick mod DelaySlots

  // In: messages.
  input  logic                                msg_valid_i,
  output logic                                msg_ready_o,
  input  logic [snn_cfg_pkg::AxonBits-1:0]    msg_axon_i,
  input  logic [snn_cfg_pkg::DelayBits-1:0]   msg_delay_i,

  // Out: stage w.
  output logic                                word_valid_o,
  output logic [63:0]                         word_o,
  output logic                                word_sparse_o,
  output logic [snn_cfg_pkg::RowBits-1:0]     word_row_o,
  output logic [2:0]                          word_exponent_o,
  output logic [snn_cfg_pkg::DelayBits-1:0]   word_slot_o,

  output logic                                accepted_o,  // a message is taken
  output logic                                issued_o,    // a word read is issued
  output logic                                busy_o       // a, s or w
);

  localparam int unsigned Axons     = snn_cfg_pkg::InputAxons;
  localparam int unsigned Words     = snn_cfg_pkg::SynapseWords;
  localparam int unsigned ABits     = snn_cfg_pkg::AxonBits;
  localparam int unsigned WBits     = snn_cfg_pkg::SynAddrBits;
  localparam int unsigned RBits     = snn_cfg_pkg::RowBits;
  localparam int unsigned DBits     = snn_cfg_pkg::DelayBits;
  localparam logic [DBits-1:0] SlotMask = DBits'(snn_cfg_pkg::DelaySlots - 1);
  localparam int unsigned Rows      = snn_cfg_pkg::Rows;
  localparam int unsigned CBits     = snn_cfg_pkg::ListBits;
  localparam int unsigned EBits     = snn_cfg_pkg::ExponentBits;
  // sparse, exponent, base row, words, address.
  localparam int unsigned EntryBits = 1 + EBits + RBits + CBits + WBits;

  logic                 a_valid_q, s_valid_q, w_valid_q;
  logic [DBits-1:0]     a_delay_q, s_slot_q;
  logic [WBits-1:0]     s_addr_q;
  logic [CBits-1:0]     s_left_q;
  logic [RBits-1:0]     s_row_q;
  logic [EBits-1:0]     s_exponent_q;
  logic                 s_sparse_q;
  logic                 accept, a_take, s_last, synapse_we;
  logic [EntryBits-1:0] entry, cfg_entry;
  logic [WBits-1:0]     entry_address;
  logic [CBits-1:0]     entry_words;
  logic [RBits-1:0]     entry_row;
  logic [EBits-1:0]     entry_exponent;
  logic                 entry_sparse;

  assign {entry_sparse, entry_exponent, entry_row, entry_words, entry_address} = entry;
  assign cfg_entry = {cfg_data_i[47], cfg_data_i[44 +: EBits], cfg_data_i[32 +: RBits],
                      cfg_data_i[16 +: CBits], cfg_data_i[0 +: WBits]};

  assign s_last      = s_left_q == 1;
  assign a_take      = a_valid_q & (~s_valid_q | s_last);
  assign msg_ready_o = ~a_valid_q | a_take;
  assign accept      = msg_valid_i & msg_ready_o;

  assign accepted_o   = accept;
  assign issued_o     = s_valid_q;
  assign word_valid_o = w_valid_q;
  assign busy_o       = a_valid_q | s_valid_q | w_valid_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      a_valid_q <= 1'b0;
      s_valid_q <= 1'b0;
      s_left_q  <= '0;
      w_valid_q <= 1'b0;
    end else begin
      if (msg_ready_o) a_valid_q <= msg_valid_i;
      if (a_take) begin
        s_valid_q <= entry_words != '0;
        s_left_q  <= entry_words;
      end else if (s_valid_q) begin
        s_valid_q <= ~s_last;
        s_left_q  <= s_left_q - 1'b1;
      end
      w_valid_q <= s_valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (accept) a_delay_q <= msg_delay_i;
    if (a_take) begin
      s_addr_q     <= entry_address;
      s_row_q      <= entry_row;
      s_exponent_q <= entry_exponent;
      s_sparse_q   <= entry_sparse;
      s_slot_q     <= (tick_slot_i + a_delay_q) & SlotMask;
    end else if (s_valid_q) begin
      s_addr_q <= s_addr_q + 1'b1;
      if (!s_sparse_q) s_row_q <= s_row_q + 1'b1;
    end
    if (s_valid_q) begin
      word_sparse_o   <= s_sparse_q;
      word_row_o      <= s_row_q;
      word_exponent_o <= 3'(s_exponent_q);
      word_slot_o     <= s_slot_q;
    end
  end

  snn_sram_1r1w #(
    .Width(EntryBits),
    .Depth(Axons)
  ) u_axon (
    .clk_i  (clk_i),
    .re_i   (accept),
    .raddr_i(msg_axon_i),
    .rdata_o(entry),
    .we_i   (cfg_axon_we_i | (walk_i & (32'(walk_addr_i) < Axons))),
    .waddr_i(walk_i ? ABits'(walk_addr_i) : ABits'(cfg_addr_i)),
    .wdata_i(walk_i ? '0 : cfg_entry)
  );

  // Loaded in bursts before the network runs: never read and written at once.
  assign synapse_we = cfg_synapse_we_i | (walk_i & (32'(walk_addr_i) < Words));

  snn_sram_1rw #(
    .Width(64),
    .Depth(Words)
  ) u_synapse (
    .clk_i  (clk_i),
    .en_i   (s_valid_q | synapse_we),
    .we_i   (synapse_we),
    .addr_i (s_valid_q ? s_addr_q : walk_i ? WBits'(walk_addr_i) : WBits'(cfg_addr_i)),
    .wdata_i(walk_i ? '0 : cfg_data_i),
    .rdata_o(word_o)
  );

  `SNN_ASSERT(AxonExists, !accept || 32'(msg_axon_i) < Axons)
  `SNN_ASSERT(WordsExist, !(a_take && entry_words != '0)
              || 32'(entry_address) + 32'(entry_words) <= Words)
  // Of a sparse list: snn_synapse_decode.
  `SNN_ASSERT(RowsExist, !(a_take && entry_words != '0 && !entry_sparse)
              || 32'(entry_row) + 32'(entry_words) <= Rows)
  `SNN_ASSERT(BusyHasWords, !s_valid_q || s_left_q != '0)
  `SNN_ASSERT(SynapsePortFree, !(s_valid_q && synapse_we))

endmodule
