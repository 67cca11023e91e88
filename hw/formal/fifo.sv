// SPDX-License-Identifier: Apache-2.0
//
// fifo: snn_fifo never drops, doubles or reorders an entry.
//
// The environment marks one entry of its choice as it goes in. A count of what is inside, kept by
// what is seen at the ports alone, says how many are ahead of it. When none is, that entry and no
// other is at the head: so the n-th that comes out is the n-th that went in, for every n.
//
// Assumptions: none but a reset in the first cycle.

module fifo #(
  parameter int unsigned Width = 4,
  parameter int unsigned Depth = 2
) (
  input logic             clk_i,
  input logic             in_valid_i,
  input logic [Width-1:0] in_data_i,
  input logic             out_ready_i,
  input logic             mark_i
);

  localparam int unsigned CountBits = $clog2(Depth + 1);

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  logic             in_ready, out_valid, push, pop;
  logic [Width-1:0] out_data;

  snn_fifo #(
    .Width(Width),
    .Depth(Depth)
  ) u_dut (
    .clk_i      (clk_i),
    .rst_ni     (rst_n),
    .in_valid_i (in_valid_i),
    .in_ready_o (in_ready),
    .in_data_i  (in_data_i),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready_i),
    .out_data_o (out_data)
  );

  assign push = rst_n & in_valid_i & in_ready;
  assign pop  = rst_n & out_valid & out_ready_i;

  logic [CountBits-1:0] inside_q = '0, ahead_q;
  logic                 marked_q = 1'b0, was_full_q = 1'b0;
  logic [Width-1:0]     data_q;

  always_ff @(posedge clk_i) begin
    inside_q   <= inside_q + CountBits'(push) - CountBits'(pop);
    was_full_q <= was_full_q | (32'(inside_q) == Depth);
    if (!marked_q && push && mark_i) begin
      marked_q <= 1'b1;
      data_q   <= in_data_i;
      ahead_q  <= inside_q - CountBits'(pop);
    end else if (marked_q && pop) begin
      marked_q <= ahead_q != '0;
      ahead_q  <= ahead_q - 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (rst_n) begin
      TakesUnlessFull: assert (in_ready == (32'(inside_q) != Depth));
      GivesUnlessEmpty: assert (out_valid == (inside_q != '0));
      InOrder: assert (!marked_q || ahead_q != '0 || out_data == data_q);
      Delivered: cover (was_full_q && marked_q && ahead_q == '0 && pop);
    end
  end

endmodule
