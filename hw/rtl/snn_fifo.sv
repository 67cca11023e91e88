// SPDX-License-Identifier: Apache-2.0
//
// snn_fifo: ready/valid queue with registered ready.
//
// Latency    an entry written at c into an empty queue is at the head at c+1
// Handshake  in_ready is "not full" by the registered count: a full queue takes nothing in the
//            cycle that it gives; a held head does not change
// Reset      rst_ni low empties the queue

`include "snn_assert.svh"

module snn_fifo #(
  parameter int unsigned Width = 8,  // [bits]
  parameter int unsigned Depth = 2   // [entries] >= 1
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

  localparam int unsigned PtrBits   = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  localparam logic [PtrBits-1:0]   Last = PtrBits'(Depth - 1);
  localparam logic [CountBits-1:0] Full = CountBits'(Depth);

  logic [Width-1:0]     mem [0:Depth-1];
  logic [PtrBits-1:0]   head_q, tail_q;
  logic [CountBits-1:0] count_q;
  logic                 push, pop;

  assign in_ready_o  = count_q != Full;
  assign out_valid_o = count_q != '0;
  assign out_data_o  = mem[head_q];
  assign push        = in_valid_i & in_ready_o;
  assign pop         = out_valid_o & out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      head_q  <= '0;
      tail_q  <= '0;
      count_q <= '0;
    end else begin
      if (push) tail_q <= (tail_q == Last) ? '0 : tail_q + 1'b1;
      if (pop) head_q <= (head_q == Last) ? '0 : head_q + 1'b1;
      if (push && !pop) count_q <= count_q + 1'b1;
      if (pop && !push) count_q <= count_q - 1'b1;
    end
  end

  // Data needs no reset: an entry is read only after it was written.
  always_ff @(posedge clk_i) begin
    if (push) mem[tail_q] <= in_data_i;
  end

  // Where the tail must be: head + count, around the end.
  logic [31:0] tail_sum;
  assign tail_sum = 32'(head_q) + 32'(count_q);

  `SNN_ASSERT(CountInRange, count_q <= Full)
  `SNN_ASSERT(PointersInRange, head_q <= Last && tail_q <= Last)
  `SNN_ASSERT(PointersAgree, 32'(tail_q) == ((tail_sum >= Depth) ? tail_sum - Depth : tail_sum))
  `SNN_ASSERT_HELD(HeadHeld, out_valid_o, out_ready_i, out_data_o)

endmodule
