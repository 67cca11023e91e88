// SPDX-License-Identifier: Apache-2.0
//
// snn_neuron_cuba: one tick of one neuron per cycle.
//
//   u'    = wrap(dec(u, du + du_offset) + acc + (bias_to_current ? bias : 0))
//   x     = dec(v, dv) + u' + (bias_to_current ? 0 : bias)           exact
//   held  = refractory left
//   v'    = held ? (reset_subtract ? v : reset) : clamp(x, vmin, vmax)
//   spike = !held && (compare_ge ? v' >= threshold : v' > threshold)
//   spike: v' = reset_subtract ? clamp(v' - reset, vmin, vmax) : reset, refractory restarts
//
// Twin       runtime/cycle/neuron.h; both follow docs/reference/arithmetic.md, steps 2 to 8
// Latency    in (stage s1: decays) at c, result (s3) at c+2; one neuron per cycle, never stalls
// Reset      rst_ni low empties the pipeline

`include "snn_assert.svh"

module snn_neuron_cuba (
  input  logic clk_i,
  input  logic rst_ni,

  // Configuration of the core: held still while a tick runs.
  input  logic                                         cfg_du_offset_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]  cfg_vmin_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]  cfg_vmax_i,

  // In: a neuron's state, accumulator and parameters.
  input  logic                                         in_valid_i,
  input  logic        [snn_cfg_pkg::NeuronBits-1:0]    in_neuron_i,
  input  logic signed [snn_cfg_pkg::CurrentBits-1:0]   in_u_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]  in_v_i,
  input  logic        [snn_cfg_pkg::RefractoryBits-1:0] in_refractory_i,
  input  logic signed [snn_cfg_pkg::AccBits-1:0]       in_acc_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]  in_threshold_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]  in_reset_i,
  input  logic        [snn_cfg_pkg::DecayBits-1:0]     in_du_i,
  input  logic        [snn_cfg_pkg::DecayBits-1:0]     in_dv_i,
  input  logic        [snn_cfg_pkg::RefractoryBits-1:0] in_refractory_reload_i,
  input  logic                                         in_compare_ge_i,
  input  logic                                         in_reset_subtract_i,
  input  logic                                         in_bias_to_current_i,
  input  logic signed [snn_cfg_pkg::BiasMantBits-1:0]  in_bias_mant_i,
  input  logic        [snn_cfg_pkg::BiasExpBits-1:0]   in_bias_exp_i,

  // Stage s2 holds a neuron.
  output logic                                         mid_valid_o,

  // Out: the same neuron after the tick.
  output logic                                         out_valid_o,
  output logic        [snn_cfg_pkg::NeuronBits-1:0]    out_neuron_o,
  output logic signed [snn_cfg_pkg::CurrentBits-1:0]   out_u_o,
  output logic signed [snn_cfg_pkg::MembraneBits-1:0]  out_v_o,
  output logic        [snn_cfg_pkg::RefractoryBits-1:0] out_refractory_o,
  output logic                                         out_spike_o,

  // What happened, with out_valid_o.
  output logic                                         out_active_o,   // anything nonzero before
  output logic                                         out_wrapped_o,  // u' left its width
  output logic                                         out_clamped_o   // a clamp changed v'
);

  localparam int unsigned UBits = snn_cfg_pkg::CurrentBits;
  localparam int unsigned VBits = snn_cfg_pkg::MembraneBits;
  localparam int unsigned ABits = snn_cfg_pkg::AccBits;
  localparam int unsigned RBits = snn_cfg_pkg::RefractoryBits;
  // Bias after its shift.
  localparam int unsigned BBits = snn_cfg_pkg::BiasMantBits + (1 << snn_cfg_pkg::BiasExpBits) - 1;
  // Holds every sum exactly: the widest term, plus 2 bits for adding three, plus 1 for dec.
  localparam int unsigned UVBits   = (UBits > VBits) ? UBits : VBits;
  localparam int unsigned ABBits   = (ABits > BBits) ? ABits : BBits;
  localparam int unsigned SumWidth = ((UVBits > ABBits) ? UVBits : ABBits) + 3;

  // s1: decays.
  logic        [snn_cfg_pkg::DecayBits:0] k_u, k_v;
  logic signed [UBits:0]                  u_kept;
  logic signed [VBits:0]                  v_kept;
  logic signed [BBits-1:0]                bias;

  assign k_u  = {1'b0, in_du_i} + {{snn_cfg_pkg::DecayBits{1'b0}}, cfg_du_offset_i};
  assign k_v  = {1'b0, in_dv_i};
  assign bias = BBits'(in_bias_mant_i) <<< in_bias_exp_i;

  snn_decay #(
    .Width    (UBits),
    .DecayBits(snn_cfg_pkg::DecayBits)
  ) u_decay_u (
    .x_i(in_u_i),
    .k_i(k_u),
    .y_o(u_kept)
  );

  snn_decay #(
    .Width    (VBits),
    .DecayBits(snn_cfg_pkg::DecayBits)
  ) u_decay_v (
    .x_i(in_v_i),
    .k_i(k_v),
    .y_o(v_kept)
  );

  // s2: sum, clamp, compare.
  logic                               s2_valid_q;
  logic        [snn_cfg_pkg::NeuronBits-1:0] s2_neuron_q;
  logic signed [UBits:0]              s2_u_kept_q;
  logic signed [VBits:0]              s2_v_kept_q;
  logic signed [VBits-1:0]            s2_v_old_q, s2_threshold_q, s2_reset_q;
  logic signed [SumWidth-1:0]         s2_drive_q;  // accumulator, and bias into the current
  logic signed [BBits-1:0]            s2_bias_q;
  logic        [RBits-1:0]            s2_refractory_q, s2_reload_q;
  logic                               s2_ge_q, s2_subtract_q, s2_to_current_q, s2_active_q;

  logic signed [SumWidth-1:0] wide_bias, wide_reset, wide_vmin, wide_vmax;
  logic signed [SumWidth-1:0] u_sum, u_wide, x, x_clamped, v_pre, v_less, v_less_clamped, v_next;
  logic signed [UBits-1:0]    u_next;
  logic                       below, above, less_below, less_above, held, fire;
  logic        [RBits-1:0]    refractory_now, refractory_next;

  assign wide_bias  = SumWidth'(s2_bias_q);
  assign wide_reset = SumWidth'(s2_reset_q);
  assign wide_vmin  = SumWidth'(cfg_vmin_i);
  assign wide_vmax  = SumWidth'(cfg_vmax_i);

  assign u_sum  = SumWidth'(s2_u_kept_q) + s2_drive_q;
  assign u_next = u_sum[UBits-1:0];
  assign u_wide = SumWidth'(u_next);

  // The two sums in front of this one are formed side by side.
  assign x         = (SumWidth'(s2_v_kept_q) + (s2_to_current_q ? '0 : wide_bias)) + u_wide;
  assign below     = x < wide_vmin;
  assign above     = x > wide_vmax;
  assign x_clamped = below ? wide_vmin : above ? wide_vmax : x;

  assign held  = s2_refractory_q != '0;
  assign v_pre = !held ? x_clamped : s2_subtract_q ? SumWidth'(s2_v_old_q) : wide_reset;
  assign fire  = !held & ((v_pre > SumWidth'(s2_threshold_q))
                        | (s2_ge_q & (v_pre == SumWidth'(s2_threshold_q))));

  // Clamped by bounds moved up by the amount: no comparison waits for the difference.
  assign v_less         = v_pre - wide_reset;
  assign less_below     = v_pre < wide_vmin + wide_reset;
  assign less_above     = v_pre > wide_vmax + wide_reset;
  assign v_less_clamped = less_below ? wide_vmin : less_above ? wide_vmax : v_less;
  assign v_next         = !fire ? v_pre : s2_subtract_q ? v_less_clamped : wide_reset;

  assign refractory_now  = fire ? s2_reload_q : s2_refractory_q;
  assign refractory_next = (refractory_now == '0) ? '0 : refractory_now - 1'b1;

  // s3: the result.
  logic s3_valid_q;

  assign mid_valid_o = s2_valid_q;
  assign out_valid_o = s3_valid_q;

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
      s2_neuron_q     <= in_neuron_i;
      s2_u_kept_q     <= u_kept;
      s2_v_kept_q     <= v_kept;
      s2_v_old_q      <= in_v_i;
      s2_drive_q      <= SumWidth'(in_acc_i) + (in_bias_to_current_i ? SumWidth'(bias) : '0);
      s2_threshold_q  <= in_threshold_i;
      s2_reset_q      <= in_reset_i;
      s2_bias_q       <= bias;
      s2_refractory_q <= in_refractory_i;
      s2_reload_q     <= in_refractory_reload_i;
      s2_ge_q         <= in_compare_ge_i;
      s2_subtract_q   <= in_reset_subtract_i;
      s2_to_current_q <= in_bias_to_current_i;
      s2_active_q     <= (in_u_i != '0) | (in_v_i != '0) | (in_refractory_i != '0)
                       | (in_acc_i != '0) | (in_bias_mant_i != '0);
    end
    if (s2_valid_q) begin
      out_neuron_o     <= s2_neuron_q;
      out_u_o          <= u_next;
      out_v_o          <= v_next[VBits-1:0];
      out_refractory_o <= refractory_next;
      out_spike_o      <= fire;
      out_active_o     <= s2_active_q;
      out_wrapped_o    <= u_sum != u_wide;
      out_clamped_o    <= below | above | (fire & s2_subtract_q & (less_below | less_above));
    end
  end

  `SNN_ASSERT(NextFitsMembrane, !s2_valid_q || v_next == SumWidth'($signed(v_next[VBits-1:0])))
  `SNN_ASSERT(RangeNotEmpty, !s2_valid_q || cfg_vmin_i <= cfg_vmax_i)

endmodule
