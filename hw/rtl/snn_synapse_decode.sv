// SPDX-License-Identifier: Apache-2.0
//
// snn_synapse_decode: one 64-bit synapse word into one (row, weight) per accumulator bank.
//
//   dense   lane l is bits [l*wb, (l+1)*wb), for neuron row*Lanes + l
//   sparse  pair p is bits [p*pw, (p+1)*pw): weight in the low wb bits, index above it, for neuron
//           index + row*Lanes; at most one pair with a weight per bank (index mod Lanes)
//
// Twin       common/image/synapse_words.h
// Latency    combinational

`include "snn_assert.svh"

module snn_synapse_decode (
  input  logic clk_i,
  input  logic rst_ni,

  input  logic                                                valid_i,  // checks only
  input  logic                                                sparse_i,
  input  logic [snn_cfg_pkg::RowBits-1:0]                     row_i,  // of the word
  input  logic [63:0]                                         word_i,

  output logic [snn_cfg_pkg::Lanes-1:0]                       lane_en_o,  // weight is not 0
  output logic [snn_cfg_pkg::Lanes*snn_cfg_pkg::RowBits-1:0]  lane_row_o,
  output logic [snn_cfg_pkg::Lanes*snn_cfg_pkg::WeightBits-1:0] lane_weight_o
);

  localparam int unsigned Lanes     = snn_cfg_pkg::Lanes;
  localparam int unsigned RowBits   = snn_cfg_pkg::RowBits;
  localparam int unsigned WBits     = snn_cfg_pkg::WeightBits;
  localparam int unsigned IndexBits = snn_cfg_pkg::NeuronBits;
  localparam int unsigned LaneBits  = (Lanes > 1) ? $clog2(Lanes) : 1;
  localparam int unsigned PairBits  = snn_cfg_pkg::PairBits;
  localparam int unsigned Pairs     = snn_cfg_pkg::Pairs;

  logic [Lanes-1:0] collision, beyond;

  for (genvar l = 0; l < Lanes; l++) begin : gen_lane
    logic [WBits-1:0]   sparse_weight, weight;
    logic [RowBits-1:0] sparse_row;
    logic [Pairs-1:0]   hits;

    for (genvar p = 0; p < Pairs; p++) begin : gen_pair
      logic [WBits-1:0]     pair_weight;
      logic [IndexBits-1:0] pair_neuron;
      assign pair_weight = word_i[p*PairBits +: WBits];
      assign pair_neuron = word_i[p*PairBits+WBits +: IndexBits];
      assign hits[p]     = (pair_weight != '0)
                         & ((32'(pair_neuron) & 32'(Lanes - 1)) == 32'(l));
    end

    // At most one pair hits, so OR is a choice.
    always_comb begin
      sparse_weight = '0;
      sparse_row    = '0;
      for (int unsigned p = 0; p < Pairs; p++) begin
        if (hits[p]) begin
          sparse_weight = sparse_weight | word_i[p*PairBits +: WBits];
          sparse_row    = sparse_row
                        | RowBits'(word_i[p*PairBits+WBits +: IndexBits] >> LaneBits);
        end
      end
    end

    assign weight                           = sparse_i ? sparse_weight : word_i[l*WBits +: WBits];
    assign lane_en_o[l]                     = weight != '0;
    assign lane_weight_o[l*WBits +: WBits]  = weight;
    assign lane_row_o[l*RowBits +: RowBits] = row_i + (sparse_i ? sparse_row : '0);

    assign collision[l] = (hits & (hits - 1'b1)) != '0;
    assign beyond[l]    = (hits != '0) & (32'(row_i) + 32'(sparse_row) >= snn_cfg_pkg::Rows);
  end

  // Clock, reset and these three serve the checks alone.
  logic unused_check;
  assign unused_check = &{1'b0, clk_i, rst_ni, valid_i, collision, beyond};

  `SNN_ASSERT(OnePairPerBank, !valid_i || !sparse_i || collision == '0)
  `SNN_ASSERT(PairRowsExist, !valid_i || !sparse_i || beyond == '0)

endmodule
