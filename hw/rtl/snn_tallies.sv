// SPDX-License-Identifier: Apache-2.0
//
// snn_tallies: the counters of the whole machine, 64 bits each: ticks, tick cycles, barriers, reset
// cycles, host cycles, host write words.
//
// Latency    read at c, data from c+2 for a cycle, 0 otherwise
// Reset      rst_ni low and clear_i zero all of them

module snn_tallies #(
  parameter  bit Present = 1'b1,  // 0: no counters, every read gives 0
  localparam int unsigned Counters = 6
) (
  input  logic                clk_i,
  input  logic                rst_ni,

  input  logic                clear_i,
  input  logic [Counters-1:0] event_i,
  input  logic                re_i,
  input  logic [2:0]          raddr_i,
  output logic [63:0]         rdata_o
);

  if (Present) begin : gen_present
    logic [63:0] count_q [0:Counters-1];
    logic [63:0] rdata_q;

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        for (int unsigned i = 0; i < Counters; i++) count_q[i] <= '0;
        rdata_q <= '0;
        rdata_o <= '0;
      end else begin
        for (int unsigned i = 0; i < Counters; i++) begin
          if (clear_i) count_q[i] <= '0;
          else if (event_i[i]) count_q[i] <= count_q[i] + 64'd1;
        end
        rdata_q <= '0;
        for (int unsigned i = 0; i < Counters; i++) begin
          if (re_i && 32'(raddr_i) == i) rdata_q <= count_q[i];
        end
        rdata_o <= rdata_q;
      end
    end
  end else begin : gen_absent
    logic unused_events;
    assign rdata_o       = '0;
    assign unused_events = &{1'b0, clk_i, rst_ni, clear_i, event_i, re_i, raddr_i};
  end

endmodule
