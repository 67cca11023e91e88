// SPDX-License-Identifier: Apache-2.0
//
// snn_clamp: y = min(max(x, low), high) for low <= high, and whether a bound decided. Combinational.

module snn_clamp #(
  parameter int unsigned Width = 27  // [bits] two's complement
) (
  input  logic signed [Width-1:0] x_i,
  input  logic signed [Width-1:0] low_i,
  input  logic signed [Width-1:0] high_i,
  output logic signed [Width-1:0] y_o,
  output logic                    below_o,  // x < low
  output logic                    above_o   // x > high
);

  assign below_o = x_i < low_i;
  assign above_o = x_i > high_i;
  assign y_o     = below_o ? low_i : above_o ? high_i : x_i;

endmodule
