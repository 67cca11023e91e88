// SPDX-License-Identifier: Apache-2.0
//
// snn_pkg: the numbers of the configuration stream (docs/reference/timing_model.md). Widths are in
// snn_cfg_pkg, which is generated from the target.

package snn_pkg;

  // op[63:56] of a header.
  localparam logic [7:0] OpWrite = 8'd1;
  localparam logic [7:0] OpRead  = 8'd2;
  localparam logic [7:0] OpClear = 8'd3;

  localparam logic [15:0] AllCores = 16'hFFFF;

  // mem[55:48] of a header, its low four bits on the bus.
  localparam logic [3:0] MemCore    = 4'd0;
  localparam logic [3:0] MemGroup   = 4'd1;
  localparam logic [3:0] MemParam0  = 4'd2;
  localparam logic [3:0] MemParam1  = 4'd3;
  localparam logic [3:0] MemBias    = 4'd4;
  localparam logic [3:0] MemState   = 4'd5;
  localparam logic [3:0] MemAxon    = 4'd6;
  localparam logic [3:0] MemSynapse = 4'd7;
  localparam logic [3:0] MemOutPtr  = 4'd8;
  localparam logic [3:0] MemOutSlot = 4'd9;
  localparam logic [3:0] MemAcc     = 4'd10;
  localparam logic [3:0] MemCounter = 4'd11;
  localparam logic [3:0] MemGlobal  = 4'd12;
  localparam logic [3:0] MemSpike   = 4'd13;

  // Router ports.
  localparam int unsigned Ports     = 5;
  localparam int unsigned PortLocal = 0;
  localparam int unsigned PortNorth = 1;  // y - 1
  localparam int unsigned PortEast  = 2;  // x + 1
  localparam int unsigned PortSouth = 3;  // y + 1
  localparam int unsigned PortWest  = 4;  // x - 1

endpackage
