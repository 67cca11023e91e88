// SPDX-License-Identifier: Apache-2.0
//
// snn_core_crossbar: a crossbar core (TrueNorth-like). Phase U updates neurons into a spike list,
// phase X sends the list and marks what arrives. docs/reference/crossbar_core.md.
//
//   messages -> snn_scheduler -> spikes by axon type
//   snn_walk -> snn_crossbar_store -> snn_neuron_crossbar -> snn_spike_tx -> flits
//
// Handshake  valid/ready on flits; flits in and configuration are always taken
// Reset      rst_ni low, then the clear walk

`include "snn_assert.svh"

module snn_core_crossbar #(
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

  // Trace: a spike of phase U, when its membrane is written.
  output logic                               spike_valid_o,
  output logic [snn_cfg_pkg::NeuronBits-1:0] spike_neuron_o
);

  localparam int unsigned NBits    = snn_cfg_pkg::NeuronBits;
  localparam int unsigned GBits    = snn_cfg_pkg::GroupBits;
  localparam int unsigned ABits    = snn_cfg_pkg::AxonBits;
  localparam int unsigned VBits    = snn_cfg_pkg::MembraneBits;
  localparam int unsigned LBits    = snn_cfg_pkg::LeakBits;
  localparam int unsigned TBits    = snn_cfg_pkg::ThresholdBits;
  localparam int unsigned SlotBits = snn_cfg_pkg::DelayBits;
  localparam int unsigned RowBits  = snn_cfg_pkg::RowBits;
  localparam int unsigned Axons    = snn_cfg_pkg::InputAxons;
  localparam int unsigned Types    = snn_cfg_pkg::AxonTypes;
  localparam int unsigned TypeBits = snn_cfg_pkg::TypeBits;
  // The configuration word has 8 bits for the number of groups.
  localparam int unsigned NgBits   = (GBits < 8) ? GBits + 1 : 8;

  // Registers: groups, and the type of every axon (all are needed at once), a vector per type bit.
  logic [GBits:0]            ngroups_q;
  logic [TypeBits*Axons-1:0] types_q;
  logic                      type_we;
  logic [ABits-1:0]          type_axon;
  logic [Axons-1:0]          type_hit;

  assign type_we   = clear_walk_i ? (32'(walk_addr_i) < Axons)
                                  : (cfg_we_i & (cfg_mem_i == snn_pkg::MemAxon));
  assign type_axon = clear_walk_i ? ABits'(walk_addr_i) : ABits'(cfg_addr_i);
  assign type_hit  = Axons'(1) << type_axon;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ngroups_q <= '0;
    end else if (cfg_we_i && cfg_mem_i == snn_pkg::MemCore && cfg_addr_i[0]) begin
      ngroups_q <= (GBits + 1)'(cfg_data_i[0 +: NgBits]);
    end
  end

  // Whole vectors: Yosys takes an indexed bit for a driver of all of them.
  for (genvar b = 0; b < TypeBits; b++) begin : gen_type_bit
    logic value;
    assign value = ~clear_walk_i & cfg_data_i[b];
    always_ff @(posedge clk_i) begin
      if (type_we) begin
        types_q[b*Axons +: Axons] <= (types_q[b*Axons +: Axons] & ~type_hit)
                                   | (type_hit & {Axons{value}});
      end
    end
  end

  // Slot of this tick.
  logic [SlotBits-1:0] tick_slot;
  assign tick_slot = tick_i[SlotBits-1:0] & SlotBits'(snn_cfg_pkg::DelaySlots - 1);

  // Receiving: in phase X tick_i is the next tick already.
  logic             merged, setting;
  logic [Axons-1:0] spikes;

  assign in_ready_o = 1'b1;

  snn_scheduler #(
    .Axons(Axons),
    .Slots(snn_cfg_pkg::DelaySlots)
  ) u_scheduler (
    .clk_i      (clk_i),
    .rst_ni     (rst_ni),
    .set_i      (in_valid_i),
    .set_slot_i ((tick_slot + in_delay_i) & SlotBits'(snn_cfg_pkg::DelaySlots - 1)),
    .set_axon_i (in_axon_i),
    .merged_o   (merged),
    .busy_o     (setting),
    .take_i     (u_start_i),
    .take_slot_i(tick_slot),
    .row_o      (spikes),
    .walk_i     (clear_walk_i | reset_walk_i),
    .walk_addr_i(walk_addr_i)
  );

  logic [Types*Axons-1:0] spikes_by_type;
  logic                   any_spike;

  assign any_spike = spikes != '0;
  for (genvar k = 0; k < Types; k++) begin : gen_type
    logic [Axons-1:0] of_type;
    always_comb begin
      of_type = '1;
      for (int unsigned b = 0; b < TypeBits; b++) begin
        of_type = of_type & (types_q[b*Axons +: Axons] ^ {Axons{~k[b]}});
      end
    end
    assign spikes_by_type[k*Axons +: Axons] = spikes & of_type;
  end

  // Phase U.
  logic               row_read, issue, s1_valid, s2_valid, s3_valid;
  logic [RowBits-1:0] row;
  logic [7:0]         asleep;
  logic [NBits-1:0]   issue_neuron, s1_neuron, s3_neuron;
  logic               s3_spike, s3_active, s3_clamped, cfg_wakes;
  logic               update_busy, update_done, update_drained;
  logic [15:0]        s3_synops;

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
    .row_due_i     (any_spike),
    .asleep_o      (asleep),
    .issue_o       (issue),
    .neuron_o      (issue_neuron),
    .s1_valid_o    (s1_valid),
    .s1_neuron_o   (s1_neuron),
    .s3_valid_i    (s3_valid),
    .s3_neuron_i   (s3_neuron),
    .s3_live_i     (s3_active),
    .busy_o        (update_busy),
    .done_o        (update_done)
  );

  logic [Axons-1:0]                          s1_row;
  logic                                      s1_enabled, s1_linear, s1_inclusive;
  logic signed [VBits-1:0]                   s1_v, s3_v;
  logic signed [LBits-1:0]                   s1_leak;
  logic signed [TBits-1:0]                   s1_threshold, s1_floor, s1_reset;
  logic [Types*snn_cfg_pkg::WeightBits-1:0]  s1_weights;

  snn_crossbar_store u_store (
    .clk_i            (clk_i),
    .rst_ni           (rst_ni),
    .cfg_we_i         (cfg_we_i),
    .cfg_state_re_i   (cfg_re_i & (cfg_mem_i == snn_pkg::MemState)),
    .cfg_mem_i        (cfg_mem_i),
    .cfg_addr_i       (cfg_addr_i),
    .cfg_data_i       (cfg_data_i),
    .clear_walk_i     (clear_walk_i),
    .reset_walk_i     (reset_walk_i),
    .walk_addr_i      (walk_addr_i),
    .re_i             (issue),
    .raddr_i          (issue_neuron),
    .row_o            (s1_row),
    .enabled_o        (s1_enabled),
    .linear_o         (s1_linear),
    .floor_inclusive_o(s1_inclusive),
    .v_o              (s1_v),
    .leak_o           (s1_leak),
    .threshold_o      (s1_threshold),
    .floor_o          (s1_floor),
    .reset_o          (s1_reset),
    .weights_o        (s1_weights),
    .we_i             (s3_valid),
    .waddr_i          (s3_neuron),
    .v_i              (s3_v)
  );

  snn_neuron_crossbar u_neuron (
    .clk_i               (clk_i),
    .rst_ni              (rst_ni),
    .spikes_i            (spikes_by_type),
    .in_valid_i          (s1_valid),
    .in_neuron_i         (s1_neuron),
    .in_row_i            (s1_row),
    .in_enabled_i        (s1_enabled),
    .in_linear_i         (s1_linear),
    .in_floor_inclusive_i(s1_inclusive),
    .in_v_i              (s1_v),
    .in_leak_i           (s1_leak),
    .in_threshold_i      (s1_threshold),
    .in_floor_i          (s1_floor),
    .in_reset_i          (s1_reset),
    .in_weights_i        (s1_weights),
    .mid_valid_o         (s2_valid),
    .out_valid_o         (s3_valid),
    .out_neuron_o        (s3_neuron),
    .out_v_o             (s3_v),
    .out_spike_o         (s3_spike),
    .out_active_o        (s3_active),
    .out_clamped_o       (s3_clamped),
    .out_synops_o        (s3_synops)
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

  assign rx_idle_o = ~setting;
  assign u_done_o  = update_drained;
  assign x_done_o  = tx_done & rx_idle_o;

  // Counters.
  logic        busy;
  logic [63:0] counter_data;

  assign busy = update_busy | s1_valid | s2_valid | s3_valid | tx_busy | ~rx_idle_o;

  snn_counters #(
    .Present(Counters)
  ) u_counters (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .clear_i           (cfg_clear_counters_i),
    .re_i              (cfg_re_i & (cfg_mem_i == snn_pkg::MemCounter)),
    .raddr_i           (cfg_addr_i[3:0]),
    .rdata_o           (counter_data),
    .synops_i          (s3_valid ? s3_synops : '0),
    .synapse_word_i    (issue),
    .axon_lookup_i     (in_valid_i),
    .update_active_i   (s3_valid & s3_active),
    .updates_inactive_i(asleep + {7'd0, s3_valid & ~s3_active}),
    .spike_i           (spike_valid_o),
    .message_i         (out_valid_o & out_ready_i),
    .hop_i             (hop_i),
    .busy_i            (in_tick_i & busy),
    .idle_i            (in_tick_i & ~busy),
    .acc_wraps_i       ({7'd0, merged}),
    .current_wrap_i    (1'b0),
    .membrane_clamp_i  (s3_valid & s3_clamped)
  );

  snn_readback u_readback (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .re_i     (cfg_re_i),
    .mem_i    (cfg_mem_i),
    .state_i  ({16'd0, 24'(s1_v), 24'd0}),
    .acc_i    ('0),
    .counter_i(counter_data),
    .spike_i  (spike_data),
    .rdata_o  (cfg_rdata_o)
  );

  // A row number is all that the walk needs; this core has no memory that is read by rows.
  logic unused_row;
  assign unused_row = &{1'b0, row_read, row};

  `SNN_ASSERT(NothingArrivesInU, !(issue && ~rx_idle_o))
  `SNN_ASSERT(AxonExists, !in_valid_i || 32'(in_axon_i) < Axons)
  `SNN_ASSERT(DelayExists, !in_valid_i || 32'(in_delay_i) + 32'd1 < snn_cfg_pkg::DelaySlots)

endmodule
