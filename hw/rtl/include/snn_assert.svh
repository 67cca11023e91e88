// SPDX-License-Identifier: Apache-2.0
//
// Boolean properties, one text for simulator (default), prover (FORMAL) and synthesis (SYNTHESIS:
// nothing). A module that uses them has ports clk_i and rst_ni.

`ifndef SNN_ASSERT_SVH
`define SNN_ASSERT_SVH

`ifdef SYNTHESIS
`define SNN_ASSERT(NAME, COND)
`define SNN_ASSUME(NAME, COND)
`define SNN_ASSERT_HELD(NAME, VALID, READY, DATA)
`else
`ifdef FORMAL
`define SNN_ASSERT(NAME, COND) always @(posedge clk_i) if (rst_ni) NAME: assert (COND);
`define SNN_ASSUME(NAME, COND) always @(posedge clk_i) if (rst_ni) NAME: assume (COND);
`else
`define SNN_ASSERT(NAME, COND) \
  /* verilator lint_off SYNCASYNCNET */ \
  NAME: assert property (@(posedge clk_i) disable iff (!rst_ni) (COND)) \
    else $error("assertion failed: %m"); \
  /* verilator lint_on SYNCASYNCNET */
`define SNN_ASSUME(NAME, COND) `SNN_ASSERT(NAME, COND)
`endif
// A beat that was offered and not taken is offered again, unchanged.
`define SNN_ASSERT_HELD(NAME, VALID, READY, DATA) \
  logic NAME``_q; logic [$bits(DATA)-1:0] NAME``_data_q; \
  always_ff @(posedge clk_i or negedge rst_ni) \
    if (!rst_ni) begin NAME``_q <= 1'b0; NAME``_data_q <= '0; end \
    else begin NAME``_q <= VALID && !(READY); NAME``_data_q <= DATA; end \
  `SNN_ASSERT(NAME, !NAME``_q || (VALID && NAME``_data_q == DATA))
`endif

`endif
