// A run as words that the exported test bench (hw/tb/export/snn_tb.sv) plays: every call of the
// host on a machine, and what the machine answered.
#pragma once

#include "runtime/machine/machine.h"

#include <string>

namespace snnc::runtime::rtl {

// Operations of stimulus.hex: op[63:56] count[31:0], then
enum class StimulusOp : uint8_t {
  End,    // nothing
  Config, // count words for the configuration port
  Reset,  // nothing: a sample reset
  Inject, // count host packets, until the network is quiet
  Tick,   // its length in cycles, then count spikes: core[31:16] neuron[15:0]
  Read,   // a read header of the configuration port, then the count words that must come back
};

// Text for $readmemh: a word a line, comments between them.
class HexText {
public:
  void word(uint64_t value);
  void comment(const llvm::Twine &text);
  const std::string &text() const { return lines; }
  size_t words() const { return count; }

private:
  std::string lines;
  size_t count = 0;
};

// The configuration stream of an image with a comment before every burst.
HexText configText(const image::Image &image, uint32_t steps);

// Passes every call on to `machine` and writes it down. After a sample, checkStates(); at the end,
// checkCounters() and finish().
class StimulusRecorder final : public Machine {
public:
  // `machine` and `image` outlive the recorder.
  StimulusRecorder(Machine &machine, const image::Image &image) : machine(machine), image(image) {}

  const char *name() const override { return machine.name(); }
  llvm::Error load(const image::Image &image, uint32_t steps) override;
  void reset() override;
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override;
  void inject(llvm::ArrayRef<HostPacket> packets) override;
  void step() override;
  llvm::ArrayRef<SpikeEvent> spikes() const override { return machine.spikes(); }
  llvm::ArrayRef<SendEvent> sends() const override { return machine.sends(); }
  uint64_t tickCycles() const override { return machine.tickCycles(); }
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override {
    machine.readState(core, first, out);
  }
  Counters counters() override { return machine.counters(); }

  void checkStates();   // of every neuron, as they are now
  void checkCounters(); // of every core used, and the machine's
  const HexText &finish();

  uint64_t ticks = 0, spikeCount = 0, samples = 0; // so far

private:
  void put(StimulusOp op, size_t count);

  Machine &machine;
  const image::Image &image;
  HexText out;
};

} // namespace snnc::runtime::rtl
