// SPDX-License-Identifier: Apache-2.0
//
// snn_readback: which of a core's memories answers a configuration read.
//
// Latency    read at c; the memories' words are here at c+1; data from c+2 for a cycle, 0 otherwise
// Reset      rst_ni low answers 0

module snn_readback (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        re_i,
  input  logic [3:0]  mem_i,

  // A cycle later.
  input  logic [63:0] state_i,
  input  logic [63:0] acc_i,
  input  logic [63:0] counter_i,
  input  logic [63:0] spike_i,

  output logic [63:0] rdata_o
);

  logic       re_q;
  logic [3:0] mem_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      re_q    <= 1'b0;
      mem_q   <= '0;
      rdata_o <= '0;
    end else begin
      re_q    <= re_i;
      mem_q   <= mem_i;
      rdata_o <= '0;
      if (re_q) begin
        case (mem_q)
          snn_pkg::MemState:   rdata_o <= state_i;
          snn_pkg::MemAcc:     rdata_o <= acc_i;
          snn_pkg::MemCounter: rdata_o <= counter_i;
          snn_pkg::MemSpike:   rdata_o <= spike_i;
          default:             rdata_o <= '0;
        endcase
      end
    end
  end

endmodule
