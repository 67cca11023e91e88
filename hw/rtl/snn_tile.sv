// SPDX-License-Identifier: Apache-2.0
//
// snn_tile: a core of the target's kind and its router at (x_i, y_i) of the mesh.
//
// Handshake  valid/ready on the four links (north, east, south, west)
// Reset      as its parts

module snn_tile #(
  parameter bit Counters = 1'b1
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  input  logic [snn_cfg_pkg::XBits-1:0]      x_i,
  input  logic [snn_cfg_pkg::YBits-1:0]      y_i,

  input  logic [9:0]                         stall_i,  // of the router

  // Configuration bus; core_i is the addressed core, id_i this one.
  input  logic [15:0]                        id_i,
  input  logic                               cfg_we_i,
  input  logic                               cfg_re_i,
  input  logic                               cfg_clear_counters_i,
  input  logic [15:0]                        cfg_core_i,
  input  logic [3:0]                         cfg_mem_i,
  input  logic [15:0]                        cfg_addr_i,
  input  logic [63:0]                        cfg_data_i,
  output logic [63:0]                        cfg_rdata_o,

  // Sequencer.
  input  logic                               u_start_i,
  input  logic                               x_start_i,
  input  logic                               in_tick_i,
  input  logic [31:0]                        tick_i,
  input  logic                               clear_walk_i,
  input  logic                               reset_walk_i,
  input  logic [15:0]                        walk_addr_i,
  output logic                               u_done_o,
  output logic                               x_done_o,
  output logic                               quiet_o,  // router empty, receiver idle
  output logic                               empty_o,  // router empty

  // Links: bit 0 north, 1 east, 2 south, 3 west.
  input  logic [3:0]                         in_valid_i,
  output logic [3:0]                         in_ready_o,
  input  logic [4*(snn_cfg_pkg::XBits+snn_cfg_pkg::YBits+snn_cfg_pkg::AxonBits
                +snn_cfg_pkg::DelayBits)-1:0] in_flit_i,
  output logic [3:0]                         out_valid_o,
  input  logic [3:0]                         out_ready_i,
  output logic [4*(snn_cfg_pkg::XBits+snn_cfg_pkg::YBits+snn_cfg_pkg::AxonBits
                +snn_cfg_pkg::DelayBits)-1:0] out_flit_o,

  // Trace.
  output logic                               spike_valid_o,
  output logic [15:0]                        spike_neuron_o,
  output logic                               send_valid_o  // a flit enters the router here
);
  // One copy of the generated code for all tiles.
  /* verilator no_inline_module */

  localparam int unsigned XBits    = snn_cfg_pkg::XBits;
  localparam int unsigned YBits    = snn_cfg_pkg::YBits;
  localparam int unsigned AxonBits = snn_cfg_pkg::AxonBits;
  localparam int unsigned FlitBits = XBits + YBits + AxonBits + snn_cfg_pkg::DelayBits;

  logic                               selected, tx_valid, tx_ready, rx_valid, rx_ready, rx_idle;
  logic [FlitBits-1:0]                tx_flit, rx_flit;
  logic [snn_cfg_pkg::NeuronBits-1:0] spike_neuron;

  assign selected       = (cfg_core_i == id_i) | (cfg_core_i == snn_pkg::AllCores);
  assign quiet_o        = empty_o & rx_idle;
  assign send_valid_o   = tx_valid & tx_ready;
  assign spike_neuron_o = 16'(spike_neuron);

  if (snn_cfg_pkg::CoreKind == 1) begin : gen_crossbar
    snn_core_crossbar #(
      .Counters(Counters)
    ) u_core (
      .clk_i               (clk_i),
      .rst_ni              (rst_ni),
      .cfg_we_i            (cfg_we_i & selected),
      .cfg_re_i            (cfg_re_i & selected),
      .cfg_clear_counters_i(cfg_clear_counters_i),
      .cfg_mem_i           (cfg_mem_i),
      .cfg_addr_i          (cfg_addr_i),
      .cfg_data_i          (cfg_data_i),
      .cfg_rdata_o         (cfg_rdata_o),
      .u_start_i           (u_start_i),
      .x_start_i           (x_start_i),
      .in_tick_i           (in_tick_i),
      .tick_i              (tick_i),
      .clear_walk_i        (clear_walk_i),
      .reset_walk_i        (reset_walk_i),
      .walk_addr_i         (walk_addr_i),
      .u_done_o            (u_done_o),
      .x_done_o            (x_done_o),
      .rx_idle_o           (rx_idle),
      .in_valid_i          (rx_valid),
      .in_ready_o          (rx_ready),
      .in_axon_i           (rx_flit[XBits+YBits +: AxonBits]),
      .in_delay_i          (rx_flit[FlitBits-1 -: snn_cfg_pkg::DelayBits]),
      .out_valid_o         (tx_valid),
      .out_ready_i         (tx_ready),
      .out_flit_o          (tx_flit),
      .hop_i               (out_valid_o & out_ready_i),
      .spike_valid_o       (spike_valid_o),
      .spike_neuron_o      (spike_neuron)
    );
  end else begin : gen_cuba
    snn_core #(
      .Counters(Counters)
    ) u_core (
      .clk_i               (clk_i),
      .rst_ni              (rst_ni),
      .cfg_we_i            (cfg_we_i & selected),
      .cfg_re_i            (cfg_re_i & selected),
      .cfg_clear_counters_i(cfg_clear_counters_i),
      .cfg_mem_i           (cfg_mem_i),
      .cfg_addr_i          (cfg_addr_i),
      .cfg_data_i          (cfg_data_i),
      .cfg_rdata_o         (cfg_rdata_o),
      .u_start_i           (u_start_i),
      .x_start_i           (x_start_i),
      .in_tick_i           (in_tick_i),
      .tick_i              (tick_i),
      .clear_walk_i        (clear_walk_i),
      .reset_walk_i        (reset_walk_i),
      .walk_addr_i         (walk_addr_i),
      .u_done_o            (u_done_o),
      .x_done_o            (x_done_o),
      .rx_idle_o           (rx_idle),
      .in_valid_i          (rx_valid),
      .in_ready_o          (rx_ready),
      .in_axon_i           (rx_flit[XBits+YBits +: AxonBits]),
      .in_delay_i          (rx_flit[FlitBits-1 -: snn_cfg_pkg::DelayBits]),
      .out_valid_o         (tx_valid),
      .out_ready_i         (tx_ready),
      .out_flit_o          (tx_flit),
      .hop_i               (out_valid_o & out_ready_i),
      .spike_valid_o       (spike_valid_o),
      .spike_neuron_o      (spike_neuron)
    );
  end

  snn_router #(
    .FlitBits(FlitBits),
    .XBits   (XBits),
    .YBits   (YBits),
    .Depth   (snn_cfg_pkg::FifoDepth)
  ) u_router (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .x_i        (x_i),
    .y_i        (y_i),
    .stall_i    (stall_i),
    .in_valid_i ({in_valid_i, tx_valid}),
    .in_ready_o ({in_ready_o, tx_ready}),
    .in_flit_i  ({in_flit_i, tx_flit}),
    .out_valid_o({out_valid_o, rx_valid}),
    .out_ready_i({out_ready_i, rx_ready}),
    .out_flit_o ({out_flit_o, rx_flit}),
    .empty_o    (empty_o)
  );

  // The router used the destination; every flit here is for this core.
  logic unused_destination;
  assign unused_destination = &{1'b0, rx_flit[XBits+YBits-1:0]};

endmodule
