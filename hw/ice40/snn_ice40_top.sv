// SPDX-License-Identifier: Apache-2.0
//
// snn_ice40_top: the machine on an FPGA whose flip-flops start at 0: power-on reset, snn_top and its
// serial port. Counters are left out: they would take two thirds of an iCE40UP5K.
//
// Reset      by itself after power-on and on the serial port's restart command; then the clear walk

module snn_ice40_top (
  input  logic clk_i,

  input  logic spi_sck_i,
  input  logic spi_cs_ni,
  input  logic spi_mosi_i,
  output logic spi_miso_o,

  output logic busy_o  // a walk or a tick runs; in a tick: for exactly its length
);

  localparam int unsigned Cores = snn_cfg_pkg::MeshWidth * snn_cfg_pkg::MeshHeight;

  // Counts up from 0 and stays at its end.
  logic [3:0] reset_count_q = '0;
  logic       rst_n, restart;

  assign rst_n = &reset_count_q;

  always_ff @(posedge clk_i) begin
    if (restart) reset_count_q <= '0;
    else if (!rst_n) reset_count_q <= reset_count_q + 4'd1;
  end

  logic        cfg_valid, cfg_ready, rd_ready, rd_valid, host_valid, host_ready;
  logic        start, sample_reset, idle, quiet, tick_done;
  logic [63:0] cfg_data, rd_data;
  logic [39:0] host_flit;

  assign busy_o = ~idle;

  snn_spi u_spi (
    .clk_i         (clk_i),
    .rst_ni        (rst_n),
    .sck_i         (spi_sck_i),
    .cs_ni         (spi_cs_ni),
    .mosi_i        (spi_mosi_i),
    .miso_o        (spi_miso_o),
    .cfg_valid_o   (cfg_valid),
    .cfg_ready_i   (cfg_ready),
    .cfg_data_o    (cfg_data),
    .rd_ready_o    (rd_ready),
    .rd_valid_i    (rd_valid),
    .rd_data_i     (rd_data),
    .host_valid_o  (host_valid),
    .host_ready_i  (host_ready),
    .host_flit_o   (host_flit),
    .start_o       (start),
    .sample_reset_o(sample_reset),
    .idle_i        (idle),
    .quiet_i       (quiet),
    .tick_done_i   (tick_done),
    .restart_o     (restart)
  );

  // The trace is for simulators.
  /* verilator lint_off PINCONNECTEMPTY */
  snn_top #(
    .Counters(1'b0)
  ) u_top (
    .clk_i         (clk_i),
    .rst_ni        (rst_n),
    .cfg_valid_i   (cfg_valid),
    .cfg_ready_o   (cfg_ready),
    .cfg_data_i    (cfg_data),
    .rd_ready_i    (rd_ready),
    .rd_valid_o    (rd_valid),
    .rd_data_o     (rd_data),
    .host_valid_i  (host_valid),
    .host_ready_o  (host_ready),
    .host_flit_i   (host_flit),
    .start_i       (start),
    .sample_reset_i(sample_reset),
    .idle_o        (idle),
    .quiet_o       (quiet),
    .tick_done_o   (tick_done),
    .stall_i       ({10 * Cores{1'b0}}),
    .spike_valid_o (),
    .spike_neuron_o(),
    .send_valid_o  ()
  );
  /* verilator lint_on PINCONNECTEMPTY */

endmodule
