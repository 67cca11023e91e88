// SPDX-License-Identifier: Apache-2.0
//
// snn_spi: snn_top behind an SPI slave, mode 0, most significant bit first. A frame is a command
// byte and its payload while cs_n is low; the first byte out is the status. Byte by byte:
// docs/reference/serial_port.md.
//
//   sck, cs_n, mosi -> two flip-flops each -> edges -> one shift register, in and out
//
// The clock of the serial side is data here: sck, cs_n and mosi are sampled by clk_i, so sck is at
// most clk_i / 8 (clk_i / 4 for frames whose answer nobody reads).
//
// Handshake  a word that is complete is offered until the next rising edge of sck; not taken by
//            then it is lost, and the status says so (overrun)
// Reset      rst_ni low drops the frame; one that is under way goes on as noise until cs_n rises

`include "snn_assert.svh"

module snn_spi (
  input  logic        clk_i,
  input  logic        rst_ni,

  // Pins, asynchronous.
  input  logic        sck_i,
  input  logic        cs_ni,
  input  logic        mosi_i,
  output logic        miso_o,

  // snn_top.
  output logic        cfg_valid_o,
  input  logic        cfg_ready_i,
  output logic [63:0] cfg_data_o,
  output logic        rd_ready_o,
  input  logic        rd_valid_i,
  input  logic [63:0] rd_data_i,
  output logic        host_valid_o,
  input  logic        host_ready_i,
  output logic [39:0] host_flit_o,
  output logic        start_o,
  output logic        sample_reset_o,
  input  logic        idle_i,
  input  logic        quiet_i,
  input  logic        tick_done_i,

  output logic        restart_o  // asks for rst_ni
);

  // Command bytes.
  localparam logic [7:0] CmdStatus  = 8'h00;
  localparam logic [7:0] CmdWrite   = 8'h01;
  localparam logic [7:0] CmdRead    = 8'h02;
  localparam logic [7:0] CmdHost    = 8'h03;
  localparam logic [7:0] CmdTick    = 8'h04;
  localparam logic [7:0] CmdReset   = 8'h05;
  localparam logic [7:0] CmdRestart = 8'h06;

  typedef enum logic [2:0] {
    Off,      // between frames, or the rest of a frame has no meaning
    Command,
    Write,
    Host,
    Header,   // of a read
    Fetch,    // one byte: the word is read
    Send
  } state_e;

  // Synchronisers: [1] is safe to use, [2] of a cycle before.
  logic [2:0] sck_q, cs_n_q;
  logic [1:0] mosi_q;
  logic       rise, fall, begin_frame, end_frame;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      sck_q  <= '0;
      cs_n_q <= '0;  // a frame begins with an edge that is seen
      mosi_q <= '0;
    end else begin
      sck_q  <= {sck_q[1:0], sck_i};
      cs_n_q <= {cs_n_q[1:0], cs_ni};
      mosi_q <= {mosi_q[0], mosi_i};
    end
  end

  assign begin_frame = cs_n_q[2] & ~cs_n_q[1];
  assign end_frame   = cs_n_q[1];
  assign rise        = sck_q[1] & ~sck_q[2] & ~cs_n_q[1];
  assign fall        = ~sck_q[1] & sck_q[2];

  // The frame: bits and bytes of the current item.
  state_e      state_q;
  logic [63:0] shift_q, shift_in;
  logic [2:0]  bit_q, byte_q, last_byte;
  logic        byte_end, item_end, command_end;
  logic [7:0]  command, status;

  assign shift_in    = {shift_q[62:0], mosi_q[1]};
  assign last_byte   = (state_q == Command || state_q == Fetch) ? 3'd0
                     : (state_q == Host) ? 3'd4 : 3'd7;
  assign byte_end    = rise & (bit_q == 3'd7);
  assign item_end    = byte_end & (byte_q == last_byte);
  assign command_end = item_end & (state_q == Command);
  assign command     = shift_in[7:0];

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Off;
      bit_q   <= '0;
      byte_q  <= '0;
    end else if (begin_frame) begin
      state_q <= Command;
      bit_q   <= '0;
      byte_q  <= '0;
    end else if (end_frame) begin
      state_q <= Off;
    end else begin
      if (rise) bit_q <= bit_q + 3'd1;
      if (byte_end) byte_q <= item_end ? '0 : byte_q + 3'd1;
      if (command_end) begin
        state_q <= (command == CmdWrite) ? Write : (command == CmdHost) ? Host
                 : (command == CmdRead) ? Header : Off;
      end else if (item_end) begin
        if (state_q == Header || state_q == Send) state_q <= Fetch;
        if (state_q == Fetch) state_q <= Send;
      end
    end
  end

  // Nothing shifts in the Fetch byte, in which the word read arrives.
  always_ff @(posedge clk_i) begin
    if (begin_frame) shift_q[63:56] <= status;
    else if (rise && state_q != Fetch) shift_q <= shift_in;
    else if (rd_valid_i) shift_q <= rd_data_i;
    if (begin_frame) miso_o <= status[7];
    else if (fall) miso_o <= shift_q[63];
  end

  // What a frame does: words on offer, commands that wait until nothing is under way.
  logic cfg_q, host_q, fetch_q, start_q, reset_q, restart_q, done_q, overrun_q, rest;

  assign rest           = idle_i & quiet_i & ~cfg_q & ~host_q;
  assign cfg_valid_o    = cfg_q;
  assign cfg_data_o     = shift_q;
  assign host_valid_o   = host_q;
  assign host_flit_o    = shift_q[39:0];
  // A read whose frame ended before its last word runs out.
  assign rd_ready_o     = fetch_q | ~(state_q == Header || state_q == Fetch || state_q == Send);
  assign start_o        = start_q & rest;
  assign sample_reset_o = reset_q & ~start_q & rest;
  assign restart_o      = restart_q;
  assign status         = {4'b1000, overrun_q, done_q, quiet_i, idle_i & ~start_q & ~reset_q};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      cfg_q     <= 1'b0;
      host_q    <= 1'b0;
      fetch_q   <= 1'b0;
      start_q   <= 1'b0;
      reset_q   <= 1'b0;
      restart_q <= 1'b0;
      done_q    <= 1'b0;
      overrun_q <= 1'b0;
    end else begin
      cfg_q     <= (item_end & (state_q == Write || state_q == Header)) | (cfg_q & ~cfg_ready_i & ~rise);
      host_q    <= (item_end & (state_q == Host)) | (host_q & ~host_ready_i & ~rise);
      fetch_q   <= rise & (state_q == Fetch) & (bit_q == 3'd1);
      start_q   <= (command_end & (command == CmdTick)) | (start_q & ~start_o);
      reset_q   <= (command_end & (command == CmdReset)) | (reset_q & ~sample_reset_o);
      restart_q <= command_end & (command == CmdRestart);
      done_q    <= (tick_done_i | done_q) & ~(command_end & (command == CmdTick));
      overrun_q <= (overrun_q & ~(command_end & (command == CmdStatus)))
                 | (rise & ((cfg_q & ~cfg_ready_i) | (host_q & ~host_ready_i)));
    end
  end

  `SNN_ASSERT(OneOffer, 32'(cfg_q) + 32'(host_q) + 32'(start_o) + 32'(sample_reset_o) <= 32'd1)
  `SNN_ASSERT(ReadWhenAsked, !rd_valid_i || state_q != Send)

endmodule
