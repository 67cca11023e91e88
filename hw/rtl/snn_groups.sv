// SPDX-License-Identifier: Apache-2.0
//
// snn_groups: the neuron groups of a core, walked in order: neurons first .. first+count-1 update
// in the ticks t_first <= tick < t_end.
//
// Latency    start_i or next_i at c: the group's fields from c+1, held until the next
// Reset      contents need the clear walk

module snn_groups (
  input  logic                                  clk_i,

  // Configuration write: address 2g is {count, first}, 2g+1 {t_end, t_first}.
  input  logic                                  cfg_we_i,
  input  logic [15:0]                           cfg_addr_i,
  input  logic [63:0]                           cfg_data_i,
  // Clear walk.
  input  logic                                  walk_i,
  input  logic [15:0]                           walk_addr_i,

  input  logic [31:0]                           tick_i,
  input  logic                                  read_i,
  input  logic [snn_cfg_pkg::GroupBits-1:0]     read_group_i,

  output logic                                  open_o,   // in its window and not empty
  output logic [snn_cfg_pkg::NeuronBits-1:0]    first_o,
  output logic [snn_cfg_pkg::NeuronBits:0]      count_o
);

  localparam int unsigned Groups    = snn_cfg_pkg::Groups;
  localparam int unsigned GBits     = snn_cfg_pkg::GroupBits;
  localparam int unsigned NBits     = snn_cfg_pkg::NeuronBits;
  localparam int unsigned RangeBits = 2 * NBits + 1;

  logic             walk_hit, range_we, window_we;
  logic [GBits-1:0] raddr, waddr;
  logic [63:0]      window;

  assign raddr     = read_group_i;
  assign walk_hit  = walk_i & (32'(walk_addr_i) < Groups);
  assign range_we  = (cfg_we_i & ~cfg_addr_i[0]) | walk_hit;
  assign window_we = (cfg_we_i & cfg_addr_i[0]) | walk_hit;
  assign waddr     = walk_i ? GBits'(walk_addr_i) : GBits'(cfg_addr_i >> 1);

  snn_sram_1r1w #(
    .Width(RangeBits),
    .Depth(Groups)
  ) u_range (
    .clk_i  (clk_i),
    .re_i   (read_i),
    .raddr_i(raddr),
    .rdata_o({count_o, first_o}),
    .we_i   (range_we),
    .waddr_i(waddr),
    .wdata_i(walk_i ? '0 : {cfg_data_i[16 +: NBits+1], cfg_data_i[NBits-1:0]})
  );

  snn_sram_1r1w #(
    .Width(64),
    .Depth(Groups)
  ) u_window (
    .clk_i  (clk_i),
    .re_i   (read_i),
    .raddr_i(raddr),
    .rdata_o(window),
    .we_i   (window_we),
    .waddr_i(waddr),
    .wdata_i(walk_i ? '0 : cfg_data_i)
  );

  assign open_o = (window[31:0] <= tick_i) & (tick_i < window[63:32]) & (count_o != '0);

endmodule
