// SPDX-License-Identifier: Apache-2.0
//
// snn_crossbar_store: crossbar rows, parameters, weights and membranes of a crossbar core.
//
// Writers of the membrane: configuration (Idle), the pipeline (phase U), the reset walk (v = vInit;
// one neuron per cycle, a cycle behind its address) and the clear walk.
//
// Latency    a read at c gives the outputs at c+1
// Reset      contents need the clear walk

`include "snn_assert.svh"

module snn_crossbar_store (
  input  logic                                         clk_i,
  input  logic                                         rst_ni,

  // Configuration: writes by memory, a read of the state.
  input  logic                                         cfg_we_i,
  input  logic                                         cfg_state_re_i,
  input  logic [3:0]                                   cfg_mem_i,
  input  logic [15:0]                                  cfg_addr_i,
  input  logic [63:0]                                  cfg_data_i,

  input  logic                                         clear_walk_i,
  input  logic                                         reset_walk_i,
  input  logic [15:0]                                  walk_addr_i,

  // Read for the pipeline.
  input  logic                                         re_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0]           raddr_i,
  output logic [snn_cfg_pkg::InputAxons-1:0]           row_o,
  output logic                                         enabled_o,
  output logic                                         linear_o,
  output logic                                         floor_inclusive_o,
  output logic signed [snn_cfg_pkg::MembraneBits-1:0]  v_o,
  output logic signed [snn_cfg_pkg::LeakBits-1:0]      leak_o,
  output logic signed [snn_cfg_pkg::ThresholdBits-1:0] threshold_o,
  output logic signed [snn_cfg_pkg::ThresholdBits-1:0] floor_o,
  output logic signed [snn_cfg_pkg::ThresholdBits-1:0] reset_o,
  output logic [snn_cfg_pkg::AxonTypes*snn_cfg_pkg::WeightBits-1:0] weights_o,

  // Membrane after the tick.
  input  logic                                         we_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0]           waddr_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]  v_i
);

  localparam int unsigned Neurons    = snn_cfg_pkg::Neurons;
  localparam int unsigned NBits      = snn_cfg_pkg::NeuronBits;
  localparam int unsigned VBits      = snn_cfg_pkg::MembraneBits;
  localparam int unsigned LBits      = snn_cfg_pkg::LeakBits;
  localparam int unsigned TBits      = snn_cfg_pkg::ThresholdBits;
  localparam int unsigned WBits      = snn_cfg_pkg::WeightBits;
  localparam int unsigned Types      = snn_cfg_pkg::AxonTypes;
  localparam int unsigned RowWords   = snn_cfg_pkg::RowWords;
  localparam int unsigned WordBits   = $clog2(RowWords);  // of a word in its row
  localparam int unsigned Param0Bits = 2 * TBits + LBits;
  localparam int unsigned Param1Bits = TBits + VBits + 3;

  logic [NBits-1:0]       addr, walk_addr, walk_addr_q, cfg_neuron, v_waddr, param_waddr;
  logic                   walk_hit, clear_hit, reset_hit, reset_hit_q;
  logic                   cfg_param0, cfg_param1, cfg_weights, cfg_state, cfg_synapse;
  logic [VBits-1:0]       v_wdata, v_init;
  logic [Types*WBits-1:0] cfg_weight_word;

  assign cfg_param0  = cfg_we_i & (cfg_mem_i == snn_pkg::MemParam0);
  assign cfg_param1  = cfg_we_i & (cfg_mem_i == snn_pkg::MemParam1);
  assign cfg_weights = cfg_we_i & (cfg_mem_i == snn_pkg::MemBias);
  assign cfg_state   = cfg_we_i & (cfg_mem_i == snn_pkg::MemState);
  assign cfg_synapse = cfg_we_i & (cfg_mem_i == snn_pkg::MemSynapse);

  assign walk_addr   = NBits'(walk_addr_i);
  assign walk_hit    = 32'(walk_addr_i) < Neurons;
  assign clear_hit   = clear_walk_i & walk_hit;
  assign reset_hit   = reset_walk_i & walk_hit;
  assign cfg_neuron  = NBits'(cfg_addr_i);
  assign addr        = re_i ? raddr_i : reset_walk_i ? walk_addr : cfg_neuron;
  assign param_waddr = clear_hit ? walk_addr : cfg_neuron;

  // The reset walk reads vInit, then writes it a cycle later.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) reset_hit_q <= 1'b0;
    else reset_hit_q <= reset_hit;
  end
  always_ff @(posedge clk_i) begin
    walk_addr_q <= walk_addr;
  end

  always_comb begin
    v_waddr = cfg_neuron;
    v_wdata = cfg_data_i[24 +: VBits];
    if (we_i) begin
      v_waddr = waddr_i;
      v_wdata = v_i;
    end else if (reset_hit_q) begin
      v_waddr = walk_addr_q;
      v_wdata = v_init;
    end else if (clear_hit) begin
      v_waddr = walk_addr;
      v_wdata = '0;
    end
  end

  snn_sram_1r1w #(
    .Width(VBits),
    .Depth(Neurons)
  ) u_v (
    .clk_i  (clk_i),
    .re_i   (re_i | cfg_state_re_i),
    .raddr_i(addr),
    .rdata_o(v_o),
    .we_i   (we_i | reset_hit_q | clear_hit | cfg_state),
    .waddr_i(v_waddr),
    .wdata_i(v_wdata)
  );

  snn_sram_1r1w #(
    .Width(Param0Bits),
    .Depth(Neurons)
  ) u_param0 (
    .clk_i  (clk_i),
    .re_i   (re_i),
    .raddr_i(addr),
    .rdata_o({leak_o, floor_o, threshold_o}),
    .we_i   (cfg_param0 | clear_hit),
    .waddr_i(param_waddr),
    .wdata_i(clear_hit ? '0 : {cfg_data_i[48 +: LBits], cfg_data_i[24 +: TBits],
                               cfg_data_i[0 +: TBits]})
  );

  snn_sram_1r1w #(
    .Width(Param1Bits),
    .Depth(Neurons)
  ) u_param1 (
    .clk_i  (clk_i),
    .re_i   (re_i | reset_hit),
    .raddr_i(addr),
    .rdata_o({floor_inclusive_o, linear_o, enabled_o, v_init, reset_o}),
    .we_i   (cfg_param1 | clear_hit),
    .waddr_i(param_waddr),
    .wdata_i(clear_hit ? '0 : {cfg_data_i[50:48], cfg_data_i[24 +: VBits], cfg_data_i[0 +: TBits]})
  );

  for (genvar k = 0; k < Types; k++) begin : gen_type
    assign cfg_weight_word[k*WBits +: WBits] = cfg_data_i[16*k +: WBits];
  end

  snn_sram_1r1w #(
    .Width(Types * WBits),
    .Depth(Neurons)
  ) u_weights (
    .clk_i  (clk_i),
    .re_i   (re_i),
    .raddr_i(addr),
    .rdata_o(weights_o),
    .we_i   (cfg_weights | clear_hit),
    .waddr_i(param_waddr),
    .wdata_i(clear_hit ? '0 : cfg_weight_word)
  );

  // A row is read whole and written in words of 64 bits.
  for (genvar w = 0; w < RowWords; w++) begin : gen_word
    snn_sram_1r1w #(
      .Width(64),
      .Depth(Neurons)
    ) u_row (
      .clk_i  (clk_i),
      .re_i   (re_i),
      .raddr_i(addr),
      .rdata_o(row_o[64*w +: 64]),
      .we_i   ((cfg_synapse & ((32'(cfg_addr_i) & (RowWords - 1)) == w)) | clear_hit),
      .waddr_i(clear_hit ? walk_addr : NBits'(cfg_addr_i >> WordBits)),
      .wdata_i(clear_hit ? '0 : cfg_data_i)
    );
  end

  `SNN_ASSERT(OneStateWriter, (32'(we_i) + 32'(reset_hit_q) + 32'(clear_hit)
              + 32'(cfg_state)) <= 32'd1)

endmodule
