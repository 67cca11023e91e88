// SPDX-License-Identifier: Apache-2.0
//
// In place of hw/rtl/snn_mul.sv where a multiplier is out of a solver's reach: any product at all. The
// proof that uses it compares the operands and shares the product (neuron.sv); that the real module
// multiplies is tested by cosim/mul_test.

module snn_mul #(
  parameter int unsigned AWidth = 24,
  parameter int unsigned BWidth = 13
) (
  input  logic [AWidth-1:0]        a_i,
  input  logic [BWidth-1:0]        b_i,
  output logic [AWidth+BWidth-1:0] product_o
);

  (* keep *) logic [AWidth-1:0] a;
  (* keep *) logic [BWidth-1:0] b;
  (* anyseq *) logic [AWidth+BWidth-1:0] product;

  assign a         = a_i;
  assign b         = b_i;
  assign product_o = product;

endmodule
