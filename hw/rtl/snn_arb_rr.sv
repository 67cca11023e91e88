// SPDX-License-Identifier: Apache-2.0
//
// snn_arb_rr: round-robin choice, one winner a cycle.
//
//   grant = the first requester from `next_q` on, upward and around
//   next_q = winner + 1 mod Inputs when the winner's beat moves (take_i)
//
// Latency    combinational grant; the grant never depends on take_i
// Reset      rst_ni low points to input 0

`include "snn_assert.svh"

module snn_arb_rr #(
  parameter int unsigned Inputs = 5  // >= 2
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  input  logic [Inputs-1:0] req_i,
  input  logic              take_i,  // the granted beat moves in this cycle
  output logic [Inputs-1:0] grant_o  // one-hot, or zero without a request
);

  // mask_q has ones from the pointer upward; all ones stands for pointer 0.
  logic [Inputs-1:0] mask_q, masked, from, grant;

  assign masked  = req_i & mask_q;
  assign from    = (masked != '0) ? masked : req_i;
  assign grant   = from & (~from + 1'b1);
  assign grant_o = grant;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) mask_q <= '1;
    else if (take_i && grant != '0) begin
      // Ones above the winner; above the last there are none, and the pointer is 0 again.
      mask_q <= grant[Inputs-1] ? '1 : ~(grant | (grant - 1'b1));
    end
  end

  `SNN_ASSERT(OneWinner, (grant & (grant - 1'b1)) == '0)
  `SNN_ASSERT(WinnerAsked, (grant & ~req_i) == '0)
  `SNN_ASSERT(SomeoneWins, (req_i == '0) == (grant == '0))

endmodule
