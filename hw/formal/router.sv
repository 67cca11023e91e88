// SPDX-License-Identifier: Apache-2.0
//
// router: snn_router never drops, doubles, changes or misroutes a flit, keeps the order of each
// source and destination, and no flit waits for more than four others at its output.
//
// One input is watched, and a bit of every flit says if it came in there. A count of what is inside
// is kept by what is seen at the ports alone. The environment marks one flit of its choice as it goes
// in; once all that went in before it at this input are out, it is the next of this input to come
// out, unchanged and at its output. FIFOs are per input, so this is order per input, more than per
// source and destination.
//
// Assumptions: a reset in the first cycle; the position (x, y) does not change; a bit of a flit says
// if it entered at the watched input (the router reads only its destination).

module router #(
  parameter int unsigned Depth  = 2,
  parameter int unsigned Source = 0  // the input that is watched
) (
  input logic       clk_i,
  input logic [9:0] stall_i,
  input logic [4:0] in_valid_i,
  input logic [4:0] in_x_i,  // destinations
  input logic [4:0] in_y_i,
  input logic [4:0] in_data_i,
  input logic [4:0] out_ready_i,
  input logic       mark_i
);

  localparam int unsigned Ports     = 5;
  localparam int unsigned FlitBits  = 4;  // x, y, from the watched input, data
  localparam int unsigned CountBits = $clog2(Depth + 1);

  logic rst_n = 1'b0;
  always_ff @(posedge clk_i) rst_n <= 1'b1;

  (* anyconst *) logic x, y;

  logic [Ports-1:0]          in_ready, out_valid;
  logic [Ports*FlitBits-1:0] in_flit, out_flit;
  logic                      empty;

  for (genvar i = 0; i < Ports; i++) begin : gen_flit
    assign in_flit[i*FlitBits +: FlitBits] = {in_data_i[i], i == Source, in_y_i[i], in_x_i[i]};
  end

  snn_router #(
    .FlitBits(FlitBits),
    .XBits   (1),
    .YBits   (1),
    .Depth   (Depth)
  ) u_dut (
    .clk_i      (clk_i),
    .rst_ni     (rst_n),
    .x_i        (x),
    .y_i        (y),
    .stall_i    (stall_i),
    .in_valid_i (in_valid_i),
    .in_ready_o (in_ready),
    .in_flit_i  (in_flit),
    .out_valid_o(out_valid),
    .out_ready_i(out_ready_i),
    .out_flit_o (out_flit),
    .empty_o    (empty)
  );

  // Of the watched input: what goes in, and the flit that comes out, at whichever output.
  logic                push, pop, twice;
  logic [FlitBits-1:0] pushed, popped;
  logic [Ports-1:0]    taken;  // transfers at the outputs
  logic [2:0]          popped_at;

  assign taken  = out_valid & out_ready_i;
  assign push   = rst_n & in_valid_i[Source] & in_ready[Source];
  assign pushed = in_flit[Source*FlitBits +: FlitBits];

  always_comb begin
    pop       = 1'b0;
    popped    = '0;
    popped_at = '0;
    twice     = 1'b0;
    for (int unsigned i = 0; i < Ports; i++) begin
      if (rst_n && taken[i] && out_flit[i*FlitBits+2]) begin
        twice     = pop;
        pop       = 1'b1;
        popped    = out_flit[i*FlitBits +: FlitBits];
        popped_at = 3'(i);
      end
    end
  end

  logic [CountBits-1:0] inside_q = '0, ahead_q;
  logic                 marked_q = 1'b0;
  logic [FlitBits-1:0]  flit_q;
  logic [2:0]           waited_q;
  logic [2:0]           exit;  // of the marked flit: X first, then Y
  logic                 next;  // the marked flit is the next of its input

  assign exit = (flit_q[0] > x) ? 3'd2 : (flit_q[0] < x) ? 3'd4
              : (flit_q[1] > y) ? 3'd3 : (flit_q[1] < y) ? 3'd1 : 3'd0;
  assign next = marked_q & (ahead_q == '0);

  always_ff @(posedge clk_i) begin
    inside_q <= inside_q + CountBits'(push) - CountBits'(pop);
    if (!marked_q && push && mark_i) begin
      marked_q <= 1'b1;
      flit_q   <= pushed;
      ahead_q  <= inside_q - CountBits'(pop);
      waited_q <= '0;
    end else if (marked_q && pop) begin
      marked_q <= ahead_q != '0;
      ahead_q  <= ahead_q - 1'b1;
    end else if (next && taken[exit]) begin
      waited_q <= waited_q + 1'b1;
    end
  end

  always @(posedge clk_i) begin
    if (rst_n) begin
      TakesUnlessFull: assert (in_ready[Source] == (32'(inside_q) != Depth && !stall_i[Ports+Source]));
      NothingFromNothing: assert (!pop || inside_q != '0);
      NotTwice: assert (!twice);
      EmptyMeansEmpty: assert (!empty || inside_q == '0);
      NextIsTheMarked: assert (!(next && pop) || (popped == flit_q && popped_at == exit));
      OfferedUnlessStalled: assert (!next || out_valid[exit] || stall_i[exit]);
      WaitsForFour: assert (!next || waited_q <= 3'd4);
      DeliveredLast: cover (next && pop && waited_q == 3'd4);
      DeliveredWhenFull: cover (next && pop && 32'(inside_q) == Depth && exit == 3'd3);
    end
  end

endmodule
