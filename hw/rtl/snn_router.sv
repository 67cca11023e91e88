// SPDX-License-Identifier: Apache-2.0
//
// snn_router: five ports, dimension order (X first, then Y), a FIFO per input, a round-robin
// arbiter per output. No flit is dropped, doubled or overtaken on its path.
//
// Latency    a flit written into an empty FIFO at c is offered at its output at c+1
// Handshake  valid/ready; valid does not depend on ready; in_ready is registered (FIFO not full)
// Reset      rst_ni low empties the FIFOs; arbiters point to input 0

`include "snn_assert.svh"

module snn_router #(
  parameter int unsigned FlitBits = 8,  // destination x in the low bits, then y, then the rest
  parameter int unsigned XBits    = 1,
  parameter int unsigned YBits    = 1,
  parameter int unsigned Depth    = 2   // flits per input
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,

  // Configuration: where this router lies.
  input  logic [XBits-1:0]      x_i,
  input  logic [YBits-1:0]      y_i,

  // [4:0] outputs that offer nothing in this cycle, [9:5] inputs that take nothing.
  input  logic [9:0]            stall_i,

  // Ports in the order of snn_pkg: local, north, east, south, west.
  input  logic [4:0]            in_valid_i,
  output logic [4:0]            in_ready_o,
  input  logic [5*FlitBits-1:0] in_flit_i,

  output logic [4:0]            out_valid_o,
  input  logic [4:0]            out_ready_i,
  output logic [5*FlitBits-1:0] out_flit_o,

  output logic                  empty_o
);

  localparam int unsigned Ports = snn_pkg::Ports;

  logic [Ports-1:0]          head_valid, head_pop, out_go, out_take;
  logic [Ports*FlitBits-1:0] head_flit;
  logic [Ports*Ports-1:0]    want;   // [i*Ports + o]: the head of input i goes to output o
  logic [Ports*Ports-1:0]    grant;  // [o*Ports + i]

  for (genvar i = 0; i < Ports; i++) begin : gen_in
    logic [FlitBits-1:0] flit;
    logic [XBits-1:0]    to_x;
    logic [YBits-1:0]    to_y;
    logic [Ports-1:0]    pops, route;
    logic                ready;

    snn_fifo #(
      .Width(FlitBits),
      .Depth(Depth)
    ) u_fifo (
      .clk_i      (clk_i),
      .rst_ni     (rst_ni),
      .in_valid_i (in_valid_i[i] & ~stall_i[Ports+i]),
      .in_ready_o (ready),
      .in_data_i  (in_flit_i[i*FlitBits +: FlitBits]),
      .out_valid_o(head_valid[i]),
      .out_ready_i(head_pop[i]),
      .out_data_o (flit)
    );

    assign in_ready_o[i] = ready & ~stall_i[Ports+i];

    assign to_x = flit[XBits-1:0];
    assign to_y = flit[XBits +: YBits];

    always_comb begin
      route = '0;
      if (to_x > x_i) route[snn_pkg::PortEast] = 1'b1;
      else if (to_x < x_i) route[snn_pkg::PortWest] = 1'b1;
      else if (to_y > y_i) route[snn_pkg::PortSouth] = 1'b1;
      else if (to_y < y_i) route[snn_pkg::PortNorth] = 1'b1;
      else route[snn_pkg::PortLocal] = 1'b1;
    end

    for (genvar o = 0; o < Ports; o++) begin : gen_want
      assign want[i*Ports+o] = head_valid[i] & route[o];
      assign pops[o]         = grant[o*Ports+i] & out_go[o];
    end

    assign head_flit[i*FlitBits +: FlitBits] = flit;
    assign head_pop[i]                       = pops != '0;
  end

  for (genvar o = 0; o < Ports; o++) begin : gen_out
    logic [Ports-1:0]    req, won;
    logic [FlitBits-1:0] flit;

    for (genvar i = 0; i < Ports; i++) begin : gen_req
      assign req[i] = want[i*Ports+o];
    end

    assign out_valid_o[o] = (req != '0) & ~stall_i[o];
    assign out_go[o]      = out_ready_i[o] & ~stall_i[o];
    assign out_take[o]    = (req != '0) & out_go[o];

    snn_arb_rr #(
      .Inputs(Ports)
    ) u_arb (
      .clk_i  (clk_i),
      .rst_ni (rst_ni),
      .req_i  (req),
      .take_i (out_take[o]),
      .grant_o(won)
    );

    always_comb begin
      flit = '0;
      for (int unsigned i = 0; i < Ports; i++) begin
        if (won[i]) flit = flit | head_flit[i*FlitBits +: FlitBits];
      end
    end

    assign grant[o*Ports +: Ports]            = won;
    assign out_flit_o[o*FlitBits +: FlitBits] = flit;
  end

  assign empty_o = head_valid == '0;

endmodule
