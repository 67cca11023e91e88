// SPDX-License-Identifier: Apache-2.0
//
// snn_core as the barrier sees it (barrier.sv): it works in phase U as long as it likes, sends as many
// flits as it likes to whom it likes in phase X, takes what arrives when it likes, and is busy with
// each as long as it likes. What it promises, as snn_core does: an offered flit is held; it is done
// with phase U until the next x_start_i and done with sending until the next u_start_i.
//
// Trace: spike_valid_o at work; spike_neuron_o[0] a marked flit leaves; [1] one that came in is done.

module snn_core #(
  parameter bit Counters = 1'b1
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic                               cfg_we_i,
  input  logic                               cfg_re_i,
  input  logic                               cfg_clear_counters_i,
  input  logic [3:0]                         cfg_mem_i,
  input  logic [15:0]                        cfg_addr_i,
  input  logic [63:0]                        cfg_data_i,
  output logic [63:0]                        cfg_rdata_o,
  input  logic                               u_start_i,
  input  logic                               x_start_i,
  input  logic                               in_tick_i,
  input  logic [31:0]                        tick_i,
  input  logic                               clear_walk_i,
  input  logic                               reset_walk_i,
  input  logic [15:0]                        walk_addr_i,
  output logic                               u_done_o,
  output logic                               x_done_o,
  output logic                               rx_idle_o,
  input  logic                               in_valid_i,
  output logic                               in_ready_o,
  input  logic [snn_cfg_pkg::AxonBits-1:0]   in_axon_i,
  input  logic [snn_cfg_pkg::DelayBits-1:0]  in_delay_i,
  output logic                               out_valid_o,
  input  logic                               out_ready_i,
  output logic [snn_cfg_pkg::XBits+snn_cfg_pkg::YBits+snn_cfg_pkg::AxonBits
                +snn_cfg_pkg::DelayBits-1:0] out_flit_o,
  input  logic [3:0]                         hop_i,
  output logic                               spike_valid_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] spike_neuron_o
);

  localparam int unsigned ToBits = snn_cfg_pkg::XBits + snn_cfg_pkg::YBits;

  // Free choices of each cycle.
  (* anyseq *) logic              finish_u, finish_tx, finish_rx, offer, ready, mark;
  (* anyseq *) logic [ToBits-1:0] to;

  logic              u_done_q, u_work_q, tx_done_q, tx_work_q, offer_q, mark_q, rx_work_q, rx_mark_q;
  logic [ToBits-1:0] to_q;
  logic              accept, taken;

  assign accept = in_valid_i & in_ready_o;
  assign taken  = out_valid_o & out_ready_i;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      u_done_q  <= 1'b0;
      u_work_q  <= 1'b0;
      tx_done_q <= 1'b0;
      tx_work_q <= 1'b0;
      offer_q   <= 1'b0;
      mark_q    <= 1'b0;
      to_q      <= '0;
      rx_work_q <= 1'b0;
      rx_mark_q <= 1'b0;
    end else begin
      if (u_start_i) begin
        u_work_q <= 1'b1;
        u_done_q <= 1'b0;
      end else if (u_work_q && finish_u) begin
        u_work_q <= 1'b0;
        u_done_q <= 1'b1;
      end else if (x_start_i) begin
        u_done_q <= 1'b0;
      end
      if (x_start_i) begin
        tx_work_q <= 1'b1;
      end else if (u_start_i) begin
        tx_done_q <= 1'b0;
      end else if (tx_work_q && !offer_q) begin
        offer_q <= offer;
        mark_q  <= offer & mark;
        to_q    <= to;
        if (!offer && finish_tx) begin
          tx_work_q <= 1'b0;
          tx_done_q <= 1'b1;
        end
      end else if (taken) begin
        offer_q <= 1'b0;
        mark_q  <= 1'b0;
      end
      if (accept) begin
        rx_work_q <= 1'b1;
        rx_mark_q <= in_delay_i[0];
      end else if (finish_rx) begin
        rx_work_q <= 1'b0;
        rx_mark_q <= 1'b0;
      end
    end
  end

  assign cfg_rdata_o    = '0;
  assign in_ready_o     = ready & ~rx_work_q;
  assign out_valid_o    = offer_q;
  assign out_flit_o     = {mark_q, {snn_cfg_pkg::AxonBits{1'b0}}, to_q};
  assign u_done_o       = u_done_q;
  assign x_done_o       = tx_done_q & ~rx_work_q;
  assign rx_idle_o      = ~rx_work_q;
  assign spike_valid_o  = u_work_q | tx_work_q | rx_work_q;
  assign spike_neuron_o = snn_cfg_pkg::NeuronBits'({rx_mark_q & finish_rx & ~accept, taken & mark_q});

  // Help the proof along: what this core is at in each phase of the sequencer (barrier.proof).
  (* keep *) logic [2:0] phase;
  logic u_phase, x_phase;
  assign u_phase = phase == 3'd2;
  assign x_phase = phase == 3'd3;

  always @(posedge clk_i) begin
    if (rst_ni) begin
      RestsOutsideTicks: assert (u_phase || x_phase || !(u_work_q || u_done_q || tx_work_q));
      UpdatesInU: assert (!u_phase || (u_work_q ^ u_done_q) == !u_start_i);
      SendsNothingInU: assert (!u_phase || !(tx_work_q || rx_work_q || (tx_done_q && !u_start_i)));
      SendsInX: assert (!x_phase || x_start_i || (tx_work_q ^ tx_done_q));
      UpdatesNothingInX: assert (!x_phase || (!u_work_q && u_done_q == x_start_i));
      OffersWhileSending: assert (!offer_q || tx_work_q);
      MarksAreFlits: assert ((offer_q || !mark_q) && (rx_work_q || !rx_mark_q));
    end
  end

endmodule
