// A loaded machine: hw/tb/rtl_model.h with owners and llvm::Error.
#pragma once

#include "hw/tb/rtl_model.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace snnc::runtime::rtl {

// Memories of the configuration stream (docs/reference/timing_model.md).
enum class Memory : uint8_t {
  Core,
  Group,
  Param0,
  Param1,
  Bias,
  State,
  Axon,
  Synapse,
  OutPtr,
  OutSlot,
  Acc,
  Counter,
  Global,
};
inline constexpr uint16_t kAllCores = 0xFFFF;

uint64_t writeHeader(Memory memory, uint32_t core, uint32_t count, uint32_t address);
uint64_t readHeader(Memory memory, uint32_t core, uint32_t count, uint32_t address);
uint64_t clearHeader();

// Every call fails with RtlFailure (7204), which names the assertion; after a failure all fail.
class RtlLibrary {
public:
  // Loads the shared object and starts its model: registers and memories random from `seed`, then
  // reset and clear walk. RtlMachineUnusable.
  static llvm::Expected<std::unique_ptr<RtlLibrary>> open(llvm::StringRef path, uint64_t seed);
  ~RtlLibrary();
  RtlLibrary(const RtlLibrary &) = delete;
  RtlLibrary &operator=(const RtlLibrary &) = delete;

  uint32_t cores() const { return api->cores; }
  llvm::Error restart();
  llvm::Error write(llvm::ArrayRef<uint64_t> words);
  // Any number of entries, in bursts.
  llvm::Expected<std::vector<uint64_t>> read(Memory memory, uint32_t core, uint32_t address,
                                             uint32_t count);
  llvm::Error sampleReset();
  llvm::Error inject(llvm::ArrayRef<uint64_t> flits);
  llvm::Error tick();
  // For tests: router outputs held back at random from now on (hw/tb/rtl_model.h).
  void stall(uint64_t seed, uint32_t rate) { api->stall(model, seed, rate); }

  // Of machines built with waveforms (hw/tb/rtl_model.h).
  llvm::Error openWave(llvm::StringRef path, std::optional<uint32_t> core);
  void wave(bool on) { api->wave(model, on); }

  uint64_t tickCycles() const { return api->tickCycles(model); }
  llvm::ArrayRef<SnncRtlSpike> spikes() const;
  llvm::ArrayRef<SnncRtlSend> sends() const;

private:
  RtlLibrary(void *handle, const SnncRtlApi *api) : handle(handle), api(api) {}
  llvm::Error check(int failed) const;

  void *handle;
  const SnncRtlApi *api;
  SnncRtlModel *model = nullptr;
};

} // namespace snnc::runtime::rtl
