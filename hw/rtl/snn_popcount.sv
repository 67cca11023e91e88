// SPDX-License-Identifier: Apache-2.0
//
// snn_popcount: how many bits are set. Combinational: two levels of 6-to-3 counters, each a LUT of an
// FPGA per output, then the sum of what is left. Whole vectors at a time: a simulator likes it too.
//
//   Width bits -> 3 vectors of W1 = Width / 6 (weights 1, 2, 4) -> 9 of W2 = W1 / 6 (1 .. 16)

module snn_popcount #(
  parameter  int unsigned Width = 8,  // [bits] >= 1
  localparam int unsigned CountBits = $clog2(Width + 1)
) (
  input  logic [Width-1:0]     bits_i,
  output logic [CountBits-1:0] count_o
);

  localparam int unsigned W1 = (Width + 5) / 6;
  localparam int unsigned W2 = (W1 + 5) / 6;

  logic [3*W1-1:0] level1;
  logic [9*W2-1:0] level2;

  snn_compress6 #(
    .Width(Width)
  ) u_first (
    .bits_i  (bits_i),
    .counts_o(level1)
  );

  for (genvar i = 0; i < 3; i++) begin : gen_second
    snn_compress6 #(
      .Width(W1)
    ) u_second (
      .bits_i  (level1[i*W1 +: W1]),
      .counts_o(level2[3*i*W2 +: 3*W2])
    );
  end

  always_comb begin
    count_o = '0;
    for (int unsigned i = 0; i < 3; i++) begin
      for (int unsigned j = 0; j < 3; j++) begin
        for (int unsigned n = 0; n < W2; n++) begin
          count_o = count_o + (CountBits'(level2[(3*i+j)*W2+n]) << (i + j));
        end
      end
    end
  end

endmodule
