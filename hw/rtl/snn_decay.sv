// SPDX-License-Identifier: Apache-2.0
//
// snn_decay: dec(x, k) = sgn(x) * ((|x| * (2^DecayBits - k)) >> DecayBits), combinational.
//
// The magnitude is truncated: the state rounds toward zero. Exact for x = -2^(Width-1), k = 0.
// Twin       decayTowardZero() in common/support/fixed_point.h; docs/reference/arithmetic.md

module snn_decay #(
  parameter int unsigned Width     = 24,  // [bits] of x, two's complement
  parameter int unsigned DecayBits = 12
) (
  input  logic signed [Width-1:0]     x_i,
  input  logic        [DecayBits:0]   k_i,  // 0 .. 2^DecayBits
  output logic signed [Width:0]       y_o   // |y| <= |x|
);

  localparam logic [DecayBits:0] One = {1'b1, {DecayBits{1'b0}}};

  logic [Width-1:0]           magnitude;
  logic [DecayBits:0]         keep;
  logic [Width+DecayBits:0]   product;
  logic [Width:0]             kept;

  assign magnitude = x_i[Width-1] ? ~x_i + 1'b1 : x_i;
  assign keep      = One - k_i;

  snn_mul #(
    .AWidth(Width),
    .BWidth(DecayBits + 1)
  ) u_mul (
    .a_i      (magnitude),
    .b_i      (keep),
    .product_o(product)
  );

  assign kept = product[Width+DecayBits:DecayBits];
  assign y_o  = x_i[Width-1] ? ~kept + 1'b1 : kept;

  // The bits that truncation drops.
  logic unused_fraction;
  assign unused_fraction = &{1'b0, product[DecayBits-1:0]};

endmodule
