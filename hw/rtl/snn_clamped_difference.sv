// SPDX-License-Identifier: Apache-2.0
//
// snn_clamped_difference: y = clamp(x - less, low, high), combinational. The difference must fit.

module snn_clamped_difference #(
  parameter int unsigned Width = 27  // [bits] two's complement
) (
  input  logic signed [Width-1:0] x_i,
  input  logic signed [Width-1:0] less_i,
  input  logic signed [Width-1:0] low_i,
  input  logic signed [Width-1:0] high_i,
  output logic signed [Width-1:0] y_o,
  output logic                    cut_o  // a bound decided
);

  logic below, above;

  snn_clamp #(
    .Width(Width)
  ) u_clamp (
    .x_i    (x_i - less_i),
    .low_i  (low_i),
    .high_i (high_i),
    .y_o    (y_o),
    .below_o(below),
    .above_o(above)
  );

  assign cut_o = below | above;

endmodule
