// SPDX-License-Identifier: Apache-2.0
//
// snn_mul: unsigned product, combinational. The only multiplier of the design: a technology with
// hard multipliers replaces this file.

module snn_mul #(
  parameter int unsigned AWidth = 24,  // [bits]
  parameter int unsigned BWidth = 13   // [bits]
) (
  input  logic [AWidth-1:0]        a_i,
  input  logic [BWidth-1:0]        b_i,
  output logic [AWidth+BWidth-1:0] product_o
);

  localparam int unsigned PWidth = AWidth + BWidth;

  assign product_o = PWidth'(a_i) * PWidth'(b_i);

endmodule
