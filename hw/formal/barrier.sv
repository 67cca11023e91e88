// SPDX-License-Identifier: Apache-2.0
//
// barrier: a phase ends only when it is over. Sequencer and 2 x 2 tiles with their real routers and
// links; the cores are stubs (barrier_core.sv) that send, receive and finish as late as they like.
//
// The environment marks one flit, by a bit that no one reads, as a core sends it. From then until a
// core has taken it in and is done with it, phase X cannot end; nor can a phase end while a core is
// at work. Each start_i is one tick: tick_o counts it once and tick_done_o says so once.
//
// Assumptions: a reset in the first cycle; start_i and sample_reset_i only when snn_top's user may
// (idle, quiet, not both); host packets in phase Idle, to a core of the mesh; cores as in
// barrier_core.sv.

module barrier (
  input logic        clk_i,
  input logic        start_i,
  input logic        sample_reset_i,
  input logic        host_valid_i,
  input logic [39:0] host_flit_i,
  input logic [39:0] stall_i
);

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  logic        u_start, x_start, u_done, x_done, in_tick, idle, quiet, mesh_quiet, tick_done;
  logic        clear_walk, reset_walk, host_ready;
  logic [31:0] tick;
  logic [15:0] walk_addr;
  logic [63:0] mesh_rdata, rdata;
  logic [3:0]  working, inside, sent_mark, unused_send;
  logic [63:0] spike_neuron;

  // Trace outputs of the stubs: at work; the marked flit is inside a core; it was sent.
  assign quiet = mesh_quiet & ~host_valid_i;

  snn_sequencer u_sequencer (
    .clk_i           (clk_i),
    .rst_ni          (rst_n),
    .start_i         (start_i),
    .sample_reset_i  (sample_reset_i),
    .tick_done_o     (tick_done),
    .u_done_i        (u_done),
    .x_done_i        (x_done),
    .quiet_i         (quiet),
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

  snn_mesh u_mesh (
    .clk_i               (clk_i),
    .rst_ni              (rst_n),
    .cfg_we_i            (1'b0),
    .cfg_re_i            (1'b0),
    .cfg_clear_counters_i(1'b0),
    .cfg_core_i          ('0),
    .cfg_mem_i           ('0),
    .cfg_addr_i          ('0),
    .cfg_data_i          ('0),
    .cfg_rdata_o         (mesh_rdata),
    .u_start_i           (u_start),
    .x_start_i           (x_start),
    .in_tick_i           (in_tick),
    .tick_i              (tick),
    .clear_walk_i        (clear_walk),
    .reset_walk_i        (reset_walk),
    .walk_addr_i         (walk_addr),
    .u_done_o            (u_done),
    .x_done_o            (x_done),
    .quiet_o             (mesh_quiet),
    .host_valid_i        (host_valid_i & idle),
    .host_ready_o        (host_ready),
    .host_flit_i         (host_flit_i),
    .stall_i             (stall_i),
    .spike_valid_o       (working),
    .spike_neuron_o      (spike_neuron),
    .send_valid_o        (unused_send)
  );

  for (genvar t = 0; t < 4; t++) begin : gen_trace
    assign sent_mark[t] = spike_neuron[16*t];
    assign inside[t]    = spike_neuron[16*t+1];
  end

  // Driven from inside (barrier.proof): the sequencer's phase, where the marked flit is.
  (* keep *) logic [2:0]  phase;
  (* keep *) logic [19:0] fifo_mark;
  (* keep *) logic [3:0]  core_mark;

  // The marked flit: one, sent in phase X, until the core that took it in is done with it.
  logic       flying_q, ever_q, running_q, x_phase, u_done_q, x_done_q;
  logic [1:0] tick_ref_q;

  always_ff @(posedge clk_i or negedge rst_n) begin
    if (!rst_n) begin
      flying_q   <= 1'b0;
      ever_q     <= 1'b0;
      running_q  <= 1'b0;
      u_done_q   <= 1'b0;
      x_done_q   <= 1'b0;
      tick_ref_q <= '0;
    end else begin
      u_done_q <= in_tick & ~x_phase & u_done;
      x_done_q <= x_phase & x_done;
      if (sent_mark != '0) ever_q <= 1'b1;
      if (sent_mark != '0) flying_q <= 1'b1;
      else if (inside != '0) flying_q <= 1'b0;
      if (start_i && !sample_reset_i) running_q <= 1'b1;
      else if (tick_done) running_q <= 1'b0;
      if (sample_reset_i) tick_ref_q <= '0;
      else if (start_i) tick_ref_q <= tick_ref_q + 1'b1;
    end
  end

  assign x_phase = phase == 3'd3;

  always @(posedge clk_i) begin
    OnlyWhenIdle: assume (!(start_i || sample_reset_i) || (rst_n && idle && quiet));
    OneCommand: assume (!(start_i && sample_reset_i));
    OneMark: assume (!(ever_q && sent_mark != '0) && (sent_mark & (sent_mark - 1'b1)) == '0);
    HostInIdle: assume (!host_valid_i || idle);
    HostUnmarked: assume (!host_flit_i[32]);
    HostInMesh: assume (host_flit_i[7:0] < 8'd2 && host_flit_i[15:8] < 8'd2);
    if (rst_n) begin
      // Steps: where a marked flit can be, when the network is quiet, what "all done" lasts for.
      FlyingIsSomewhere: assert (!flying_q || fifo_mark != '0 || core_mark != '0);
      QuietOutsideX: assert (idle || x_phase || mesh_quiet);
      DoneInUStays: assert (!u_done_q || u_done);
      DoneInXStays: assert (!x_done_q || (x_done && mesh_quiet));
      // What is to be proven.
      QuietIsEmpty: assert (!flying_q || !mesh_quiet);
      XEndsDrained: assert (!tick_done || mesh_quiet);
      XEndsAtRest: assert (!tick_done || working == '0);
      UEndsAtRest: assert (!x_start || working == '0);
      DoneOncePerStart: assert (running_q == (in_tick || tick_done));
      TickCountedOnce: assert (tick[1:0] == tick_ref_q - 2'(phase == 3'd2));
      Drains: cover (tick_done && ever_q && tick_ref_q == 2'd2);
    end
  end

endmodule
