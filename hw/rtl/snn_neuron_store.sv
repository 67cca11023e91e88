// SPDX-License-Identifier: Apache-2.0
//
// snn_neuron_store: state, parameters and bias of every neuron of a core, one memory each.
//
// Writers of the state: configuration (Idle), the pipeline (phase U), the reset walk (u = 0,
// v = vInit, refractory 0; one neuron per cycle, a cycle behind its address) and the clear walk.
//
// Latency    a read at c gives the outputs at c+1
// Reset      contents need the clear walk

`include "snn_assert.svh"

module snn_neuron_store (
  input  logic                                          clk_i,
  input  logic                                          rst_ni,

  // Configuration: writes by memory, a read of the state.
  input  logic                                          cfg_param0_we_i,
  input  logic                                          cfg_param1_we_i,
  input  logic                                          cfg_bias_we_i,
  input  logic                                          cfg_state_we_i,
  input  logic [15:0]                                   cfg_addr_i,
  input  logic [63:0]                                   cfg_data_i,
  input  logic                                          cfg_state_re_i,

  // Walks: clear writes 0 everywhere, reset restores the initial state.
  input  logic                                          clear_walk_i,
  input  logic                                          reset_walk_i,
  input  logic [15:0]                                   walk_addr_i,

  // Read for the pipeline.
  input  logic                                          re_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0]            raddr_i,
  output logic signed [snn_cfg_pkg::CurrentBits-1:0]    u_o,
  output logic signed [snn_cfg_pkg::MembraneBits-1:0]   v_o,
  output logic        [snn_cfg_pkg::RefractoryBits-1:0] refractory_o,
  output logic signed [snn_cfg_pkg::MembraneBits-1:0]   threshold_o,
  output logic signed [snn_cfg_pkg::MembraneBits-1:0]   reset_o,
  output logic        [snn_cfg_pkg::DecayBits-1:0]      du_o,
  output logic        [snn_cfg_pkg::DecayBits-1:0]      dv_o,
  output logic        [snn_cfg_pkg::RefractoryBits-1:0] refractory_reload_o,
  output logic                                          compare_ge_o,
  output logic                                          reset_subtract_o,
  output logic                                          bias_to_current_o,
  output logic signed [snn_cfg_pkg::BiasMantBits-1:0]   bias_mant_o,
  output logic        [snn_cfg_pkg::BiasExpBits-1:0]    bias_exp_o,

  // State after the tick.
  input  logic                                          we_i,
  input  logic [snn_cfg_pkg::NeuronBits-1:0]            waddr_i,
  input  logic signed [snn_cfg_pkg::CurrentBits-1:0]    u_i,
  input  logic signed [snn_cfg_pkg::MembraneBits-1:0]   v_i,
  input  logic        [snn_cfg_pkg::RefractoryBits-1:0] refractory_i
);

  localparam int unsigned Neurons    = snn_cfg_pkg::Neurons;
  localparam int unsigned NBits      = snn_cfg_pkg::NeuronBits;
  localparam int unsigned UBits      = snn_cfg_pkg::CurrentBits;
  localparam int unsigned VBits      = snn_cfg_pkg::MembraneBits;
  localparam int unsigned RBits      = snn_cfg_pkg::RefractoryBits;
  localparam int unsigned DBits      = snn_cfg_pkg::DecayBits;
  localparam int unsigned MBits      = snn_cfg_pkg::BiasMantBits;
  localparam int unsigned EBits      = snn_cfg_pkg::BiasExpBits;
  // All fields, the optional ones on top; what the target's range makes constant is not stored.
  localparam int unsigned StateAll   = UBits + VBits + RBits;
  localparam int unsigned Param0All  = VBits + 2 * DBits + RBits + 3;
  localparam int unsigned Param1All  = 2 * VBits + EBits;
  localparam int unsigned NoRef      = (snn_cfg_pkg::RefractoryMax == 1) ? RBits : 0;
  localparam int unsigned NoExp      = (snn_cfg_pkg::BiasExpMax == 0) ? EBits : 0;
  localparam int unsigned StateBits  = StateAll - NoRef;
  localparam int unsigned Param0Bits = Param0All - NoRef;
  localparam int unsigned Param1Bits = Param1All - NoExp;

  logic [NBits-1:0]      addr, walk_addr, walk_addr_q, state_waddr;
  logic                  walk_hit, clear_hit, reset_hit, reset_hit_q;
  logic [StateAll-1:0]   state_wdata;
  logic [Param0All-1:0]  cfg_param0;
  logic [Param1All-1:0]  cfg_param1;
  logic [StateBits-1:0]  state;
  logic [Param0Bits-1:0] param0;
  logic [Param1Bits-1:0] param1;
  logic [VBits-1:0]      v_init;

  assign walk_addr = NBits'(walk_addr_i);
  assign walk_hit  = 32'(walk_addr_i) < Neurons;
  assign clear_hit = clear_walk_i & walk_hit;
  assign reset_hit = reset_walk_i & walk_hit;
  assign addr      = re_i ? raddr_i : reset_walk_i ? walk_addr : NBits'(cfg_addr_i);

  // The reset walk reads vInit, then writes it a cycle later.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) reset_hit_q <= 1'b0;
    else reset_hit_q <= reset_hit;
  end
  always_ff @(posedge clk_i) begin
    walk_addr_q <= walk_addr;
  end

  always_comb begin
    state_waddr = NBits'(cfg_addr_i);
    state_wdata = {cfg_data_i[48 +: RBits], cfg_data_i[24 +: VBits], cfg_data_i[0 +: UBits]};
    if (we_i) begin
      state_waddr = waddr_i;
      state_wdata = {refractory_i, v_i, u_i};
    end else if (reset_hit_q) begin
      state_waddr = walk_addr_q;
      state_wdata = {{RBits{1'b0}}, v_init, {UBits{1'b0}}};
    end else if (clear_hit) begin
      state_waddr = walk_addr;
      state_wdata = '0;
    end
  end

  snn_sram_1r1w #(
    .Width(StateBits),
    .Depth(Neurons)
  ) u_state (
    .clk_i  (clk_i),
    .re_i   (re_i | cfg_state_re_i),
    .raddr_i(addr),
    .rdata_o(state),
    .we_i   (we_i | reset_hit_q | clear_hit | cfg_state_we_i),
    .waddr_i(state_waddr),
    .wdata_i(StateBits'(state_wdata))
  );
  assign {refractory_o, v_o, u_o} = StateAll'(state);

  assign cfg_param0 = {cfg_data_i[48 +: RBits], cfg_data_i[56:54], cfg_data_i[36 +: DBits],
                       cfg_data_i[24 +: DBits], cfg_data_i[0 +: VBits]};

  snn_sram_1r1w #(
    .Width(Param0Bits),
    .Depth(Neurons)
  ) u_param0 (
    .clk_i  (clk_i),
    .re_i   (re_i),
    .raddr_i(addr),
    .rdata_o(param0),
    .we_i   (cfg_param0_we_i | clear_hit),
    .waddr_i(clear_hit ? walk_addr : NBits'(cfg_addr_i)),
    .wdata_i(clear_hit ? '0 : Param0Bits'(cfg_param0))
  );
  assign {refractory_reload_o, bias_to_current_o, reset_subtract_o, compare_ge_o, dv_o, du_o,
          threshold_o} = Param0All'(param0);

  assign cfg_param1 = {cfg_data_i[48 +: EBits], cfg_data_i[24 +: VBits], cfg_data_i[0 +: VBits]};

  snn_sram_1r1w #(
    .Width(Param1Bits),
    .Depth(Neurons)
  ) u_param1 (
    .clk_i  (clk_i),
    .re_i   (re_i | reset_hit),
    .raddr_i(addr),
    .rdata_o(param1),
    .we_i   (cfg_param1_we_i | clear_hit),
    .waddr_i(clear_hit ? walk_addr : NBits'(cfg_addr_i)),
    .wdata_i(clear_hit ? '0 : Param1Bits'(cfg_param1))
  );
  assign {bias_exp_o, v_init, reset_o} = Param1All'(param1);

  snn_sram_1r1w #(
    .Width(MBits),
    .Depth(Neurons)
  ) u_bias (
    .clk_i  (clk_i),
    .re_i   (re_i),
    .raddr_i(addr),
    .rdata_o(bias_mant_o),
    .we_i   (cfg_bias_we_i | clear_hit),
    .waddr_i(clear_hit ? walk_addr : NBits'(cfg_addr_i)),
    .wdata_i(clear_hit ? '0 : cfg_data_i[0 +: MBits])
  );

  // What is not stored because it can only be 0.
  logic unused_fields;
  assign unused_fields = &{1'b0, state_wdata, cfg_param0, cfg_param1};

  `SNN_ASSERT(OneStateWriter, (32'(we_i) + 32'(reset_hit_q) + 32'(clear_hit)
              + 32'(cfg_state_we_i)) <= 32'd1)

endmodule
