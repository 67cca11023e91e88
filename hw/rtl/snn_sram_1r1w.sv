// SPDX-License-Identifier: Apache-2.0
//
// snn_sram_1r1w: synchronous memory, one read and one write port. The only technology cell: an ASIC
// or FPGA flow replaces this file.
//
// Latency    a read issued at c gives data at c+1, held until the next read
// Collision  reading an address in the cycle it is written gives the old data
// Reset      none: contents are undefined until written (snn_top's clear walk writes all of it)

module snn_sram_1r1w #(
  parameter  int unsigned Width = 8,  // [bits]
  parameter  int unsigned Depth = 2,  // [entries] >= 1
  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                clk_i,

  input  logic                re_i,
  input  logic [AddrBits-1:0] raddr_i,
  output logic [Width-1:0]    rdata_o,

  input  logic                we_i,
  input  logic [AddrBits-1:0] waddr_i,
  input  logic [Width-1:0]    wdata_i
);

  logic [Width-1:0] mem [0:Depth-1];

  always_ff @(posedge clk_i) begin
    if (re_i) rdata_o <= mem[raddr_i];
    if (we_i) mem[waddr_i] <= wdata_i;
  end

endmodule
