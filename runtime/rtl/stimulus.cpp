#include "runtime/rtl/stimulus.h"

#include "runtime/rtl/config_stream.h"
#include "runtime/rtl/rtl_library.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::runtime::rtl {

void HexText::word(uint64_t value) {
  lines += llvm::formatv("{0}\n", llvm::format_hex_no_prefix(value, 16)).str();
  ++count;
}

void HexText::comment(const llvm::Twine &text) {
  lines += ("// " + text + "\n").str();
}

static const char *nameOf(Memory memory) {
  static constexpr const char *kNames[] = {"CORE",  "GROUP",   "PARAM0",  "PARAM1", "BIAS",
                                           "STATE", "AXON",    "SYNAPSE", "OUTPTR", "OUTSLOT",
                                           "ACC",   "COUNTER", "GLOBAL"};
  const auto index = static_cast<size_t>(memory);
  return index < std::size(kNames) ? kNames[index] : "?";
}

HexText configText(const image::Image &image, uint32_t steps) {
  HexText out;
  const std::vector<uint64_t> words = configStream(image, steps);
  for (size_t at = 0; at < words.size();) {
    const uint64_t header = words[at];
    const uint64_t burst = header >> 16 & 0xFFFF;
    out.comment(llvm::formatv("core {0}, {1} from {2} on: {3} words", header >> 32 & 0xFFFF,
                              nameOf(static_cast<Memory>(header >> 48 & 0xFF)), header & 0xFFFF,
                              burst)
                    .str());
    for (uint64_t i = 0; i <= burst; ++i)
      out.word(words[at++]);
  }
  return out;
}

void StimulusRecorder::put(StimulusOp op, size_t count) {
  out.word(uint64_t{static_cast<uint8_t>(op)} << 56 | count);
}

llvm::Error StimulusRecorder::load(const image::Image &loaded, uint32_t steps) {
  assert(&loaded == &image && "one image per recorder");
  if (llvm::Error error = machine.load(loaded, steps))
    return error;
  // What follows the configuration when an image is loaded (docs/reference/timing_model.md).
  out.comment("clear the counters");
  put(StimulusOp::Reset, 0);
  put(StimulusOp::Config, 1);
  out.word(clearHeader());
  return llvm::Error::success();
}

void StimulusRecorder::reset() {
  machine.reset();
  out.comment("sample " + llvm::Twine(samples++));
  put(StimulusOp::Reset, 0);
}

void StimulusRecorder::writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  machine.writeBias(core, first, mantissas);
  if (mantissas.empty())
    return;
  put(StimulusOp::Config, mantissas.size() + 1);
  out.word(writeHeader(Memory::Bias, tileOf(image, image.cores[core]),
                       static_cast<uint32_t>(mantissas.size()), first));
  for (int16_t mantissa : mantissas)
    out.word(static_cast<uint16_t>(mantissa) & 0x1FFF);
}

void StimulusRecorder::inject(llvm::ArrayRef<HostPacket> packets) {
  machine.inject(packets);
  if (packets.empty())
    return;
  put(StimulusOp::Inject, packets.size());
  for (const HostPacket &packet : packets)
    out.word(flitOf(packet));
}

void StimulusRecorder::step() {
  machine.step();
  out.comment("tick " + llvm::Twine(ticks++));
  put(StimulusOp::Tick, machine.spikes().size());
  out.word(machine.tickCycles());
  for (const SpikeEvent &spike : machine.spikes())
    out.word(uint64_t{tileOf(image, image.cores[spike.core])} << 16 | spike.neuron);
  spikeCount += machine.spikes().size();
}

void StimulusRecorder::checkStates() {
  for (uint32_t core = 0; core < image.cores.size(); ++core) {
    std::vector<NeuronState> states(image.cores[core].neuronCount());
    machine.readState(core, 0, states);
    const auto count = static_cast<uint32_t>(states.size());
    if (count == 0)
      continue;
    out.comment("states of core " + llvm::Twine(tileOf(image, image.cores[core])));
    put(StimulusOp::Read, count);
    out.word(readHeader(Memory::State, tileOf(image, image.cores[core]), count, 0));
    for (const NeuronState &state : states)
      out.word(stateWord(state));
  }
}

void StimulusRecorder::checkCounters() {
  const Counters counters = machine.counters();
  for (uint32_t core = 0; core < image.cores.size(); ++core) {
    const uint32_t tile = tileOf(image, image.cores[core]);
    out.comment("counters of core " + llvm::Twine(tile));
    put(StimulusOp::Read, kCoreCounters);
    out.word(readHeader(Memory::Counter, tile, kCoreCounters, 0));
    for (uint64_t value : counters.cores[core].values)
      out.word(value);
  }
  out.comment("ticks, tick_cycles, barriers, reset_cycles, host_cycles, host_write_words");
  put(StimulusOp::Read, 6);
  out.word(readHeader(Memory::Global, 0, 6, 0));
  for (uint64_t value : {counters.ticks, counters.tickCycles, counters.barriers,
                         counters.resetCycles, counters.hostCycles, counters.hostWriteWords})
    out.word(value);
}

const HexText &StimulusRecorder::finish() {
  put(StimulusOp::End, 0);
  return out;
}

} // namespace snnc::runtime::rtl
