// SPDX-License-Identifier: Apache-2.0
//
// snn_counters: the activity of a core, 64 bits each, in the order of runtime/machine/counters.h.
//
// Latency    read at c, data at c+1
// Reset      rst_ni low and clear_i zero all of them

module snn_counters #(
  parameter bit Present = 1'b1  // 0: no counters, every read gives 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,

  input  logic        clear_i,
  input  logic        re_i,
  input  logic [3:0]  raddr_i,
  output logic [63:0] rdata_o,

  // Events of this cycle.
  input  logic [15:0] synops_i,
  input  logic        synapse_word_i,
  input  logic        axon_lookup_i,
  input  logic        update_active_i,
  input  logic [7:0]  updates_inactive_i,
  input  logic        spike_i,
  input  logic        message_i,
  input  logic [3:0]  hop_i,  // north, east, south, west
  input  logic        busy_i,
  input  logic        idle_i,
  input  logic [7:0]  acc_wraps_i,
  input  logic        current_wrap_i,
  input  logic        membrane_clamp_i
);

  localparam int unsigned Counters = 16;

  // One event bit per counter; the three that can advance by more than 1 have amounts.
  logic [Counters-1:0] event_bits;

  assign event_bits = {membrane_clamp_i, current_wrap_i, 1'b0, idle_i, busy_i, hop_i, message_i,
                       spike_i, 1'b0, update_active_i, axon_lookup_i, synapse_word_i,
                       1'b0};

  if (Present) begin : gen_present
    logic [63:0] count_q [0:Counters-1];

    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        for (int unsigned i = 0; i < Counters; i++) count_q[i] <= '0;
      end else if (clear_i) begin
        for (int unsigned i = 0; i < Counters; i++) count_q[i] <= '0;
      end else begin
        for (int unsigned i = 1; i < Counters; i++) begin
          if (i != 4 && i != 13 && event_bits[i]) count_q[i] <= count_q[i] + 64'd1;
        end
        if (synops_i != '0) count_q[0] <= count_q[0] + 64'(synops_i);
        if (updates_inactive_i != '0) count_q[4] <= count_q[4] + 64'(updates_inactive_i);
        if (acc_wraps_i != '0) count_q[13] <= count_q[13] + 64'(acc_wraps_i);
      end
    end

    always_ff @(posedge clk_i) begin
      if (re_i) rdata_o <= count_q[raddr_i];
    end
  end else begin : gen_absent
    logic unused_inputs;
    assign rdata_o       = '0;
    assign unused_inputs = &{1'b0, clk_i, rst_ni, clear_i, re_i, raddr_i, synops_i, event_bits,
                             updates_inactive_i, acc_wraps_i};
  end

  logic unused_bits;
  assign unused_bits = &{1'b0, event_bits[0], event_bits[4], event_bits[13]};

endmodule
