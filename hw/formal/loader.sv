// SPDX-License-Identifier: Apache-2.0
//
// loader: snn_cfg_loader does what the stream says. Word k of a write command for (core, memory,
// address) is on the bus once, in the cycle after it was taken, at address + k; a read command is
// `count` bus reads in order, whatever rd_ready_i does; nothing else ever is on the bus, and no word
// is taken while the loader is not enabled.
//
// What a command is, is counted here from the stream alone.
//
// Assumptions: none but a reset in the first cycle.

module loader (
  input logic        clk_i,
  input logic        enable_i,
  input logic        cfg_valid_i,
  input logic [63:0] cfg_data_i,
  input logic        rd_ready_i
);

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  logic        cfg_ready, we, re, clear, rd_valid, write_word, busy;
  logic [15:0] core, addr;
  logic [3:0]  mem;
  logic [63:0] data;

  snn_cfg_loader u_loader (
    .clk_i               (clk_i),
    .rst_ni              (rst_n),
    .enable_i            (enable_i),
    .cfg_valid_i         (cfg_valid_i),
    .cfg_ready_o         (cfg_ready),
    .cfg_data_i          (cfg_data_i),
    .bus_we_o            (we),
    .bus_re_o            (re),
    .bus_clear_counters_o(clear),
    .bus_core_o          (core),
    .bus_mem_o           (mem),
    .bus_addr_o          (addr),
    .bus_data_o          (data),
    .rd_ready_i          (rd_ready_i),
    .rd_valid_o          (rd_valid),
    .write_word_o        (write_word),
    .busy_o              (busy)
  );

  // Commands, counted from the stream: k words or reads of the present one are over.
  logic        reading, take, header, command_end;
  logic [15:0] k_q, count_q, base_q, core_q;
  logic [3:0]  mem_q;
  logic [1:0]  what_q;  // 0 none, 1 write, 2 read

  assign take        = cfg_valid_i & cfg_ready;
  assign header      = take & (what_q == 2'd0);
  assign reading     = what_q == 2'd2;
  assign command_end = k_q + 16'd1 == count_q;

  // A cycle later: what the bus must show.
  logic        we_q, re_q, clear_q, re_1_q, re_2_q;
  logic [15:0] at_q;
  logic [63:0] word_q;

  always_ff @(posedge clk_i or negedge rst_n) begin
    if (!rst_n) begin
      what_q  <= 2'd0;
      k_q     <= '0;
      we_q    <= 1'b0;
      re_q    <= 1'b0;
      re_1_q  <= 1'b0;
      re_2_q  <= 1'b0;
      clear_q <= 1'b0;
    end else begin
      we_q    <= take & (what_q == 2'd1);
      re_q    <= reading & rd_ready_i;
      re_1_q  <= re_q;
      re_2_q  <= re_1_q;
      clear_q <= header & (cfg_data_i[63:56] == 8'd3);
      at_q    <= base_q + k_q;
      word_q  <= cfg_data_i;
      if (header) begin
        what_q  <= (cfg_data_i[31:16] == '0) ? 2'd0
                 : (cfg_data_i[63:56] == 8'd1) ? 2'd1 : (cfg_data_i[63:56] == 8'd2) ? 2'd2 : 2'd0;
        mem_q   <= cfg_data_i[51:48];
        core_q  <= cfg_data_i[47:32];
        count_q <= cfg_data_i[31:16];
        base_q  <= cfg_data_i[15:0];
        k_q     <= '0;
      end else if (take || (reading && rd_ready_i)) begin
        k_q <= k_q + 16'd1;
        if (command_end) what_q <= 2'd0;
      end
    end
  end

  // Driven from inside (loader.proof), for the steps of the induction.
  (* keep *) logic [15:0] left, next;
  (* keep *) logic [1:0]  state;

  always @(posedge clk_i) begin
    if (rst_n) begin
      // Steps: the loader is where the stream is.
      StateIsTheCommand: assert (state == what_q);
      LeftIsWhatIsLeft: assert (what_q == 2'd0 || (left == count_q - k_q && left != '0));
      NextIsInOrder: assert (what_q == 2'd0 || next == base_q + k_q);
      CoreIsTheCommands: assert (what_q == 2'd0 || (core == core_q && mem == mem_q));
      // What is to be proven.
      TakenWhenEnabled: assert (!cfg_ready || (enable_i && !reading));
      WriteWhenTaken: assert (we == we_q);
      ReadWhenAsked: assert (re == re_q);
      ClearWhenAsked: assert (clear == clear_q);
      WhereItBelongs: assert (!(we || re) || (core == core_q && mem == mem_q && addr == at_q));
      WhatItIs: assert (!we || data == word_q);
      AnswersInTime: assert (rd_valid == re_2_q);
      CountsWords: assert (write_word == (take && (what_q == 2'd1 || (header && cfg_data_i[63:56] == 8'd1))));
      BusyInACommand: assert (busy || !(we || re || rd_valid || what_q != 2'd0));
      ReadsAllOfIt: cover (re && k_q == 16'd3 && what_q == 2'd0);
      WritesAllOfIt: cover (we && k_q == 16'd2 && what_q == 2'd0);
    end
  end

endmodule
