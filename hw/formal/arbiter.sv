// SPDX-License-Identifier: Apache-2.0
//
// arbiter: snn_arb_rr chooses one requester, the first from its pointer on, and is fair: whoever
// goes on asking sees at most Inputs - 1 others go first.
//
// The pointer is kept here a second time, as a number. One input of the environment's choice is
// watched.
//
// Assumptions: none but a reset in the first cycle. A request may come and go; waiting counts while
// it stays.

module arbiter #(
  parameter int unsigned Inputs = 5
) (
  input logic              clk_i,
  input logic [Inputs-1:0] req_i,
  input logic              take_i
);

  localparam int unsigned IndexBits = $clog2(Inputs);

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  logic [Inputs-1:0] grant;

  snn_arb_rr #(
    .Inputs(Inputs)
  ) u_dut (
    .clk_i  (clk_i),
    .rst_ni (rst_n),
    .req_i  (req_i),
    .take_i (take_i),
    .grant_o(grant)
  );

  // The specification: the first requester from next_q on, upward and around.
  logic [IndexBits-1:0] next_q = '0, winner;
  logic                 found;

  always_comb begin
    winner = '0;
    found  = 1'b0;
    for (int unsigned k = 0; k < 2 * Inputs; k++) begin
      if (!found && k >= 32'(next_q) && k < 32'(next_q) + Inputs && req_i[k % Inputs]) begin
        winner = IndexBits'(k % Inputs);
        found  = 1'b1;
      end
    end
  end

  (* anyconst *) logic [IndexBits-1:0] watched;
  logic [IndexBits-1:0] waited_q = '0;  // transfers of others while the watched one asked

  always_ff @(posedge clk_i) begin
    if (rst_n) begin
      if (take_i && found) next_q <= (32'(winner) == Inputs - 1) ? '0 : winner + 1'b1;
      if (!req_i[watched] || (take_i && grant[watched])) waited_q <= '0;
      else if (take_i) waited_q <= waited_q + 1'b1;
    end
  end

  always @(posedge clk_i) begin
    WatchedExists: assume (32'(watched) < Inputs);
    if (rst_n) begin
      OneHot: assert ((grant & (grant - 1'b1)) == '0);
      FirstFromThePointer: assert (grant == (Inputs'(found) << winner));
      Fair: assert (!req_i[watched] || grant[watched] || 32'(waited_q) < Inputs - 1);
      WaitedAsLongAsItCan: cover (32'(waited_q) == Inputs - 1 && take_i && grant[watched]);
    end
  end

endmodule
