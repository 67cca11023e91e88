// SPDX-License-Identifier: Apache-2.0
//
// snn_top: the machine: sequencer, configuration loader and the mesh of cores.
//
// Use        rst_ni low, wait for idle_o (clear walk), configure, sample_reset_i, then per tick:
//            host packets until quiet_o, start_i, wait for tick_done_o
// Handshake  valid/ready on configuration and host packets, both taken in phase Idle only; start_i
//            and sample_reset_i are pulses while idle_o and quiet_o, after the last configuration
//            word and after the last read word came back
// Reset      rst_ni low, asynchronous; released synchronously by the user

`include "snn_assert.svh"

module snn_top #(
  parameter bit Counters = 1'b1  // 0: they are left out and read as 0; nothing else changes
) (
  input  logic         clk_i,
  input  logic         rst_ni,

  // Configuration stream and read data (docs/reference/timing_model.md).
  input  logic         cfg_valid_i,
  output logic         cfg_ready_o,
  input  logic [63:0]  cfg_data_i,
  input  logic         rd_ready_i,   // fetch the next read word; it comes three cycles later
  output logic         rd_valid_o,
  output logic [63:0]  rd_data_o,

  // Host packets, fields as OUTSLOT: x 8, y 8, axon 16, delay 8.
  input  logic         host_valid_i,
  output logic         host_ready_o,
  input  logic [39:0]  host_flit_i,

  // Control.
  input  logic         start_i,
  input  logic         sample_reset_i,
  output logic         idle_o,       // phase Idle
  output logic         quiet_o,      // nothing in the network, no host packet offered
  output logic         tick_done_o,  // first cycle of Idle after a tick

  // Tie to 0. A test bench holds back router ports by it, at any time: bit 10 * core id + port of
  // snn_pkg an output, 5 more its input. Cycles change, spikes and states never.
  input  logic [10*snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0]  stall_i,

  // Trace, by core id y * MeshWidth + x: a spike when its state is written, and a message when the
  // router takes it.
  output logic [snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0]    spike_valid_o,
  output logic [16*snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0] spike_neuron_o,
  output logic [snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0]    send_valid_o
);

  logic        bus_we, bus_re, bus_clear_counters, loader_busy, write_word;
  logic [15:0] bus_core, bus_addr, walk_addr;
  logic [3:0]  bus_mem;
  logic [63:0] bus_data, mesh_rdata, global_rdata;
  logic        u_start, x_start, u_done, x_done, in_tick, clear_walk, reset_walk;
  logic        mesh_quiet, host_ready;
  logic [31:0] tick;

  snn_cfg_loader u_loader (
    .clk_i               (clk_i),
    .rst_ni              (rst_ni),
    .enable_i            (idle_o),
    .cfg_valid_i         (cfg_valid_i),
    .cfg_ready_o         (cfg_ready_o),
    .cfg_data_i          (cfg_data_i),
    .bus_we_o            (bus_we),
    .bus_re_o            (bus_re),
    .bus_clear_counters_o(bus_clear_counters),
    .bus_core_o          (bus_core),
    .bus_mem_o           (bus_mem),
    .bus_addr_o          (bus_addr),
    .bus_data_o          (bus_data),
    .rd_ready_i          (rd_ready_i),
    .rd_valid_o          (rd_valid_o),
    .write_word_o        (write_word),
    .busy_o              (loader_busy)
  );

  snn_sequencer #(
    .Counters(Counters)
  ) u_sequencer (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .start_i         (start_i),
    .sample_reset_i  (sample_reset_i),
    .tick_done_o     (tick_done_o),
    .u_done_i        (u_done),
    .x_done_i        (x_done),
    .quiet_i         (quiet_o),
    .u_start_o       (u_start),
    .x_start_o       (x_start),
    .in_tick_o       (in_tick),
    .idle_o          (idle_o),
    .tick_o          (tick),
    .clear_walk_o    (clear_walk),
    .reset_walk_o    (reset_walk),
    .walk_addr_o     (walk_addr),
    .clear_counters_i(bus_clear_counters),
    .write_word_i    (write_word),
    .re_i            (bus_re & (bus_mem == snn_pkg::MemGlobal)),
    .raddr_i         (bus_addr[2:0]),
    .rdata_o         (global_rdata)
  );

  snn_mesh #(
    .Counters(Counters)
  ) u_mesh (
    .clk_i               (clk_i),
    .rst_ni              (rst_ni),
    .cfg_we_i            (bus_we),
    .cfg_re_i            (bus_re),
    .cfg_clear_counters_i(bus_clear_counters),
    .cfg_core_i          (bus_core),
    .cfg_mem_i           (bus_mem),
    .cfg_addr_i          (bus_addr),
    .cfg_data_i          (bus_data),
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
    .host_valid_i        (host_valid_i & idle_o),
    .host_ready_o        (host_ready),
    .host_flit_i         (host_flit_i),
    .stall_i             (stall_i),
    .spike_valid_o       (spike_valid_o),
    .spike_neuron_o      (spike_neuron_o),
    .send_valid_o        (send_valid_o)
  );

  assign host_ready_o = host_ready & idle_o;
  assign quiet_o      = mesh_quiet & ~host_valid_i;
  assign rd_data_o    = mesh_rdata | global_rdata;

  `SNN_ASSERT(ConfiguredBeforeStart, !(idle_o && (start_i || sample_reset_i)) || !loader_busy)
  `SNN_ASSERT(HostFlitInMesh, !(host_valid_i && host_ready_o)
              || (32'(host_flit_i[7:0]) < snn_cfg_pkg::MeshWidth
                  && 32'(host_flit_i[15:8]) < snn_cfg_pkg::MeshHeight))

endmodule
