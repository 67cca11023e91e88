#include "runtime/rtl/rtl_machine.h"

#include "common/image/codec.h"
#include "common/support/diag.h"
#include "common/support/fixed_point.h"
#include "runtime/rtl/config_stream.h"
#include "runtime/rtl/rtl_build.h"
#include "runtime/rtl/rtl_library.h"

#include "llvm/Support/ErrorHandling.h"

#include <algorithm>
#include <cstdlib>

namespace snnc::runtime::rtl {

namespace {

class RtlMachine final : public Machine {
public:
  RtlMachine(std::unique_ptr<RtlLibrary> library, uint32_t meshWidth, uint32_t meshHeight,
             uint64_t waveFirst, uint64_t waveLast)
      : library(std::move(library)), meshWidth(meshWidth), meshHeight(meshHeight),
        waveFirst(waveFirst), waveLast(waveLast) {}

  const char *name() const override { return "rtl"; }
  llvm::Error load(const image::Image &image, uint32_t steps) override;
  void reset() override { require(library->sampleReset()); }
  void writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) override;
  void inject(llvm::ArrayRef<HostPacket> packets) override;
  void step() override;
  llvm::ArrayRef<SpikeEvent> spikes() const override { return lastSpikes; }
  llvm::ArrayRef<SendEvent> sends() const override { return lastSends; }
  uint64_t tickCycles() const override { return library->tickCycles(); }
  void readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) override;
  Counters counters() override;

private:
  // The interface has no errors while running: what fails here is an assertion of the RTL or a
  // hang, and going on would compare garbage.
  static void require(llvm::Error error) {
    if (error)
      llvm::report_fatal_error(llvm::Twine(llvm::toString(std::move(error))), false);
  }
  std::vector<uint64_t> require(llvm::Expected<std::vector<uint64_t>> words) {
    require(words.takeError());
    return std::move(*words);
  }
  void addTransitHops(Counters &out);
  // Before whatever belongs to the tick that comes next.
  void showNext() { library->wave(ticks >= waveFirst && ticks < waveLast); }

  std::unique_ptr<RtlLibrary> library;
  uint32_t meshWidth, meshHeight;
  uint64_t waveFirst, waveLast, ticks = 0; // ticks shown; ticks run since load
  std::vector<uint32_t> tiles;             // core index -> tile
  std::vector<uint32_t> coresOf;           // tile -> core index, or kNoCore
  std::vector<SpikeEvent> lastSpikes;
  std::vector<SendEvent> lastSends;
};

constexpr uint32_t kNoCore = ~0u;

} // namespace

llvm::Error RtlMachine::load(const image::Image &image, uint32_t steps) {
  assert(image.meshWidth == meshWidth && image.meshHeight == meshHeight);
  if (llvm::Error error = image::verify(image))
    return error;
  if (llvm::Error error = library->restart())
    return error;
  tiles.clear();
  coresOf.assign(size_t{meshWidth} * meshHeight, kNoCore);
  for (const image::CoreImage &core : image.cores) {
    coresOf[tileOf(image, core)] = static_cast<uint32_t>(tiles.size());
    tiles.push_back(tileOf(image, core));
  }
  lastSpikes.clear();
  lastSends.clear();
  if (llvm::Error error = library->write(configStream(image, steps)))
    return error;
  if (llvm::Error error = library->sampleReset())
    return error;
  llvm::Error error = library->write(clearHeader());
  ticks = 0;
  showNext();
  return error;
}

void RtlMachine::writeBias(uint32_t core, uint32_t first, llvm::ArrayRef<int16_t> mantissas) {
  if (mantissas.empty())
    return;
  std::vector<uint64_t> words = {
      writeHeader(Memory::Bias, tiles[core], static_cast<uint32_t>(mantissas.size()), first)};
  for (int16_t mantissa : mantissas)
    words.push_back(static_cast<uint16_t>(mantissa) & 0x1FFF);
  require(library->write(words));
}

void RtlMachine::inject(llvm::ArrayRef<HostPacket> packets) {
  if (packets.empty())
    return;
  std::vector<uint64_t> flits;
  for (const HostPacket &p : packets)
    flits.push_back(flitOf(p));
  require(library->inject(flits));
}

void RtlMachine::step() {
  require(library->tick());
  lastSpikes.clear();
  for (const SnncRtlSpike &spike : library->spikes())
    lastSpikes.push_back({coresOf[spike.core], spike.neuron});
  std::sort(lastSpikes.begin(), lastSpikes.end());
  lastSends.clear();
  for (const SnncRtlSend &send : library->sends())
    lastSends.push_back({coresOf[send.core], send.cycle});
  std::sort(lastSends.begin(), lastSends.end());
  ++ticks;
  showNext();
}

void RtlMachine::readState(uint32_t core, uint32_t first, llvm::MutableArrayRef<NeuronState> out) {
  const std::vector<uint64_t> words =
      require(library->read(Memory::State, tiles[core], first, static_cast<uint32_t>(out.size())));
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = {static_cast<int32_t>(support::wrapSigned(static_cast<int64_t>(words[i]), 24)),
              static_cast<int32_t>(support::wrapSigned(static_cast<int64_t>(words[i] >> 24), 24)),
              static_cast<uint8_t>(words[i] >> 48)};
}

void RtlMachine::addTransitHops(Counters &out) {
  const auto first = static_cast<uint32_t>(CoreCounter::HopsNorth);
  for (uint32_t tile = 0; tile < coresOf.size(); ++tile) {
    if (coresOf[tile] != kNoCore)
      continue;
    const std::vector<uint64_t> hops = require(library->read(Memory::Counter, tile, first, 4));
    out.transitHopsNorth += hops[0];
    out.transitHopsEast += hops[1];
    out.transitHopsSouth += hops[2];
    out.transitHopsWest += hops[3];
  }
}

Counters RtlMachine::counters() {
  Counters out;
  for (uint32_t tile : tiles) {
    const std::vector<uint64_t> words =
        require(library->read(Memory::Counter, tile, 0, kCoreCounters));
    CoreCounters core;
    std::copy(words.begin(), words.end(), core.values.begin());
    out.cores.push_back(core);
  }
  addTransitHops(out);
  const std::vector<uint64_t> global = require(library->read(Memory::Global, 0, 0, 6));
  out.ticks = global[0];
  out.tickCycles = global[1];
  out.barriers = global[2];
  out.resetCycles = global[3];
  out.hostCycles = global[4];
  out.hostWriteWords = global[5];
  return out;
}

// What registers and memories hold before reset; any value must give the same run.
static uint64_t startSeed() {
  const char *set = std::getenv("SNNC_RTL_SEED");
  return set ? std::strtoull(set, nullptr, 0) : 1;
}

llvm::Expected<std::unique_ptr<Machine>> createRtlMachine(const image::Image &image,
                                                          llvm::raw_ostream &progress,
                                                          const RouterStalls &stalls,
                                                          const Wave *wave) {
  auto target = target::parseTarget(image.targetJson, "the image's target");
  if (!target)
    return target.takeError();
  auto path = findOrBuildMachine(*target, image.meshWidth, image.meshHeight, progress,
                                 wave ? wave->format : "");
  if (!path)
    return path.takeError();
  auto library = RtlLibrary::open(*path, startSeed());
  if (!library)
    return library.takeError();
  if (stalls.rate != 0)
    (*library)->stall(stalls.seed, stalls.rate);
  if (wave)
    if (llvm::Error error = (*library)->openWave(wave->path, wave->core))
      return error;
  return std::make_unique<RtlMachine>(std::move(*library), image.meshWidth, image.meshHeight,
                                      wave ? wave->first : 0, wave ? wave->last : 0);
}

llvm::Expected<std::unique_ptr<Machine>> openRtlMachine(const image::Image &image,
                                                        llvm::StringRef path) {
  auto library = RtlLibrary::open(path, startSeed());
  if (!library)
    return library.takeError();
  return std::make_unique<RtlMachine>(std::move(*library), image.meshWidth, image.meshHeight, 0, 0);
}

} // namespace snnc::runtime::rtl
