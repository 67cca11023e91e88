// SPDX-License-Identifier: Apache-2.0
//
// snn_mesh: MeshWidth x MeshHeight tiles; tile id = y * MeshWidth + x. The host's link enters the
// west input of tile (0, 0).
//
// Handshake  valid/ready on every link
// Reset      as its parts

`include "snn_assert.svh"

module snn_mesh #(
  parameter bit Counters = 1'b1
) (
  input  logic         clk_i,
  input  logic         rst_ni,

  // Configuration bus. Read data two cycles after cfg_re_i.
  input  logic         cfg_we_i,
  input  logic         cfg_re_i,
  input  logic         cfg_clear_counters_i,
  input  logic [15:0]  cfg_core_i,
  input  logic [3:0]   cfg_mem_i,
  input  logic [15:0]  cfg_addr_i,
  input  logic [63:0]  cfg_data_i,
  output logic [63:0]  cfg_rdata_o,

  // Sequencer.
  input  logic         u_start_i,
  input  logic         x_start_i,
  input  logic         in_tick_i,
  input  logic [31:0]  tick_i,
  input  logic         clear_walk_i,
  input  logic         reset_walk_i,
  input  logic [15:0]  walk_addr_i,
  output logic         u_done_o,
  output logic         x_done_o,  // every core done and every router empty
  output logic         quiet_o,

  // Host packets, fields as OUTSLOT: x 8, y 8, axon 16, delay 8.
  input  logic         host_valid_i,
  output logic         host_ready_o,
  input  logic [39:0]  host_flit_i,

  // Router outputs that offer nothing, inputs that take nothing, by tile id.
  input  logic [10*snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0]  stall_i,

  // Trace, by tile id.
  output logic [snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0]    spike_valid_o,
  output logic [16*snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0] spike_neuron_o,
  output logic [snn_cfg_pkg::MeshWidth*snn_cfg_pkg::MeshHeight-1:0]    send_valid_o
);

  localparam int unsigned W        = snn_cfg_pkg::MeshWidth;
  localparam int unsigned H        = snn_cfg_pkg::MeshHeight;
  localparam int unsigned Tiles    = W * H;
  localparam int unsigned XBits    = snn_cfg_pkg::XBits;
  localparam int unsigned YBits    = snn_cfg_pkg::YBits;
  localparam int unsigned FlitBits = XBits + YBits + snn_cfg_pkg::AxonBits + snn_cfg_pkg::DelayBits;

  // Link d of tile t is bit 4t + d: north 0, east 1, south 2, west 3.
  logic [4*Tiles-1:0]          out_valid, out_ready, in_valid, in_ready;
  logic [4*Tiles*FlitBits-1:0] out_flit, in_flit;
  logic [Tiles-1:0]            u_done, x_done, quiet, empty, edge_lost;
  logic [Tiles*64-1:0]         rdata;
  logic [FlitBits-1:0]         host_flit;

  assign host_flit = {host_flit_i[32 +: snn_cfg_pkg::DelayBits],
                      host_flit_i[16 +: snn_cfg_pkg::AxonBits],
                      host_flit_i[8 +: YBits], host_flit_i[0 +: XBits]};

  for (genvar y = 0; y < H; y++) begin : gen_y
    for (genvar x = 0; x < W; x++) begin : gen_x
      localparam int unsigned T = y * W + x;
      // What leaves through a link enters the opposite link of the neighbour.
      localparam int unsigned North = (y > 0) ? 4 * (T - W) + 2 : 0;
      localparam int unsigned East  = (x < W - 1) ? 4 * (T + 1) + 3 : 0;
      localparam int unsigned South = (y < H - 1) ? 4 * (T + W) + 0 : 0;
      localparam int unsigned West  = (x > 0) ? 4 * (T - 1) + 1 : 0;

      if (y > 0) begin : gen_north
        assign in_valid[4*T+0]                      = out_valid[North];
        assign in_flit[(4*T+0)*FlitBits +: FlitBits] = out_flit[North*FlitBits +: FlitBits];
        assign out_ready[4*T+0]                     = in_ready[North];
      end else begin : gen_north_edge
        assign in_valid[4*T+0]                      = 1'b0;
        assign in_flit[(4*T+0)*FlitBits +: FlitBits] = '0;
        assign out_ready[4*T+0]                     = 1'b0;
      end

      if (x < W - 1) begin : gen_east
        assign in_valid[4*T+1]                      = out_valid[East];
        assign in_flit[(4*T+1)*FlitBits +: FlitBits] = out_flit[East*FlitBits +: FlitBits];
        assign out_ready[4*T+1]                     = in_ready[East];
      end else begin : gen_east_edge
        assign in_valid[4*T+1]                      = 1'b0;
        assign in_flit[(4*T+1)*FlitBits +: FlitBits] = '0;
        assign out_ready[4*T+1]                     = 1'b0;
      end

      if (y < H - 1) begin : gen_south
        assign in_valid[4*T+2]                      = out_valid[South];
        assign in_flit[(4*T+2)*FlitBits +: FlitBits] = out_flit[South*FlitBits +: FlitBits];
        assign out_ready[4*T+2]                     = in_ready[South];
      end else begin : gen_south_edge
        assign in_valid[4*T+2]                      = 1'b0;
        assign in_flit[(4*T+2)*FlitBits +: FlitBits] = '0;
        assign out_ready[4*T+2]                     = 1'b0;
      end

      if (x > 0) begin : gen_west
        assign in_valid[4*T+3]                      = out_valid[West];
        assign in_flit[(4*T+3)*FlitBits +: FlitBits] = out_flit[West*FlitBits +: FlitBits];
        assign out_ready[4*T+3]                     = in_ready[West];
      end else begin : gen_west_edge
        assign in_valid[4*T+3]                      = (T == 0) ? host_valid_i : 1'b0;
        assign in_flit[(4*T+3)*FlitBits +: FlitBits] = (T == 0) ? host_flit : '0;
        assign out_ready[4*T+3]                     = 1'b0;
      end

      assign edge_lost[T] = (out_valid[4*T+0] & (y == 0)) | (out_valid[4*T+1] & (x == W - 1))
                          | (out_valid[4*T+2] & (y == H - 1)) | (out_valid[4*T+3] & (x == 0));

      snn_tile #(
        .Counters(Counters)
      ) u_tile (
        .clk_i               (clk_i),
        .rst_ni              (rst_ni),
        .x_i                 (XBits'(x)),
        .y_i                 (YBits'(y)),
        .stall_i             (stall_i[10*T +: 10]),
        .id_i                (16'(T)),
        .cfg_we_i            (cfg_we_i),
        .cfg_re_i            (cfg_re_i),
        .cfg_clear_counters_i(cfg_clear_counters_i),
        .cfg_core_i          (cfg_core_i),
        .cfg_mem_i           (cfg_mem_i),
        .cfg_addr_i          (cfg_addr_i),
        .cfg_data_i          (cfg_data_i),
        .cfg_rdata_o         (rdata[64*T +: 64]),
        .u_start_i           (u_start_i),
        .x_start_i           (x_start_i),
        .in_tick_i           (in_tick_i),
        .tick_i              (tick_i),
        .clear_walk_i        (clear_walk_i),
        .reset_walk_i        (reset_walk_i),
        .walk_addr_i         (walk_addr_i),
        .u_done_o            (u_done[T]),
        .x_done_o            (x_done[T]),
        .quiet_o             (quiet[T]),
        .empty_o             (empty[T]),
        .in_valid_i          (in_valid[4*T +: 4]),
        .in_ready_o          (in_ready[4*T +: 4]),
        .in_flit_i           (in_flit[4*T*FlitBits +: 4*FlitBits]),
        .out_valid_o         (out_valid[4*T +: 4]),
        .out_ready_i         (out_ready[4*T +: 4]),
        .out_flit_o          (out_flit[4*T*FlitBits +: 4*FlitBits]),
        .spike_valid_o       (spike_valid_o[T]),
        .spike_neuron_o      (spike_neuron_o[16*T +: 16]),
        .send_valid_o        (send_valid_o[T])
      );
    end
  end

  assign host_ready_o = in_ready[3];
  assign u_done_o     = &u_done;
  assign x_done_o     = (&x_done) & (&empty);
  assign quiet_o      = &quiet;

  always_comb begin
    cfg_rdata_o = '0;
    for (int unsigned t = 0; t < Tiles; t++) cfg_rdata_o = cfg_rdata_o | rdata[64*t +: 64];
  end

  `SNN_ASSERT(FlitStaysInMesh, edge_lost == '0)

endmodule
