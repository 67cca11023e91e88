// SPDX-License-Identifier: Apache-2.0
//
// snn_cfg_loader: the configuration stream onto the configuration bus, and read data back.
//
//   header  op[63:56] mem[55:48] core[47:32] count[31:16] address[15:0]
//   write   count words follow, one bus write each; the address counts up
//   read    count bus reads; read data come back in order, three cycles after their issue
//   clear   counters to 0
//
// Handshake  valid/ready in; one word per cycle while enabled, none during a read; one read per
//            cycle with rd_ready_i, its data are always taken
// Reset      rst_ni low waits for a header

`include "snn_assert.svh"

module snn_cfg_loader (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        enable_i,  // phase Idle

  // In: the stream.
  input  logic        cfg_valid_i,
  output logic        cfg_ready_o,
  input  logic [63:0] cfg_data_i,

  // Out: the bus, registered.
  output logic        bus_we_o,
  output logic        bus_re_o,
  output logic        bus_clear_counters_o,
  output logic [15:0] bus_core_o,
  output logic [3:0]  bus_mem_o,
  output logic [15:0] bus_addr_o,
  output logic [63:0] bus_data_o,
  input  logic        rd_ready_i,  // a read may be issued
  output logic        rd_valid_o,  // two cycles after bus_re_o

  output logic        write_word_o,  // a word of a write command is taken
  output logic        busy_o         // inside a command
);

  typedef enum logic [1:0] {
    Header,
    Write,
    Read
  } state_e;

  state_e      state_q;
  logic [15:0] left_q, addr_q;
  logic        re_q2, re_q3, take, read, known;
  logic [7:0]  op;
  logic [15:0] count;

  assign cfg_ready_o  = enable_i & (state_q != Read);
  assign take         = cfg_valid_i & cfg_ready_o;
  assign read         = (state_q == Read) & rd_ready_i;
  assign op           = cfg_data_i[63:56];
  assign count        = cfg_data_i[31:16];
  assign known        = (op == snn_pkg::OpWrite) | (op == snn_pkg::OpRead)
                      | (op == snn_pkg::OpClear);
  assign write_word_o = take & ((state_q == Write) | (op == snn_pkg::OpWrite));
  assign busy_o       = (state_q != Header) | bus_we_o | bus_re_o | re_q2 | re_q3;
  assign rd_valid_o   = re_q3;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q              <= Header;
      left_q               <= '0;
      addr_q               <= '0;
      re_q2                <= 1'b0;
      re_q3                <= 1'b0;
      bus_we_o             <= 1'b0;
      bus_re_o             <= 1'b0;
      bus_clear_counters_o <= 1'b0;
      bus_core_o           <= '0;
      bus_mem_o            <= '0;
      bus_addr_o           <= '0;
      bus_data_o           <= '0;
    end else begin
      bus_we_o             <= take & (state_q == Write);
      bus_re_o             <= read;
      bus_clear_counters_o <= take & (state_q == Header) & (op == snn_pkg::OpClear);
      re_q2                <= bus_re_o;
      re_q3                <= re_q2;
      if (state_q == Header) begin
        if (take) begin
          bus_core_o <= cfg_data_i[47:32];
          bus_mem_o  <= cfg_data_i[51:48];
          addr_q     <= cfg_data_i[15:0];
          left_q     <= count;
          if (count != '0 && op == snn_pkg::OpWrite) state_q <= Write;
          if (count != '0 && op == snn_pkg::OpRead) state_q <= Read;
        end
      end else if (read || take) begin
        bus_addr_o <= addr_q;
        bus_data_o <= cfg_data_i;
        addr_q     <= addr_q + 16'd1;
        left_q     <= left_q - 16'd1;
        if (left_q == 16'd1) state_q <= Header;
      end
    end
  end

  // The bus has four bits for the memory; the rest must be 0.
  logic unused_header;
  assign unused_header = &{1'b0, known, cfg_data_i[55:52]};

  `SNN_ASSERT(OpKnown, !(take && state_q == Header) || known)
  `SNN_ASSERT(MemKnown, !(take && state_q == Header) || cfg_data_i[55:48] <= 8'd13)

endmodule
