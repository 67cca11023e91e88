// SPDX-License-Identifier: Apache-2.0
//
// snn_core: neurons, synapses and axons of one core. Phase U updates neurons into a spike list,
// phase X sends the list and adds what arrives. docs/reference/timing_model.md to the clock cycle.
//
//   messages -> snn_axon_rx -> snn_synapse_decode -> snn_accumulator
//   snn_walk -> snn_neuron_store + snn_accumulator -> snn_neuron_cuba -> snn_spike_tx -> flits
//
// Handshake  valid/ready on flits; configuration is always taken
// Reset      rst_ni low, then the clear walk

`include "snn_assert.svh"

module snn_core #(
  parameter bit Counters = 1'b1
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // Configuration bus, already selected for this core. Read data two cycles after cfg_re_i, else 0.
  input  logic                               cfg_we_i,
  input  logic                               cfg_re_i,
  input  logic                               cfg_clear_counters_i,
  input  logic [3:0]                         cfg_mem_i,
  input  logic [15:0]                        cfg_addr_i,
  input  logic [63:0]                        cfg_data_i,
  output logic [63:0]                        cfg_rdata_o,

  // Sequencer.
  input  logic                               u_start_i,
  input  logic                               x_start_i,
  input  logic                               in_tick_i,  // phase U or X
  input  logic [31:0]                        tick_i,
  input  logic                               clear_walk_i,
  input  logic                               reset_walk_i,
  input  logic [15:0]                        walk_addr_i,
  output logic                               u_done_o,
  output logic                               x_done_o,
  output logic                               rx_idle_o,

  // In: flits for this core; x and y were used up by the routers.
  input  logic                               in_valid_i,
  output logic                               in_ready_o,
  input  logic [snn_cfg_pkg::AxonBits-1:0]   in_axon_i,
  input  logic [snn_cfg_pkg::DelayBits-1:0]  in_delay_i,

  // Out: flits of this core's spikes.
  output logic                               out_valid_o,
  input  logic                               out_ready_i,
  output logic [snn_cfg_pkg::XBits+snn_cfg_pkg::YBits+snn_cfg_pkg::AxonBits
                +snn_cfg_pkg::DelayBits-1:0] out_flit_o,

  input  logic [3:0]                         hop_i,  // flits leaving the router: n, e, s, w

  // Trace: a spike of phase U, when its state is written.
  output logic                               spike_valid_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] spike_neuron_o
);

  localparam int unsigned NBits    = snn_cfg_pkg::NeuronBits;
  localparam int unsigned GBits    = snn_cfg_pkg::GroupBits;
  localparam int unsigned UBits    = snn_cfg_pkg::CurrentBits;
  localparam int unsigned VBits    = snn_cfg_pkg::MembraneBits;
  localparam int unsigned RefBits  = snn_cfg_pkg::RefractoryBits;
  localparam int unsigned DecBits  = snn_cfg_pkg::DecayBits;
  localparam int unsigned AccBits  = snn_cfg_pkg::AccBits;
  localparam int unsigned SlotBits = snn_cfg_pkg::DelayBits;
  localparam int unsigned Lanes    = snn_cfg_pkg::Lanes;
  localparam int unsigned RowBits  = snn_cfg_pkg::RowBits;
  localparam int unsigned LaneBits = snn_cfg_pkg::LaneBits;
  localparam int unsigned WBits    = snn_cfg_pkg::WeightBits;
  localparam int unsigned IndexBits = $clog2(snn_cfg_pkg::Neurons);
  // The configuration word has 8 bits for the number of groups.
  localparam int unsigned NgBits   = (GBits < 8) ? GBits + 1 : 8;

  // Core registers.
  logic signed [VBits-1:0] vmin_q, vmax_q;
  logic        [GBits:0]   ngroups_q;
  logic                    du_offset_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      vmin_q      <= '0;
      vmax_q      <= '0;
      ngroups_q   <= '0;
      du_offset_q <= 1'b0;
    end else if (cfg_we_i && cfg_mem_i == snn_pkg::MemCore) begin
      if (!cfg_addr_i[0]) begin
        vmin_q <= cfg_data_i[0 +: VBits];
        vmax_q <= cfg_data_i[24 +: VBits];
      end else begin
        ngroups_q   <= (GBits + 1)'(cfg_data_i[0 +: NgBits]);
        du_offset_q <= cfg_data_i[8];
      end
    end
  end

  // Slot of this tick.
  logic [SlotBits-1:0] tick_slot;
  assign tick_slot = tick_i[SlotBits-1:0] & SlotBits'(snn_cfg_pkg::DelaySlots - 1);

  // Phase U.
  logic               row_read, row_nonzero, issue, s1_valid, s2_valid, s3_valid;
  logic [RowBits-1:0] row;
  logic [7:0]         asleep;
  logic [NBits-1:0]   issue_neuron, s1_neuron, s3_neuron;
  logic               s3_spike, s3_active, s3_live, s3_wrapped, s3_clamped, cfg_wakes;
  logic               update_busy, update_done, update_drained;

  // What a write of these memories may change wakes the neuron's row.
  assign cfg_wakes = (cfg_mem_i == snn_pkg::MemParam0) | (cfg_mem_i == snn_pkg::MemParam1)
                   | (cfg_mem_i == snn_pkg::MemBias) | (cfg_mem_i == snn_pkg::MemState);

  snn_walk u_walk (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .cfg_ngroups_i (ngroups_q),
    .cfg_group_we_i(cfg_we_i & (cfg_mem_i == snn_pkg::MemGroup)),
    .cfg_wake_i    (cfg_we_i & cfg_wakes),
    .cfg_addr_i    (cfg_addr_i),
    .cfg_data_i    (cfg_data_i),
    .clear_walk_i  (clear_walk_i),
    .reset_walk_i  (reset_walk_i),
    .walk_addr_i   (walk_addr_i),
    .u_start_i     (u_start_i),
    .x_start_i     (x_start_i),
    .tick_i        (tick_i),
    .row_read_o    (row_read),
    .row_o         (row),
    .row_due_i     (row_nonzero),
    .asleep_o      (asleep),
    .issue_o       (issue),
    .neuron_o      (issue_neuron),
    .s1_valid_o    (s1_valid),
    .s1_neuron_o   (s1_neuron),
    .s3_valid_i    (s3_valid),
    .s3_neuron_i   (s3_neuron),
    .s3_live_i     (s3_live),
    .busy_o        (update_busy),
    .done_o        (update_done)
  );

  logic signed [UBits-1:0]   s1_u, s3_u;
  logic signed [VBits-1:0]   s1_v, s3_v, s1_threshold, s1_reset;
  logic        [RefBits-1:0] s1_refractory, s3_refractory, s1_reload;
  logic        [DecBits-1:0] s1_du, s1_dv;
  logic                      s1_ge, s1_subtract, s1_to_current;
  logic signed [snn_cfg_pkg::BiasMantBits-1:0] s1_bias_mant;
  logic        [snn_cfg_pkg::BiasExpBits-1:0]  s1_bias_exp;
  logic signed [AccBits-1:0] lane_acc, s1_acc_q;

  // Live: it was not at rest before, or is not now, or did something (docs: "a fixed point").
  assign s3_live = s3_active | s3_spike | (s3_u != '0) | (s3_v != '0) | (s3_refractory != '0);

  snn_neuron_store u_store (
    .clk_i              (clk_i),
    .rst_ni             (rst_ni),
    .cfg_param0_we_i    (cfg_we_i & (cfg_mem_i == snn_pkg::MemParam0)),
    .cfg_param1_we_i    (cfg_we_i & (cfg_mem_i == snn_pkg::MemParam1)),
    .cfg_bias_we_i      (cfg_we_i & (cfg_mem_i == snn_pkg::MemBias)),
    .cfg_state_we_i     (cfg_we_i & (cfg_mem_i == snn_pkg::MemState)),
    .cfg_addr_i         (cfg_addr_i),
    .cfg_data_i         (cfg_data_i),
    .cfg_state_re_i     (cfg_re_i & (cfg_mem_i == snn_pkg::MemState)),
    .clear_walk_i       (clear_walk_i),
    .reset_walk_i       (reset_walk_i),
    .walk_addr_i        (walk_addr_i),
    .re_i               (issue),
    .raddr_i            (issue_neuron),
    .u_o                (s1_u),
    .v_o                (s1_v),
    .refractory_o       (s1_refractory),
    .threshold_o        (s1_threshold),
    .reset_o            (s1_reset),
    .du_o               (s1_du),
    .dv_o               (s1_dv),
    .refractory_reload_o(s1_reload),
    .compare_ge_o       (s1_ge),
    .reset_subtract_o   (s1_subtract),
    .bias_to_current_o  (s1_to_current),
    .bias_mant_o        (s1_bias_mant),
    .bias_exp_o         (s1_bias_exp),
    .we_i               (s3_valid),
    .waddr_i            (s3_neuron),
    .u_i                (s3_u),
    .v_i                (s3_v),
    .refractory_i       (s3_refractory)
  );

  snn_neuron_cuba u_neuron (
    .clk_i                 (clk_i),
    .rst_ni                (rst_ni),
    .cfg_du_offset_i       (du_offset_q),
    .cfg_vmin_i            (vmin_q),
    .cfg_vmax_i            (vmax_q),
    .in_valid_i            (s1_valid),
    .in_neuron_i           (s1_neuron),
    .in_u_i                (s1_u),
    .in_v_i                (s1_v),
    .in_refractory_i       (s1_refractory),
    .in_acc_i              (s1_acc_q),
    .in_threshold_i        (s1_threshold),
    .in_reset_i            (s1_reset),
    .in_du_i               (s1_du),
    .in_dv_i               (s1_dv),
    .in_refractory_reload_i(s1_reload),
    .in_compare_ge_i       (s1_ge),
    .in_reset_subtract_i   (s1_subtract),
    .in_bias_to_current_i  (s1_to_current),
    .in_bias_mant_i        (s1_bias_mant),
    .in_bias_exp_i         (s1_bias_exp),
    .mid_valid_o           (s2_valid),
    .out_valid_o           (s3_valid),
    .out_neuron_o          (s3_neuron),
    .out_u_o               (s3_u),
    .out_v_o               (s3_v),
    .out_refractory_o      (s3_refractory),
    .out_spike_o           (s3_spike),
    .out_active_o          (s3_active),
    .out_wrapped_o         (s3_wrapped),
    .out_clamped_o         (s3_clamped)
  );

  assign update_drained = update_done & ~(s1_valid | s2_valid | s3_valid);
  assign spike_valid_o  = s3_valid & s3_spike;
  assign spike_neuron_o = s3_neuron;

  // Sending.
  logic        tx_busy, tx_done;
  logic [63:0] spike_data;

  snn_spike_tx u_tx (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .cfg_ptr_we_i (cfg_we_i & (cfg_mem_i == snn_pkg::MemOutPtr)),
    .cfg_slot_we_i(cfg_we_i & (cfg_mem_i == snn_pkg::MemOutSlot)),
    .cfg_re_i     (cfg_re_i & (cfg_mem_i == snn_pkg::MemSpike)),
    .cfg_addr_i   (cfg_addr_i),
    .cfg_data_i   (cfg_data_i),
    .walk_i       (clear_walk_i),
    .walk_addr_i  (walk_addr_i),
    .rdata_o      (spike_data),
    .u_start_i    (u_start_i),
    .x_start_i    (x_start_i),
    .spike_i      (spike_valid_o),
    .neuron_i     (s3_neuron),
    .flit_valid_o (out_valid_o),
    .flit_ready_i (out_ready_i),
    .flit_o       (out_flit_o),
    .busy_o       (tx_busy),
    .done_o       (tx_done)
  );

  // Receiving.
  logic                     word_valid, word_sparse, rx_accepted, rx_issued, rx_busy, adding;
  logic [63:0]              word;
  logic [RowBits-1:0]       word_row;
  logic [2:0]               word_exponent;
  logic [SlotBits-1:0]      word_slot;
  logic [Lanes-1:0]         lane_en;
  logic [Lanes*RowBits-1:0] lane_row;
  logic [Lanes*WBits-1:0]   lane_weight;
  logic [7:0]               synops, acc_wraps;

  snn_axon_rx u_rx (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .cfg_axon_we_i   (cfg_we_i & (cfg_mem_i == snn_pkg::MemAxon)),
    .cfg_synapse_we_i(cfg_we_i & (cfg_mem_i == snn_pkg::MemSynapse)),
    .cfg_addr_i      (cfg_addr_i),
    .cfg_data_i      (cfg_data_i),
    .walk_i          (clear_walk_i),
    .walk_addr_i     (walk_addr_i),
    .tick_slot_i     (tick_slot),
    .msg_valid_i     (in_valid_i),
    .msg_ready_o     (in_ready_o),
    .msg_axon_i      (in_axon_i),
    .msg_delay_i     (in_delay_i),
    .word_valid_o    (word_valid),
    .word_o          (word),
    .word_sparse_o   (word_sparse),
    .word_row_o      (word_row),
    .word_exponent_o (word_exponent),
    .word_slot_o     (word_slot),
    .accepted_o      (rx_accepted),
    .issued_o        (rx_issued),
    .busy_o          (rx_busy)
  );

  snn_synapse_decode u_decode (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .valid_i      (word_valid),
    .sparse_i     (word_sparse),
    .row_i        (word_row),
    .word_i       (word),
    .lane_en_o    (lane_en),
    .lane_row_o   (lane_row),
    .lane_weight_o(lane_weight)
  );

  // The accumulator is read by rows in phase U, or by configuration: slot * neurons + neuron. A
  // neuron takes its lane when it is issued: with the last one the next row is read already.
  logic                acc_cfg_re;
  logic [LaneBits-1:0] cfg_lane_q, acc_lane;
  logic [SlotBits-1:0] acc_slot;
  logic [RowBits-1:0]  acc_row;

  assign acc_cfg_re = cfg_re_i & (cfg_mem_i == snn_pkg::MemAcc);
  assign acc_slot   = row_read ? tick_slot : cfg_addr_i[IndexBits +: SlotBits];
  assign acc_row    = row_read ? row : RowBits'(32'(cfg_addr_i[IndexBits-1:0]) >> LaneBits);
  assign acc_lane   = issue ? issue_neuron[LaneBits-1:0] : cfg_lane_q;

  always_ff @(posedge clk_i) begin
    if (acc_cfg_re) cfg_lane_q <= cfg_addr_i[LaneBits-1:0];
    if (issue) s1_acc_q <= lane_acc;
  end

  snn_accumulator u_acc (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .add_valid_i   (word_valid),
    .add_slot_i    (word_slot),
    .add_exponent_i(word_exponent),
    .add_en_i      (lane_en),
    .add_row_i     (lane_row),
    .add_weight_i  (lane_weight),
    .adding_o      (adding),
    .synops_o      (synops),
    .wraps_o       (acc_wraps),
    .re_i          (row_read | acc_cfg_re),
    .read_slot_i   (acc_slot),
    .read_row_i    (acc_row),
    .lane_i        (acc_lane),
    .rdata_o       (lane_acc),
    .nonzero_o     (row_nonzero),
    .clear_i       (s3_valid),
    .clear_slot_i  (tick_slot),
    .clear_neuron_i(s3_neuron),
    .walk_i        (clear_walk_i | reset_walk_i),
    .walk_addr_i   (walk_addr_i)
  );

  assign rx_idle_o = ~(rx_busy | adding);
  assign u_done_o  = update_drained;
  assign x_done_o  = tx_done & rx_idle_o;

  // Counters.
  logic        busy;
  logic [63:0] counter_data;

  assign busy = update_busy | s1_valid | s2_valid | s3_valid | tx_busy | ~rx_idle_o;

  snn_counters #(
    .Present(Counters)
  ) u_counters (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .clear_i          (cfg_clear_counters_i),
    .re_i             (cfg_re_i & (cfg_mem_i == snn_pkg::MemCounter)),
    .raddr_i          (cfg_addr_i[3:0]),
    .rdata_o          (counter_data),
    .synops_i         (16'(synops)),
    .synapse_word_i   (rx_issued),
    .axon_lookup_i    (rx_accepted),
    .update_active_i  (s3_valid & s3_active),
    .updates_inactive_i(asleep + {7'd0, s3_valid & ~s3_active}),
    .spike_i          (spike_valid_o),
    .message_i        (out_valid_o & out_ready_i),
    .hop_i            (hop_i),
    .busy_i           (in_tick_i & busy),
    .idle_i           (in_tick_i & ~busy),
    .acc_wraps_i      (acc_wraps),
    .current_wrap_i   (s3_valid & s3_wrapped),
    .membrane_clamp_i (s3_valid & s3_clamped)
  );

  snn_readback u_readback (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .re_i     (cfg_re_i),
    .mem_i    (cfg_mem_i),
    .state_i  ((64'(s1_refractory) << 48) | (64'($unsigned(s1_v)) << 24)
               | 64'($unsigned(s1_u))),
    .acc_i    (64'($unsigned(lane_acc))),
    .counter_i(counter_data),
    .spike_i  (spike_data),
    .rdata_o  (cfg_rdata_o)
  );

  `SNN_ASSERT(NothingArrivesInU, !(issue && ~rx_idle_o))

endmodule
