// SPDX-License-Identifier: Apache-2.0
//
// walk: before snn_sequencer is idle for the first time, its clear walk has been at every address of
// every memory, and before a sample reset is over, the reset walk at every address of what it resets;
// every pipeline has then had four cycles to run empty. No tick runs meanwhile, and configuration,
// which snn_top takes when idle, cannot.
//
// One address stands for all: the environment chooses it once.
//
// Assumptions: a reset in the first cycle; sizes of the memories as in walk.proof.

module walk (
  input logic clk_i,
  input logic sample_reset_i,
  input logic start_i,
  input logic done_i
);

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  logic        tick_done, u_start, x_start, in_tick, idle, clear_walk, reset_walk;
  logic [15:0] walk_addr;
  logic [31:0] tick;
  logic [63:0] rdata;

  snn_sequencer #(
    .Counters(1'b0)
  ) u_sequencer (
    .clk_i           (clk_i),
    .rst_ni          (rst_n),
    .start_i         (start_i),
    .sample_reset_i  (sample_reset_i),
    .tick_done_o     (tick_done),
    .u_done_i        (done_i),
    .x_done_i        (done_i),
    .quiet_i         (1'b1),
    .u_start_o       (u_start),
    .x_start_o       (x_start),
    .in_tick_o       (in_tick),
    .idle_o          (idle),
    .tick_o          (tick),
    .clear_walk_o    (clear_walk),
    .reset_walk_o    (reset_walk),
    .walk_addr_o     (walk_addr),
    .clear_counters_i(1'b0),
    .write_word_i    (1'b0),
    .re_i            (1'b0),
    .raddr_i         (3'd0),
    .rdata_o         (rdata)
  );

  // The walks: an address of a memory, seen or not.
  localparam int unsigned AccDepth = snn_cfg_pkg::DelaySlots * snn_cfg_pkg::Rows;

  (* anyconst *) logic [15:0] watched;
  logic                       exists, of_state, cleared_q, reset_seen_q;

  assign of_state = 32'(watched) < snn_cfg_pkg::Neurons || 32'(watched) < AccDepth;
  assign exists   = of_state || 32'(watched) < snn_cfg_pkg::InputAxons
                 || 32'(watched) < snn_cfg_pkg::OutputSlots
                 || 32'(watched) < snn_cfg_pkg::SynapseWords
                 || 32'(watched) < snn_cfg_pkg::Groups;

  always_ff @(posedge clk_i or negedge rst_n) begin
    if (!rst_n) begin
      cleared_q    <= 1'b0;
      reset_seen_q <= 1'b1;
    end else begin
      if (clear_walk && walk_addr == watched) cleared_q <= 1'b1;
      if (idle && sample_reset_i) reset_seen_q <= 1'b0;
      else if (reset_walk && walk_addr == watched) reset_seen_q <= 1'b1;
    end
  end

  // Cycles since the last write of a walk, up to 4.
  logic [2:0] since_q;

  always_ff @(posedge clk_i or negedge rst_n) begin
    if (!rst_n) begin
      since_q <= '0;
    end else begin
      since_q <= (clear_walk | reset_walk) ? '0 : (since_q == 3'd4) ? since_q : since_q + 3'd1;
    end
  end

  always @(posedge clk_i) begin
    if (rst_n) begin
      // Steps: the walk has been at what it has passed.
      ClearPassed: assert (!clear_walk || walk_addr <= watched || cleared_q);
      ResetPassed: assert (!reset_walk || walk_addr <= watched || reset_seen_q);
      // What is to be proven.
      ClearedBeforeIdle: assert (!(idle && exists) || cleared_q);
      ResetBeforeIdle: assert (!(idle && of_state) || reset_seen_q);
      PipelinesRanEmpty: assert (!idle || since_q == 3'd4);
      NoTickInAWalk: assert (!(clear_walk || reset_walk) || !(in_tick || u_start || x_start || idle));
      OneWalk: assert (!(clear_walk && reset_walk));
      TickAfterAReset: cover (in_tick && reset_seen_q && of_state && tick == 32'd1);
    end
  end

endmodule
