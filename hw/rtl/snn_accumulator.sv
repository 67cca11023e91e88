// SPDX-License-Identifier: Apache-2.0
//
// snn_accumulator: one bank per lane; neuron n lies in bank n mod Lanes, row n / Lanes.
//
//   entry = wrap(entry + (weight << (WeightShift + exponent)))
//
// The low WeightShift bits of every entry are 0, so the banks have none.
//
// Three users that never meet: synapse words add (phase X, and host packets in Idle), phase U reads
// whole rows and clears entries, the walk clears (Reset, Clear). Configuration reads in Idle.
//
// Latency    a word at c (stage w) is added at c+1 (stage r); a row read at c gives data at c+1, held
// Hazards    forwarded in the banks: one word per cycle, whatever its rows

`include "snn_assert.svh"

module snn_accumulator (
  input  logic                                                  clk_i,
  input  logic                                                  rst_ni,

  // Stage w: a decoded word; only lanes with a weight are enabled.
  input  logic                                                  add_valid_i,
  input  logic [snn_cfg_pkg::DelayBits-1:0]                     add_slot_i,
  input  logic [2:0]                                            add_exponent_i,
  input  logic [snn_cfg_pkg::Lanes-1:0]                         add_en_i,
  input  logic [snn_cfg_pkg::Lanes*snn_cfg_pkg::RowBits-1:0]    add_row_i,
  input  logic [snn_cfg_pkg::Lanes*snn_cfg_pkg::WeightBits-1:0] add_weight_i,

  // Stage r: what is being added.
  output logic                                                  adding_o,
  output logic [7:0]                                            synops_o,  // lanes adding
  output logic [7:0]                                            wraps_o,   // lanes wrapping

  // Read a row; lane_i chooses from the row that was read last.
  input  logic                                                  re_i,
  input  logic [snn_cfg_pkg::DelayBits-1:0]                     read_slot_i,
  input  logic [snn_cfg_pkg::RowBits-1:0]                       read_row_i,
  input  logic [snn_cfg_pkg::LaneBits-1:0]                      lane_i,
  output logic signed [snn_cfg_pkg::AccBits-1:0]                rdata_o,
  output logic                                                  nonzero_o,  // any lane of the row

  // Write one neuron's entry to 0.
  input  logic                                                  clear_i,
  input  logic [snn_cfg_pkg::DelayBits-1:0]                     clear_slot_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0]                    clear_neuron_i,

  // Write entry walk_addr of every bank to 0; beyond the banks nothing happens.
  input  logic                                                  walk_i,
  input  logic [15:0]                                           walk_addr_i
);

  localparam int unsigned Lanes    = snn_cfg_pkg::Lanes;
  localparam int unsigned RowBits  = snn_cfg_pkg::RowBits;
  localparam int unsigned WBits    = snn_cfg_pkg::WeightBits;
  localparam int unsigned AccBits  = snn_cfg_pkg::AccBits;
  localparam int unsigned Rows     = snn_cfg_pkg::Rows;
  localparam int unsigned Depth    = snn_cfg_pkg::DelaySlots * Rows;
  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int unsigned LaneBits = $clog2(Lanes);
  localparam int unsigned Shift    = snn_cfg_pkg::WeightShift;
  localparam int unsigned BankBits = AccBits - Shift;
  localparam int unsigned AddBits  = WBits + snn_cfg_pkg::ExponentMax;

  logic                    r_valid_q;
  logic [Lanes-1:0]        r_en_q, clear_lane, wrapped;
  logic [Lanes*BankBits-1:0] bank_data;
  logic [BankBits-1:0]     lane_data;
  logic [AddrBits-1:0]     read_addr, clear_addr;
  logic                    walk_hit;

  assign read_addr  = AddrBits'(32'(read_slot_i) * Rows + 32'(read_row_i));
  assign clear_addr = walk_i ? AddrBits'(walk_addr_i)
                             : AddrBits'(32'(clear_slot_i) * Rows
                                         + (32'(clear_neuron_i) >> LaneBits));
  assign walk_hit   = walk_i & (32'(walk_addr_i) < Depth);

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic                      add;
    logic [AddrBits-1:0]       add_addr;
    logic signed [WBits-1:0]   weight;
    logic signed [AddBits-1:0] addend_q;
    logic signed [BankBits-1:0] data;

    assign clear_lane[l] = clear_i & ((32'(clear_neuron_i) & (Lanes - 1)) == l);

    assign add      = add_valid_i & add_en_i[l];
    assign add_addr = AddrBits'(32'(add_slot_i) * Rows + 32'(add_row_i[l*RowBits +: RowBits]));
    assign weight   = add_weight_i[l*WBits +: WBits];

    always_ff @(posedge clk_i) begin
      if (add) addend_q <= AddBits'(weight) <<< add_exponent_i;
    end

    snn_acc_bank #(
      .Width   (BankBits),
      .AddWidth(AddBits),
      .Depth   (Depth)
    ) u_bank (
      .clk_i       (clk_i),
      .rst_ni      (rst_ni),
      .re_i        (add | re_i),
      .raddr_i     (add ? add_addr : read_addr),
      .add_next_i  (add),
      .addend_i    (addend_q),
      .rdata_o     (data),
      .wrapped_o   (wrapped[l]),
      .clear_i     (clear_lane[l] | walk_hit),
      .clear_addr_i(clear_addr)
    );

    assign bank_data[l*BankBits +: BankBits] = data;
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      r_valid_q <= 1'b0;
      r_en_q    <= '0;
    end else begin
      r_valid_q <= add_valid_i;
      r_en_q    <= add_valid_i ? add_en_i : '0;
    end
  end

  assign adding_o  = r_valid_q;
  assign nonzero_o = bank_data != '0;
  assign rdata_o   = AccBits'({lane_data, {Shift{1'b0}}});

  always_comb begin
    lane_data = '0;
    synops_o  = '0;
    wraps_o   = '0;
    for (int unsigned l = 0; l < Lanes; l++) begin
      if (32'(lane_i) == l) lane_data = lane_data | bank_data[l*BankBits +: BankBits];
      synops_o = synops_o + 8'(r_en_q[l]);
      wraps_o  = wraps_o + 8'(wrapped[l]);
    end
  end

  `SNN_ASSERT(AddsAlone, !(add_valid_i && (re_i || clear_i || walk_i)))
  `SNN_ASSERT(OneClear, !(clear_i && walk_i))

endmodule
