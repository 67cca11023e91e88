// SPDX-License-Identifier: Apache-2.0
//
// snn_compress6: six slices of a vector, added position by position: three vectors of weights 1, 2
// and 4, lowest first, whose set bits add up to those of the input. Combinational.

module snn_compress6 #(
  parameter  int unsigned Width = 12,  // [bits] >= 1; missing bits of the last slice are 0
  localparam int unsigned Out = (Width + 5) / 6
) (
  input  logic [Width-1:0] bits_i,
  output logic [3*Out-1:0] counts_o
);

  logic [6*Out-1:0] padded;
  logic [Out-1:0]   a, b, c, d, e, f, sum_abc, carry_abc, sum_def, carry_def, carry_both;

  assign padded = (6 * Out)'(bits_i);
  assign {f, e, d, c, b, a} = padded;

  assign sum_abc    = a ^ b ^ c;
  assign carry_abc  = (a & b) | (c & (a ^ b));
  assign sum_def    = d ^ e ^ f;
  assign carry_def  = (d & e) | (f & (d ^ e));
  assign carry_both = sum_abc & sum_def;

  assign counts_o[0 +: Out]     = sum_abc ^ sum_def;
  assign counts_o[Out +: Out]   = carry_abc ^ carry_def ^ carry_both;
  assign counts_o[2*Out +: Out] = (carry_abc & carry_def) | (carry_both & (carry_abc ^ carry_def));

endmodule
