// SPDX-License-Identifier: Apache-2.0
//
// snn_sequencer: phases, barriers, walks and the counters of the whole machine.
// docs/reference/timing_model.md, "Ticks and phases" and "Host, reset and configuration".
//
//   Clear -> Idle -> U -> X -> Idle ...        Idle -> Reset -> Idle
//
// Latency    start at c: phase U from c+1; a level "all done" is registered once before it acts
// Reset      rst_ni low goes to Clear: every memory of every core is zeroed

`include "snn_assert.svh"

module snn_sequencer #(
  parameter bit Counters = 1'b1  // 0: read as 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Host.
  input  logic        start_i,
  input  logic        sample_reset_i,
  output logic        tick_done_o,

  // Cores.
  input  logic        u_done_i,
  input  logic        x_done_i,  // and routers empty
  input  logic        quiet_i,
  output logic        u_start_o,
  output logic        x_start_o,
  output logic        in_tick_o,
  output logic        idle_o,
  output logic [31:0] tick_o,
  output logic        clear_walk_o,
  output logic        reset_walk_o,
  output logic [15:0] walk_addr_o,

  // Counters of the machine.
  input  logic        clear_counters_i,
  input  logic        write_word_i,
  input  logic        re_i,
  input  logic [2:0]  raddr_i,
  output logic [63:0] rdata_o  // two cycles after re_i, else 0
);

  // The ring of what is due: an entry per slot in a crossbar core, a row per slot in a cuba core.
  localparam int unsigned AccDepth = (snn_cfg_pkg::CoreKind == 1)
                                   ? snn_cfg_pkg::DelaySlots
                                   : snn_cfg_pkg::DelaySlots * snn_cfg_pkg::Rows;
  // Deepest memory that a sample reset writes, and that exists at all.
  localparam int unsigned ResetDepth = (snn_cfg_pkg::Neurons > AccDepth)
                                     ? snn_cfg_pkg::Neurons : AccDepth;
  localparam int unsigned ClearA     = (ResetDepth > snn_cfg_pkg::SynapseWords)
                                     ? ResetDepth : snn_cfg_pkg::SynapseWords;
  localparam int unsigned ClearB     = (snn_cfg_pkg::InputAxons > snn_cfg_pkg::OutputSlots)
                                     ? snn_cfg_pkg::InputAxons : snn_cfg_pkg::OutputSlots;
  localparam int unsigned ClearC     = (ClearA > ClearB) ? ClearA : ClearB;
  localparam int unsigned ClearDepth = (ClearC > snn_cfg_pkg::Groups)
                                     ? ClearC : snn_cfg_pkg::Groups;
  // Cycles after the last address, so that every pipeline is empty.
  localparam int unsigned Tail = 4;

  typedef enum logic [2:0] {
    Clear,
    Idle,
    U,
    X,
    Reset
  } phase_e;

  phase_e      phase_q;
  logic        u_start_q, x_start_q, u_all_q, x_all_q, tick_done_q;
  logic [31:0] tick_q;
  logic [16:0] walk_q;
  logic        u_over, x_over, walk_over;

  assign u_over    = (phase_q == U) & u_all_q;
  assign x_over    = (phase_q == X) & x_all_q;
  assign walk_over = ((phase_q == Clear) & (32'(walk_q) == ClearDepth + Tail - 1))
                   | ((phase_q == Reset) & (32'(walk_q) == ResetDepth + Tail - 1));

  assign u_start_o    = u_start_q;
  assign x_start_o    = x_start_q;
  assign in_tick_o    = (phase_q == U) | (phase_q == X);
  assign idle_o       = phase_q == Idle;
  assign tick_o       = tick_q;
  assign tick_done_o  = tick_done_q;
  assign clear_walk_o = (phase_q == Clear) & (32'(walk_q) < ClearDepth);
  assign reset_walk_o = (phase_q == Reset) & (32'(walk_q) < ResetDepth);
  assign walk_addr_o  = walk_q[15:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      phase_q     <= Clear;
      u_start_q   <= 1'b0;
      x_start_q   <= 1'b0;
      u_all_q     <= 1'b0;
      x_all_q     <= 1'b0;
      tick_done_q <= 1'b0;
      tick_q      <= '0;
      walk_q      <= '0;
    end else begin
      u_start_q   <= 1'b0;
      x_start_q   <= 1'b0;
      tick_done_q <= 1'b0;
      u_all_q     <= (phase_q == U) & u_done_i;
      x_all_q     <= (phase_q == X) & x_done_i;
      walk_q      <= (phase_q == Clear || phase_q == Reset) ? walk_q + 17'd1 : '0;
      if (phase_q == Idle && sample_reset_i) begin
        phase_q <= Reset;
        tick_q  <= '0;
      end else if (phase_q == Idle && start_i) begin
        phase_q   <= U;
        u_start_q <= 1'b1;
      end else if (u_over) begin
        phase_q   <= X;
        x_start_q <= 1'b1;
        tick_q    <= tick_q + 32'd1;
      end else if (x_over) begin
        phase_q     <= Idle;
        tick_done_q <= 1'b1;
      end else if (walk_over) begin
        phase_q <= Idle;
      end
    end
  end

  snn_tallies #(
    .Present(Counters)
  ) u_tallies (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .clear_i(clear_counters_i),
    .event_i({write_word_i, (phase_q == Idle) & ~quiet_i, phase_q == Reset, u_over | x_over,
              in_tick_o, x_over}),
    .re_i   (re_i),
    .raddr_i(raddr_i),
    .rdata_o(rdata_o)
  );

  `SNN_ASSERT(StartWhenQuiet, !(phase_q == Idle && start_i) || quiet_i)
  `SNN_ASSERT(ResetWhenQuiet, !(phase_q == Idle && sample_reset_i) || quiet_i)
  `SNN_ASSERT(HostOnlyInIdle, !((phase_q == U || phase_q == Reset) && !quiet_i))

endmodule
