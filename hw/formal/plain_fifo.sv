// SPDX-License-Identifier: Apache-2.0
//
// snn_fifo once more, as a shift register whose free places are 0: what fifo.sv proves of snn_fifo is
// all that is to say of this one too. A prover sees at once where a flit is, and where none is.

module snn_fifo #(
  parameter int unsigned Width = 8,
  parameter int unsigned Depth = 2
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             in_valid_i,
  output logic             in_ready_o,
  input  logic [Width-1:0] in_data_i,
  output logic             out_valid_o,
  input  logic             out_ready_i,
  output logic [Width-1:0] out_data_o
);

  logic [Depth-1:0]       valid_q, valid_d;
  logic [Depth*Width-1:0] data_q, data_d;
  logic                   push, pop, stored;

  assign in_ready_o  = ~valid_q[Depth-1];
  assign out_valid_o = valid_q[0];
  assign out_data_o  = data_q[Width-1:0];
  assign push        = in_valid_i & in_ready_o;
  assign pop         = out_valid_o & out_ready_i;

  always_comb begin
    valid_d = pop ? valid_q >> 1 : valid_q;
    data_d  = pop ? data_q >> Width : data_q;
    stored  = ~push;
    for (int unsigned i = 0; i < Depth; i++) begin
      if (!stored && !valid_d[i]) begin
        valid_d[i]               = 1'b1;
        data_d[i*Width +: Width] = in_data_i;
        stored                   = 1'b1;
      end
    end
  end

  // The top bit of something in here, for proofs that follow one flit.
  (* keep *) logic mark;
  always_comb begin
    mark = 1'b0;
    for (int unsigned i = 0; i < Depth; i++) mark = mark | data_q[i*Width+Width-1];
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
      data_q  <= '0;
    end else begin
      valid_q <= valid_d;
      data_q  <= data_d;
    end
  end

  // Help the proof along: places are used from the head on, and what is free is unmarked.
  logic [Depth-1:0] marked;
  for (genvar i = 0; i < Depth; i++) begin : gen_marked
    assign marked[i] = data_q[i*Width+Width-1];
  end
  always @(posedge clk_i) begin
    if (rst_ni) begin
      FromTheHeadOn: assert ((valid_q & (valid_q + 1'b1)) == '0);
      FreeIsUnmarked: assert ((marked & ~valid_q) == '0);
    end
  end

endmodule
