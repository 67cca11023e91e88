// SPDX-License-Identifier: Apache-2.0
//
// neuron: snn_neuron_cuba computes steps 2 to 8 of docs/reference/arithmetic.md, for every input, two
// cycles later, and its valid bits go with it.
//
// The steps are written here from the table, on the inputs as they were two cycles ago. The two
// multipliers are cut (cut_mul.sv): the neuron gets any product, the steps the same one, and the
// operands that the neuron gives its multipliers are compared.
//
// Assumptions: a reset in the first cycle; vmin <= vmax, both and duOffset constant; a reset amount is
// not negative (image::verify); a product's kept part is at most the magnitude it came from, as a
// factor of at most 1 makes it.

module neuron (
  input logic        clk_i,
  input logic        valid_i,
  input logic [7:0]  neuron_i,
  input logic signed [23:0] u_i, v_i, threshold_i, reset_i,
  input logic [5:0]  refractory_i, reload_i,
  input logic signed [21:0] acc_i,
  input logic [11:0] du_i, dv_i,
  input logic        ge_i, subtract_i, to_current_i,
  input logic signed [12:0] mant_i,
  input logic [2:0]  exp_i
);

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  (* anyconst *) logic signed [23:0] vmin, vmax;
  (* anyconst *) logic du_offset;

  localparam int unsigned NBits = snn_cfg_pkg::NeuronBits;

  logic               mid_valid, out_valid, out_spike, out_active, out_wrapped, out_clamped;
  logic [NBits-1:0]   out_neuron;
  logic signed [23:0] out_u, out_v;
  logic [5:0]         out_refractory;

  snn_neuron_cuba u_dut (
    .clk_i                 (clk_i),
    .rst_ni                (rst_n),
    .cfg_du_offset_i       (du_offset),
    .cfg_vmin_i            (vmin),
    .cfg_vmax_i            (vmax),
    .in_valid_i            (valid_i),
    .in_neuron_i           (NBits'(neuron_i)),
    .in_u_i                (u_i),
    .in_v_i                (v_i),
    .in_refractory_i       (refractory_i),
    .in_acc_i              (acc_i),
    .in_threshold_i        (threshold_i),
    .in_reset_i            (reset_i),
    .in_du_i               (du_i),
    .in_dv_i               (dv_i),
    .in_refractory_reload_i(reload_i),
    .in_compare_ge_i       (ge_i),
    .in_reset_subtract_i   (subtract_i),
    .in_bias_to_current_i  (to_current_i),
    .in_bias_mant_i        (mant_i),
    .in_bias_exp_i         (exp_i),
    .mid_valid_o           (mid_valid),
    .out_valid_o           (out_valid),
    .out_neuron_o          (out_neuron),
    .out_u_o               (out_u),
    .out_v_o               (out_v),
    .out_refractory_o      (out_refractory),
    .out_spike_o           (out_spike),
    .out_active_o          (out_active),
    .out_wrapped_o         (out_wrapped),
    .out_clamped_o         (out_clamped)
  );

  // Of the multipliers (joined by neuron.proof).
  logic [36:0] product_u, product_v;
  logic [23:0] a_u, a_v;
  logic [12:0] b_u, b_v;

  // Magnitudes, and what of them is kept: the product without its twelve fraction bits.
  logic [23:0] size_u, size_v;
  logic [24:0] kept_u, kept_v;
  assign size_u = u_i[23] ? -u_i : u_i;
  assign size_v = v_i[23] ? -v_i : v_i;
  assign kept_u = product_u[36:12];
  assign kept_v = product_v[36:12];

  // The inputs, and the products, one and two cycles ago.
  localparam int unsigned Bits = 24 * 4 + 25 * 2 + 6 * 2 + 22 + 3 + 13 + 3 + 8 + 1;
  logic [Bits-1:0] now, one_q, two_q;
  logic            valid_one_q = 1'b0, valid_two_q = 1'b0;
  assign now = {u_i, v_i, threshold_i, reset_i, kept_u, kept_v, refractory_i, reload_i, acc_i, ge_i,
                subtract_i, to_current_i, mant_i, exp_i, neuron_i, mant_i != '0};
  always_ff @(posedge clk_i) begin
    one_q       <= now;
    two_q       <= one_q;
    valid_one_q <= rst_n & valid_i;
    valid_two_q <= rst_n & valid_one_q;
  end

  logic signed [23:0] u, v, threshold, reset;
  logic [24:0]        ku, kv;
  logic [5:0]         ref_now, reload;
  logic signed [21:0] acc;
  logic               ge, subtract, to_current, mant_set;
  logic signed [12:0] mant;
  logic [2:0]         exp;
  logic [7:0]         id;
  assign {u, v, threshold, reset, ku, kv, ref_now, reload, acc, ge, subtract, to_current, mant, exp,
          id, mant_set} = two_q;

  // The table, in 28 bits: the largest sum of step 3 is below 2^23 + 2^23 + 2^19.
  logic signed [27:0] bias, dec_u, dec_v, sum, x, clamped, held_v, less, less_clamped, next_v;
  logic signed [23:0] next_u;
  logic               held, spike;
  logic [5:0]         next_ref;

  always_comb begin
    bias    = 28'(mant) <<< exp;
    dec_u   = u[23] ? -$signed(28'(ku)) : $signed(28'(ku));
    dec_v   = v[23] ? -$signed(28'(kv)) : $signed(28'(kv));
    sum     = dec_u + 28'(acc) + (to_current ? bias : 28'sd0);              // step 2
    next_u  = sum[23:0];
    x       = dec_v + 28'(next_u) + (to_current ? 28'sd0 : bias);           // step 3
    clamped = (x < 28'(vmin)) ? 28'(vmin) : (x > 28'(vmax)) ? 28'(vmax) : x;  // step 4
    held    = ref_now != '0;
    held_v  = held ? (subtract ? 28'(v) : 28'(reset)) : clamped;            // step 5
    spike   = !held && (ge ? held_v >= 28'(threshold) : held_v > 28'(threshold));  // step 6
    less    = held_v - 28'(reset);
    less_clamped = (less < 28'(vmin)) ? 28'(vmin) : (less > 28'(vmax)) ? 28'(vmax) : less;
    next_v  = spike ? (subtract ? less_clamped : 28'(reset)) : held_v;      // step 7
    next_ref = spike ? ((reload == '0) ? '0 : reload - 6'd1)
                     : ((ref_now == '0) ? '0 : ref_now - 6'd1);             // step 8
  end

  always @(posedge clk_i) begin
    RangeNotEmpty: assume (vmin <= vmax);
    AmountNotNegative: assume (!subtract_i || reset_i >= 0);
    KeepsAtMostAll: assume (kept_u <= 25'(size_u) && kept_v <= 25'(size_v));
    if (rst_n) begin
      OperandsOfU: assert (a_u == size_u && b_u == 13'd4096 - (13'(du_i) + 13'(du_offset)));
      OperandsOfV: assert (a_v == size_v && b_v == 13'd4096 - 13'(dv_i));
      ValidGoesAlong: assert (mid_valid == valid_one_q && out_valid == valid_two_q);
      if (valid_two_q) begin
        Neuron: assert (out_neuron == NBits'(id));
        Current: assert (out_u == next_u);
        Membrane: assert (28'(out_v) == next_v);
        Refractory: assert (out_refractory == next_ref);
        Spike: assert (out_spike == spike);
        Active: assert (out_active == (u != 0 || v != 0 || ref_now != 0 || acc != 0 || mant_set));
        Wrapped: assert (out_wrapped == (sum != 28'(next_u)));
        Clamped: assert (out_clamped == ((x != clamped) || (spike && subtract && less != less_clamped)));
        Fires: cover (spike && subtract && reload > 6'd1 && sum != 28'(next_u) && out_valid);
        Held: cover (held && !subtract && out_v != v);
      end
    end
  end

endmodule
