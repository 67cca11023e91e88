// RTL by level: a file uses only files above it. The generated snn_cfg_pkg.sv comes before this list.
// level 0
snn_pkg.sv
// level 1
snn_sram_1r1w.sv
snn_sram_1rw.sv
snn_fifo.sv
snn_arb_rr.sv
snn_mul.sv
snn_compress6.sv
snn_readback.sv
snn_spi.sv
// level 2
snn_popcount.sv
snn_decay.sv
snn_acc_bank.sv
snn_synapse_decode.sv
snn_groups.sv
snn_update.sv
snn_live.sv
snn_counters.sv
snn_tallies.sv
// level 3
snn_walk.sv
snn_neuron_cuba.sv
snn_neuron_crossbar.sv
snn_scheduler.sv
snn_crossbar_store.sv
snn_neuron_store.sv
snn_accumulator.sv
snn_spike_tx.sv
snn_axon_rx.sv
snn_router.sv
snn_cfg_loader.sv
// level 4
snn_core.sv
snn_core_crossbar.sv
snn_tile.sv
snn_sequencer.sv
// level 5
snn_mesh.sv
snn_top.sv
