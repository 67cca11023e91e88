// SPDX-License-Identifier: Apache-2.0
//
// snn_neuron_crossbar: one update per cycle of a crossbar neuron (TrueNorth-like).
//
//   s1  joined = row & spikes; a population count per axon type
//   s2  x      = v + sum of counts * weights + leak                        exact
//   s3  spike  = x >= threshold; else below floor?; reset; v' = clamp(...)
//
// Twin       runtime/cycle/crossbar_neuron.h; both follow docs/reference/crossbar_core.md
// Latency    in at c (s1), out at c+2 (s3); one neuron per cycle
// Reset      rst_ni low empties the pipeline

`include "snn_assert.svh"

module snn_neuron_crossbar (
  input  logic                                          clk_i,
  input  logic                                          rst_ni,

  // The tick's spikes, one mask per type: type k at k * InputAxons. Held through phase U.
  input  logic [snn_cfg_pkg::AxonTypes*snn_cfg_pkg::InputAxons-1:0] spikes_i,

  // s1: a neuron's row, parameters and state.
  input  logic                                          in_valid_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0]            in_neuron_i,
  input  logic [snn_cfg_pkg::InputAxons-1:0]            in_row_i,
  input  logic                                          in_enabled_i,
  input  logic                                          in_linear_i,
  input  logic                                          in_floor_inclusive_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]   in_v_i,
  input  logic signed [snn_cfg_pkg::LeakBits-1:0]       in_leak_i,
  input  logic signed [snn_cfg_pkg::ThresholdBits-1:0]  in_threshold_i,
  input  logic signed [snn_cfg_pkg::ThresholdBits-1:0]  in_floor_i,
  input  logic signed [snn_cfg_pkg::ThresholdBits-1:0]  in_reset_i,
  input  logic [snn_cfg_pkg::AxonTypes*snn_cfg_pkg::WeightBits-1:0] in_weights_i,

  // Valid in the stage between.
  output logic                                          mid_valid_o,

  // s3: the result.
  output logic                                          out_valid_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0]            out_neuron_o,
  output logic signed [snn_cfg_pkg::MembraneBits-1:0]   out_v_o,
  output logic                                          out_spike_o,
  output logic                                          out_active_o,   // event, change or spike
  output logic                                          out_clamped_o,
  output logic [15:0]                                   out_synops_o  // joined, nonzero weight
);

  localparam int unsigned Axons     = snn_cfg_pkg::InputAxons;
  localparam int unsigned Types     = snn_cfg_pkg::AxonTypes;
  localparam int unsigned NBits     = snn_cfg_pkg::NeuronBits;
  localparam int unsigned VBits     = snn_cfg_pkg::MembraneBits;
  localparam int unsigned WBits     = snn_cfg_pkg::WeightBits;
  localparam int unsigned LBits     = snn_cfg_pkg::LeakBits;
  localparam int unsigned TBits     = snn_cfg_pkg::ThresholdBits;
  localparam int unsigned CountBits = $clog2(Axons + 1);
  // All axons at the largest weight, as often as there are types; then v and leak, a bit each.
  localparam int unsigned DriveBits = WBits + CountBits + $clog2(Types) + 1;
  localparam int unsigned WideVL    = (VBits > LBits) ? VBits : LBits;
  localparam int unsigned SumBits   = ((DriveBits > WideVL) ? DriveBits : WideVL) + 2;

  // s1: counts.
  logic [Types*CountBits-1:0] counts, s2_counts_q;
  logic                       s2_valid_q;

  for (genvar k = 0; k < Types; k++) begin : gen_type
    snn_popcount #(
      .Width(Axons)
    ) u_count (
      .bits_i (in_row_i & spikes_i[k*Axons +: Axons]),
      .count_o(counts[k*CountBits +: CountBits])
    );
  end

  // s2: the sum.
  logic [NBits-1:0]          s2_neuron_q;
  logic                      s2_enabled_q, s2_linear_q, s2_inclusive_q;
  logic signed [VBits-1:0]   s2_v_q;
  logic signed [LBits-1:0]   s2_leak_q;
  logic signed [TBits-1:0]   s2_threshold_q, s2_floor_q, s2_reset_q;
  logic [Types*WBits-1:0]    s2_weights_q;
  logic signed [SumBits-1:0] x;
  logic [15:0]               synops;

  always_comb begin
    x      = SumBits'(s2_v_q) + SumBits'(s2_leak_q);
    synops = '0;
    for (int unsigned k = 0; k < Types; k++) begin
      x = x + SumBits'($signed(s2_weights_q[k*WBits +: WBits]))
            * SumBits'($signed({1'b0, s2_counts_q[k*CountBits +: CountBits]}));
      if (s2_weights_q[k*WBits +: WBits] != '0) begin
        synops = synops + 16'(s2_counts_q[k*CountBits +: CountBits]);
      end
    end
  end

  // s3: threshold, floor, reset, clamp.
  logic                      s3_valid_q, s3_enabled_q, s3_linear_q, s3_inclusive_q, s3_events_q;
  logic [NBits-1:0]          s3_neuron_q;
  logic signed [VBits-1:0]   s3_v_q;
  logic signed [TBits-1:0]   s3_threshold_q, s3_floor_q, s3_reset_q;
  logic signed [SumBits-1:0] s3_x_q;
  logic [15:0]               s3_synops_q;
  logic                      fire, below;
  // One bit more: a difference of two sums, or a negated reset.
  logic signed [SumBits:0]   y, clamped, top, bottom;

  assign top    = (SumBits + 1)'($signed({2'b00, {(VBits - 1){1'b1}}}));
  assign bottom = ~top;
  assign fire   = s3_x_q >= SumBits'(s3_threshold_q);
  assign below  = (s3_x_q < SumBits'(s3_floor_q))
                | (s3_inclusive_q & (s3_x_q == SumBits'(s3_floor_q)));

  always_comb begin
    y = (SumBits + 1)'(s3_x_q);
    if (fire) begin
      y = s3_linear_q ? y - (SumBits + 1)'(s3_threshold_q) : (SumBits + 1)'(s3_reset_q);
    end else if (below) begin
      y = s3_linear_q ? y - (SumBits + 1)'(s3_floor_q) : -((SumBits + 1)'(s3_reset_q));
    end
    clamped = (y > top) ? top : (y < bottom) ? bottom : y;
  end

  assign mid_valid_o   = s2_valid_q;
  assign out_valid_o   = s3_valid_q;
  assign out_neuron_o  = s3_neuron_q;
  assign out_v_o       = s3_enabled_q ? clamped[VBits-1:0] : s3_v_q;
  assign out_spike_o   = s3_enabled_q & fire;
  assign out_active_o  = s3_enabled_q & (s3_events_q | fire | (clamped[VBits-1:0] != s3_v_q));
  assign out_clamped_o = s3_enabled_q & (clamped != y);
  assign out_synops_o  = s3_enabled_q ? s3_synops_q : '0;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      s2_valid_q <= 1'b0;
      s3_valid_q <= 1'b0;
    end else begin
      s2_valid_q <= in_valid_i;
      s3_valid_q <= s2_valid_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (in_valid_i) begin
      s2_neuron_q    <= in_neuron_i;
      s2_counts_q    <= counts;
      s2_enabled_q   <= in_enabled_i;
      s2_linear_q    <= in_linear_i;
      s2_inclusive_q <= in_floor_inclusive_i;
      s2_v_q         <= in_v_i;
      s2_leak_q      <= in_leak_i;
      s2_threshold_q <= in_threshold_i;
      s2_floor_q     <= in_floor_i;
      s2_reset_q     <= in_reset_i;
      s2_weights_q   <= in_weights_i;
    end
    if (s2_valid_q) begin
      s3_neuron_q    <= s2_neuron_q;
      s3_enabled_q   <= s2_enabled_q;
      s3_linear_q    <= s2_linear_q;
      s3_inclusive_q <= s2_inclusive_q;
      s3_events_q    <= s2_counts_q != '0;
      s3_v_q         <= s2_v_q;
      s3_threshold_q <= s2_threshold_q;
      s3_floor_q     <= s2_floor_q;
      s3_reset_q     <= s2_reset_q;
      s3_x_q         <= x;
      s3_synops_q    <= synops;
    end
  end

  `SNN_ASSERT(ResultFits, !s3_valid_q || clamped == (SumBits + 1)'($signed(clamped[VBits-1:0])))

endmodule
