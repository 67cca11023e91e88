// SPDX-License-Identifier: Apache-2.0
//
// snn_sram_1rw: synchronous memory with one port: a cycle reads or writes. For what is loaded once
// and then only read. A technology cell like snn_sram_1r1w.
//
// Latency    a read issued at c gives data at c+1, held until the next read
// Reset      none: contents are undefined until written (snn_top's clear walk writes all of it)

module snn_sram_1rw #(
  parameter  int unsigned Width = 8,  // [bits]
  parameter  int unsigned Depth = 2,  // [entries] >= 1
  localparam int unsigned AddrBits = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic                clk_i,

  input  logic                en_i,
  input  logic                we_i,  // with en_i: write, else read
  input  logic [AddrBits-1:0] addr_i,
  input  logic [Width-1:0]    wdata_i,
  output logic [Width-1:0]    rdata_o
);

  logic [Width-1:0] mem [0:Depth-1];

  always_ff @(posedge clk_i) begin
    if (en_i) begin
      if (we_i) mem[addr_i] <= wdata_i;
      else rdata_o <= mem[addr_i];
    end
  end

endmodule
