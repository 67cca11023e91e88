// SPDX-License-Identifier: Apache-2.0
//
// snn_tb: plays config.hex through the configuration port and then stimulus.hex, and compares what
// the machine does with what stimulus.hex says. Ends with PASS, or with FAIL and $fatal.
//
// Words of stimulus.hex: op[63:56] count[31:0], then
//   0 end
//   1 configure  count words for the configuration port
//   2 reset      a sample reset
//   3 inject     count host packets, until the network is quiet
//   4 tick       its length in cycles, then its count spikes: core[31:16] neuron[15:0]
//   5 read       a read header, then the count words that must come back
//
// One process drives clock and inputs: inputs change while the clock falls, outputs are sampled just
// before it rises.

module snn_tb;
  localparam int unsigned Cores   = snn_cfg_pkg::MeshWidth * snn_cfg_pkg::MeshHeight;
  localparam int unsigned Neurons = snn_cfg_pkg::Neurons;
  localparam int unsigned MaxWait = 100_000_000;  // [cycles] no phase of a live machine is longer
  localparam int unsigned Shown   = 10;           // differences that are printed

  logic [63:0] config_words [0:snn_tb_pkg::ConfigWords-1];
  logic [63:0] stimulus     [0:snn_tb_pkg::StimulusWords-1];

  logic                clk, rst_n, cfg_valid, cfg_ready, rd_valid, host_valid, host_ready;
  logic                start, sample_reset, idle, quiet, tick_done;
  logic [63:0]         cfg_data, rd_data;
  logic [39:0]         host_flit;
  logic [Cores-1:0]    spike_valid, send_valid;
  logic [16*Cores-1:0] spike_neuron;

  snn_top u_dut (
    .clk_i         (clk),
    .rst_ni        (rst_n),
    .cfg_valid_i   (cfg_valid),
    .cfg_ready_o   (cfg_ready),
    .cfg_data_i    (cfg_data),
    .rd_ready_i    (1'b1),
    .rd_valid_o    (rd_valid),
    .rd_data_o     (rd_data),
    .host_valid_i  (host_valid),
    .host_ready_o  (host_ready),
    .host_flit_i   (host_flit),
    .start_i       (start),
    .sample_reset_i(sample_reset),
    .idle_o        (idle),
    .quiet_o       (quiet),
    .tick_done_o   (tick_done),
    .stall_i       ('0),
    .spike_valid_o (spike_valid),
    .spike_neuron_o(spike_neuron),
    .send_valid_o  (send_valid)
  );

  int unsigned errors = 0, waited = 0, at = 0, ticks = 0, spikes = 0, compared = 0;
  logic        expected [0:Cores*Neurons-1];  // spikes of this tick

  function void differ(input string what, input longint unsigned index,
                       input longint unsigned want, input longint unsigned got);
    errors++;
    if (errors <= Shown)
      $display("tick %0d: %s %0d: expected %0h, got %0h", ticks, what, index, want, got);
  endfunction

  // A cycle: settle, sample, edge.
  task settle();
    clk = 1'b0;
    #5;
    waited++;
    if (waited > MaxWait) begin
      $display("FAIL: the machine hangs at word %0d of stimulus.hex", at);
      $fatal(1, "hang");
    end
  endtask
  task step();
    clk = 1'b1;
    #5;
  endtask
  task cycles(input int unsigned n);
    for (int unsigned i = 0; i < n; i++) begin
      settle();
      step();
    end
  endtask
  task until_idle();
    logic done;
    waited = 0;
    done   = 1'b0;
    while (!done) begin
      settle();
      done = idle;
      step();
    end
  endtask

  task send(input logic [63:0] word);
    logic done;
    waited    = 0;
    done      = 1'b0;
    cfg_valid = 1'b1;
    cfg_data  = word;
    while (!done) begin
      settle();
      done = cfg_ready;
      step();
    end
    cfg_valid = 1'b0;
  endtask

  task inject(input int unsigned count);
    logic done;
    for (int unsigned i = 0; i < count; i++) begin
      waited     = 0;
      done       = 1'b0;
      host_valid = 1'b1;
      host_flit  = stimulus[at + i][39:0];
      while (!done) begin
        settle();
        done = host_ready;
        step();
      end
    end
    host_valid = 1'b0;
    waited     = 0;
    done       = 1'b0;
    while (!done) begin
      settle();
      done = quiet;
      step();
    end
  endtask

  task sample_start();
    sample_reset = 1'b1;
    cycles(1);
    sample_reset = 1'b0;
    until_idle();
  endtask

  // `count` expected spikes from `at` + 1 on, the length at `at`.
  task tick(input int unsigned count);
    logic            done;
    longint unsigned length;
    int unsigned     earlier;
    for (int unsigned i = 1; i <= count; i++)
      expected[32'(stimulus[at + i][31:16]) * Neurons + 32'(stimulus[at + i][15:0])] = 1'b1;
    earlier = spikes;
    start  = 1'b1;
    cycles(1);
    start  = 1'b0;
    length = 0;
    waited = 0;
    done   = 1'b0;
    while (!done) begin
      settle();
      done = tick_done;
      if (!done) begin
        length++;
        for (int unsigned core = 0; core < Cores; core++)
          if (spike_valid[core]) take_spike(core, 32'(spike_neuron[16*core+:16]));
      end
      step();
    end
    if (spikes - earlier != count) differ("number of spikes", 0, 64'(count), 64'(spikes) - 64'(earlier));
    if (length != stimulus[at]) differ("length of the tick", 0, stimulus[at], length);
    for (int unsigned i = 1; i <= count; i++)
      if (expected[32'(stimulus[at + i][31:16]) * Neurons + 32'(stimulus[at + i][15:0])]) begin
        differ("no spike of neuron", longint'(stimulus[at + i][15:0]), 1, 0);
        expected[32'(stimulus[at + i][31:16]) * Neurons + 32'(stimulus[at + i][15:0])] = 1'b0;
      end
    ticks++;
  endtask
  function void take_spike(input int unsigned core, input int unsigned neuron);
    spikes++;
    if (!expected[core * Neurons + neuron]) differ("spike of neuron", 64'(neuron), 0, 1);
    expected[core * Neurons + neuron] = 1'b0;
  endfunction

  task read(input int unsigned count);
    int unsigned got;
    send(stimulus[at]);
    waited = 0;
    got    = 0;
    while (got < count) begin
      settle();
      if (rd_valid) begin
        got++;
        compared++;
        if (rd_data != stimulus[at + got])
          differ($sformatf("word %0d of memory %0d of core", got - 1, stimulus[at][55:48]),
                 64'(stimulus[at][47:32]), stimulus[at + got], rd_data);
      end
      step();
    end
  endtask

  task play();
    logic        done;
    int unsigned count;
    done = 1'b0;
    at   = 0;
    while (!done) begin
      count = stimulus[at][31:0];
      at    = at + 1;
      case (stimulus[at-1][63:56])
        8'd0: done = 1'b1;
        8'd1: begin
          for (int unsigned i = 0; i < count; i++) send(stimulus[at + i]);
          cycles(4);  // the bus is registered
          at = at + count;
        end
        8'd2: sample_start();
        8'd3: begin
          inject(count);
          at = at + count;
        end
        8'd4: begin
          tick(count);
          at = at + count + 1;
        end
        8'd5: begin
          read(count);
          cycles(4);
          at = at + count + 1;
        end
        default: begin
          $display("FAIL: word %0d of stimulus.hex is no operation", at - 1);
          $fatal(1, "stimulus.hex");
        end
      endcase
    end
  endtask

  initial begin
    $readmemh("config.hex", config_words);
    $readmemh("stimulus.hex", stimulus);
    for (int unsigned i = 0; i < Cores * Neurons; i++) expected[i] = 1'b0;
    {clk, rst_n, cfg_valid, host_valid, start, sample_reset} = '0;
    cfg_data  = '0;
    host_flit = '0;
    cycles(4);
    rst_n = 1'b1;
    until_idle();
    for (int unsigned i = 0; i < snn_tb_pkg::ConfigWords; i++) send(config_words[i]);
    cycles(4);
    play();
    if (errors != 0) begin
      $display("FAIL: %0d differences in %0d ticks", errors, ticks);
      $fatal(1, "the machine does not do what stimulus.hex says");
    end
    $display("PASS: %0d ticks, %0d spikes, %0d states and counters", ticks, spikes, compared);
    $finish;
  end
endmodule
